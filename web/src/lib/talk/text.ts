// A message's text as a whole: how long it is, and what of it fits in one line.
import { plainOf } from './markup/plain.ts';

/** Length as the server counts it: code points, not UTF-16 units. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** One line without marks, for lists and quotes. */
export function lineOf(text: string): string {
  return plainOf(text.slice(0, 400)).slice(0, 200).replace(/\s+/gu, ' ').trim();
}
