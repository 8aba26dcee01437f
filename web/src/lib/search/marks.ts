// A text cut into what was found and what lies between.
import type { Message } from '#lib/sync/types.ts';
import { plainOf } from '#lib/talk/markup/plain.ts';

export interface Highlight {
  start: number;
  length: number;
}

export interface Part {
  text: string;
  isFound: boolean;
}

/** `highlights` in order, as the server counts: in UTF-16 code units, like ourselves. */
export function partsOf(text: string, highlights: readonly Highlight[]): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const { start, length } of highlights) {
    if (start < from || start + length > text.length) continue;
    if (start > from) parts.push({ text: text.slice(from, start), isFound: false });
    parts.push({ text: text.slice(start, start + length), isFound: true });
    from = start + length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isFound: false });
  return parts;
}

/** An excerpt without the marks of bold, lists and their kin, as lists of rooms show it; as it is where a mark was looked for itself. */
export function withoutMarks(excerpt: { text: string; highlights: readonly Highlight[] }): { text: string; highlights: readonly Highlight[] } {
  const text = plainOf(excerpt.text);
  const highlights: Highlight[] = [];
  let from = 0;
  for (const { start, length } of excerpt.highlights) {
    const at = text.indexOf(excerpt.text.slice(start, start + length), from);
    if (at < 0) return excerpt;
    highlights.push({ start: at, length });
    from = at + length;
  }
  return { text, highlights };
}

/** What a message is found by, as the server reads it: what was written, and what its files are called. */
export function wordsOf({ text, attachments }: Pick<Message, 'text' | 'attachments'>): string {
  return [text, ...attachments.map(({ name }) => name)].filter((words) => words !== '').join('\n');
}

/** Where the marks of an excerpt lie in the whole text; none where the text has changed since. */
export function inWhole(whole: string, excerpt: { text: string; highlights: readonly Highlight[] }): Highlight[] {
  const isCut = excerpt.text.startsWith('…') && !whole.startsWith(excerpt.text.slice(0, 2));
  const core = excerpt.text.slice(isCut ? 1 : 0).replace(/…$/u, '');
  const at = whole.indexOf(core);
  if (at < 0) return [];
  return excerpt.highlights.map(({ start, length }) => ({ start: start - (isCut ? 1 : 0) + at, length }));
}
