// A new line in a list or a quote begins the next entry; in an empty one it ends them.
import type { Edit } from './edit.ts';

const ENTRY = /^( *)(?:(-|>)|(\d{1,3})\.) (.*)$/u;

/** What breaking the line at the caret does there; nothing in other lines. */
export function continued(text: string, caret: number): Edit | undefined {
  const start = text.lastIndexOf('\n', caret - 1) + 1;
  const end = text.indexOf('\n', caret);
  const found = ENTRY.exec(text.slice(start, end < 0 ? undefined : end));
  if (!found) return undefined;
  const [line, indent, sign, number, words] = found as unknown as [string, string, string?, string?, string?];
  if (words?.trim() === '') return { from: start, to: start + line.length, text: '', select: [start, start] };
  if (caret < start + line.length - (words?.length ?? 0)) return undefined;
  const next = `\n${indent}${sign ?? `${Number(number) + 1}.`} `;
  return { from: caret, to: caret, text: next, select: [caret + next.length, caret + next.length] };
}
