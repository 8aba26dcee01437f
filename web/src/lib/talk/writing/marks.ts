// Marks around words and before lines, put there or taken away. A second press undoes the first.
import type { Edit } from './edit.ts';

export type Mark = '**' | '~~' | '`';
export type Prefix = 'bullets' | 'numbers' | 'quote';

export function around(mark: Mark, text: string, start: number, end: number): Edit {
  const [from, to] = tight(text, start, end);
  const words = text.slice(from, to);
  const { length } = mark;
  if (text.slice(from - length, from) === mark && text.slice(to, to + length) === mark) {
    return { from: from - length, to: to + length, text: words, select: [from - length, to - length] };
  }
  if (words.length > 2 * length && words.startsWith(mark) && words.endsWith(mark)) {
    const inner = words.slice(length, -length);
    return { from, to, text: inner, select: [from, from + inner.length] };
  }
  if (mark === '`' && words.includes('\n')) return fenced(text, from, to);
  // A mark ends with its line: each line has its own.
  const marked = words === '' ? mark + mark : words.replace(/^([ \t]*(?:(?:-|>|\d{1,3}\.) )?)(.*\S)/gmu, `$1${mark}$2${mark}`);
  const select: [number, number] = words.includes('\n') ? [from, from + marked.length] : [from + length, from + marked.length - length];
  return { from, to, text: marked, select: marked.startsWith(mark) ? select : [from, from + marked.length] };
}

export function before(kind: Prefix, text: string, start: number, end: number): Edit {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split('\n');
  const isOn = lines.some((line) => line.trim() !== '') && lines.every((line) => line.trim() === '' || SIGNS[kind].test(line));
  const changed = lines.map((line, index) => (isOn ? line.replace(SIGNS[kind], '$1') : prefixed(kind, line, index + 1, lines.length)));
  const words = changed.join('\n');
  const caret = from + words.length;
  return { from, to, text: words, select: lines.length > 1 && start !== end ? [from, caret] : [caret, caret] };
}

const SIGNS: Record<Prefix, RegExp> = { bullets: /^( *)- /u, numbers: /^( *)\d{1,3}\. /u, quote: /^()> ?/u };

/** A list of one kind becomes one of the other; a quote may hold lists. */
function prefixed(kind: Prefix, line: string, number: number, count: number): string {
  if (kind === 'quote') return `> ${line}`;
  if (line.trim() === '' && count > 1) return line;
  const [, indent = '', words = ''] = /^( *)(?:(?:-|\d{1,3}\.) )?(.*)$/u.exec(line) ?? [];
  return `${indent}${kind === 'bullets' ? '-' : `${number}.`} ${words}`;
}

/** `words`: what stands there while nothing was selected. What has still to be written is selected. */
export function linked(words: string, text: string, start: number, end: number): Edit {
  const [from, to] = tight(text, start, end);
  const selected = text.slice(from, to);
  const isAddress = /^(?:https?:\/\/|mailto:|tel:)\S+$/iu.test(selected);
  const label = isAddress || selected === '' ? words : selected;
  const address = isAddress ? selected : 'https://';
  const behind = from + label.length + 3;
  const select: [number, number] = isAddress || selected === '' ? [from + 1, from + 1 + label.length] : [behind, behind + address.length];
  return { from, to, text: `[${label}](${address})`, select };
}

function fenced(text: string, from: number, to: number): Edit {
  const opens = from > 0 && text[from - 1] !== '\n' ? '\n```\n' : '```\n';
  const closes = to < text.length && text[to] !== '\n' ? '\n```\n' : '\n```';
  return { from, to, text: opens + text.slice(from, to) + closes, select: [from + opens.length, to + opens.length] };
}

/** Without the white space at the ends of what is selected: a mark holds to its words. */
function tight(text: string, from: number, to: number): [number, number] {
  const words = text.slice(from, to);
  if (words.trim() === '') return [from, to];
  return [from + words.length - words.trimStart().length, to - words.length + words.trimEnd().length];
}
