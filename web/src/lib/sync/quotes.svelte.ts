// Originals that are quoted in a room but lie outside of what is held. They change and vanish with the room.
import { SvelteMap } from 'svelte/reactivity';
import { newer } from './segments.ts';
import type { Message } from './types.ts';

export class Quotes {
  #held = new SvelteMap<number, Message | null>();
  #asked = new Set<number>();
  #era = 0;

  /** `undefined` while it is on its way, `null` when it can't be seen. */
  get(seq: number): Message | null | undefined {
    return this.#held.get(seq);
  }

  /** Fetches it unless it has been; a failure is forgotten, so that whoever draws it later asks again. */
  want(seq: number, fetch: () => Promise<Message | null>): void {
    if (this.#asked.has(seq)) return;
    this.#asked.add(seq);
    const era = this.#era;
    const ours = () => era === this.#era;
    fetch().then(
      (message) => ours() && this.#held.set(seq, message),
      () => ours() && this.#asked.delete(seq),
    );
  }

  /** A message came anew or changed. */
  learn(message: Message): void {
    const held = this.#held.get(message.seq);
    if (held !== undefined) this.#held.set(message.seq, held ? newer(held, message) : message);
  }

  /** What may be seen, or what it says, is no longer known; answers on their way don't count. */
  clear(): void {
    this.#era += 1;
    this.#asked.clear();
    this.#held.clear();
  }
}
