// What the page has asked for before the app was there (src/early.js).

interface Early {
  asked: Map<string, Promise<Response>>;
  /** Who was noted as signed in then, as it is stored. */
  account: string | null;
  at: number;
}

declare global {
  interface Window {
    early?: Early;
  }
}

/** What is older is asked for anew. */
const FRESH_MS = 10_000;

// There is no window where this is tested.
const page = globalThis as { early?: Early };

/** The answer to this address, if it was asked for early; once. */
export function takeEarly(address: string): Promise<Response> | undefined {
  const { early } = page;
  if (!early || performance.now() - early.at > FRESH_MS) return undefined;
  const { pathname, search } = new URL(address, location.href);
  const answer = early.asked.get(pathname + search);
  early.asked.delete(pathname + search);
  return answer;
}

/** Drops the answers where they may be another's: other tabs have noted since who is signed in now. */
export function keepEarlyFor(account: string | undefined): void {
  if (page.early?.account !== (account === undefined ? null : JSON.stringify(account))) dropEarly();
}

/** Something is changed by us now: the answers may no longer hold. */
export function dropEarly(): void {
  delete page.early;
}
