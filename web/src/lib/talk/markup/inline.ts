// What stands within a line: words, mentions, addresses, **bold**, ~~struck~~, `code`. Nothing is ever read as HTML, and what is
// not clearly meant as a mark is shown to the letter. Why this is our own: docs/decisions/0012.
import { BARE, hrefOf, targetOf, withoutTrailing } from './address.ts';

export type Inline =
  | { kind: 'text' | 'mention' | 'code'; text: string }
  /** `to`: where it leads, when the words say something else. */
  | { kind: 'link'; text: string; href: string; to?: string }
  | { kind: 'bold'; parts: Inline[] }
  | { kind: 'strike'; parts: Inline[] };

/** Each alternative stops at its own next beginning, so that all of a text is looked at a fixed number of times. */
const ATOM = new RegExp(
  [
    String.raw`(?<!\x60)\x60(?<code>[^\x60\n]+)\x60(?!\x60)`,
    String.raw`\[(?<words>[^[\]\n]{1,500})\]\((?<target>[^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200}){0,4})\)`,
    `(?<bare>${BARE})`,
    String.raw`(?<run>\*+|~+)`,
    String.raw`(?<end>\n)`,
  ].join('|'),
  'giu',
);
const KINDS: Record<string, 'bold' | 'strike'> = { '**': 'bold', '~~': 'strike' };

/** Digits and letters of languages that put spaces between words: a mark between two of them is none (5**3, a~~b). */
const WORDY = /[\p{Nd}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}_]/u;
const MEANS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/** `names`: what the message's mentions are called, without the @. */
export function inlineOf(text: string, names: readonly string[] = []): Inline[] {
  const mentions = mentionsOf(names);
  const parts: Inline[] = [];
  const begun = new Map<'bold' | 'strike', { at: number; part: number }>();
  let from = 0;
  ATOM.lastIndex = 0;
  for (let found = ATOM.exec(text); found; found = ATOM.exec(text)) {
    const { index } = found;
    const atom = atomOf(found);
    const run = found.groups?.run;
    if (found.groups?.bare) ATOM.lastIndex = index + (atom?.length ?? found[0].length);
    if (!atom && !run) {
      if (found.groups?.end) begun.clear();
      continue;
    }
    parts.push(...mentions(text.slice(from, index)));
    from = ATOM.lastIndex;
    if (atom) parts.push(atom.part);
    else if (run) mark(parts, begun, text, run, index);
  }
  parts.push(...mentions(text.slice(from)));
  return parts;
}

function atomOf({ 0: whole, groups }: RegExpExecArray): { part: Inline; length: number } | undefined {
  const { code, words, target, bare } = groups ?? {};
  if (code?.trim()) return { part: { kind: 'code', text: code }, length: whole.length };
  if (words?.trim() && target) {
    const leads = targetOf(words, target);
    return leads && { part: { kind: 'link', text: words, ...leads }, length: whole.length };
  }
  if (!bare) return undefined;
  const address = withoutTrailing(bare);
  const href = hrefOf(address);
  return href ? { part: { kind: 'link', text: address, href }, length: address.length } : undefined;
}

/** A run of marks: ends what the same run began in this line, or begins something, or is only letters. */
function mark(parts: Inline[], begun: Map<'bold' | 'strike', { at: number; part: number }>, text: string, run: string, index: number): void {
  const kind = KINDS[run];
  const before = lastOf(text.slice(Math.max(0, index - 2), index));
  const after = firstOf(text.slice(index + run.length, index + run.length + 2));
  const isInWord = WORDY.test(before) && WORDY.test(after);
  const start = kind && begun.get(kind);
  if (start && !isInWord && !/^$|[\s\-=+]/u.test(before)) {
    begun.delete(kind);
    if (MEANS_SOMETHING.test(text.slice(start.at, index))) {
      // What began inside and has not ended is letters.
      for (const [other, { part }] of begun) if (part > start.part) begun.delete(other);
      parts.push({ kind, parts: parts.splice(start.part).slice(1) });
      return;
    }
  }
  if (kind && !isInWord && !/^$|[\s\-/=+.,:;]/u.test(after)) begun.set(kind, { at: index + run.length, part: parts.length });
  parts.push({ kind: 'text', text: run });
}

/** One letter, which may be two code units. */
const firstOf = (text: string) => Array.from(text)[0] ?? '';
const lastOf = (text: string) => Array.from(text).at(-1) ?? '';

function mentionsOf(names: readonly string[]): (text: string) => Inline[] {
  if (names.length === 0) return (text) => (text === '' ? [] : [{ kind: 'text', text }]);
  const longestFirst = [...names].sort((a, b) => b.length - a.length).map(escape);
  const cut = new RegExp(`(@(?:${longestFirst.join('|')}))`, 'u');
  // Every second piece is what was cut at.
  return (text) => text.split(cut).flatMap((part, at) => (part === '' ? [] : [{ kind: at % 2 === 1 ? 'mention' : 'text', text: part }]));
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/gu, '\\$&');
}
