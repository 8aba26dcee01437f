// What the page asked for before the app was there (src/early.js).

interface Early {
  asked: Map<string, Promise<Response>>;
  /** When, in ms since the page began. */
  at: number;
  /** Where it is noted whose the browser's cookie is, and what was noted then. */
  key: string;
  account: string | null;
}

declare global {
  interface Window {
    irori?: Early;
  }
}

/** What is older is asked for anew. */
const FRESH_MS = 10_000;

/** The answer to this address, if it was asked for early, and in the name of whoever is signed in still; once. */
export function early(address: string): Promise<Response> | undefined {
  if (!window.irori) return undefined;
  const { asked, at, key, account } = window.irori;
  const { pathname, search } = new URL(address, location.href);
  const answer = asked.get(pathname + search);
  asked.delete(pathname + search);
  const isOurs = account === null || localStorage.getItem(key) === account;
  return isOurs && performance.now() - at < FRESH_MS ? answer : undefined;
}
