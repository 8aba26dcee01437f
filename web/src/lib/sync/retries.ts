// When what failed is tried again: after a second, two, four… up to half a minute, or when the server says.
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

export class Retries {
  #again: () => void;
  #waits = new Map<string, ReturnType<typeof setTimeout>>();
  #tries = new Map<string, number>();

  constructor(again: () => void) {
    this.#again = again;
  }

  waits(key: string): boolean {
    return this.#waits.has(key);
  }

  /** It failed once more. */
  failed(key: string, afterMs?: number): void {
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    const wait = afterMs ?? Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
    clearTimeout(this.#waits.get(key));
    this.#waits.set(
      key,
      setTimeout(() => {
        this.#waits.delete(key);
        this.#again();
      }, wait),
    );
  }

  /** It went well, or need not go at all. */
  done(key: string): void {
    this.#tries.delete(key);
    this.#rest(key);
  }

  /** There may be a network again: don't wait out the pauses. */
  hurry(): void {
    for (const key of [...this.#waits.keys()]) this.#rest(key);
  }

  #rest(key: string): void {
    clearTimeout(this.#waits.get(key));
    this.#waits.delete(key);
  }
}
