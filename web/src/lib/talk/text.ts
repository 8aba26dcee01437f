// A message's text cut into pieces: words, links, mentions. Nothing is ever read as HTML.

export type Piece = { kind: 'text' | 'mention'; text: string } | { kind: 'link'; text: string; href: string };

/** http(s) up to white space or Japanese punctuation; what people write right behind an address is not part of it. */
const LINK = /https?:\/\/[^\s\u3000<>"'「」『』（）【】、。]+/giu;
const TRAILING = /[.,:;!?)\]}]+$/u;

/** `names`: what the message's mentions are called, without the @. */
export function piecesOf(text: string, names: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const address = withoutTrailing(found[0]);
    const href = hrefOf(address);
    if (!href) continue;
    pieces.push(...mentionsIn(text.slice(from, found.index), names));
    pieces.push({ kind: 'link', text: address, href });
    from = found.index + address.length;
  }
  pieces.push(...mentionsIn(text.slice(from), names));
  return pieces;
}

/** A closing bracket belongs to the address only when it was opened in it. */
function withoutTrailing(address: string): string {
  const tail = TRAILING.exec(address)?.[0] ?? '';
  if (tail.startsWith(')') && address.includes('(')) return address.slice(0, address.length - tail.length + 1);
  return address.slice(0, address.length - tail.length);
}

function hrefOf(address: string): string | undefined {
  try {
    const url = new URL(address);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function mentionsIn(text: string, names: readonly string[]): Piece[] {
  if (text === '') return [];
  if (names.length === 0) return [{ kind: 'text', text }];
  const longestFirst = [...names].sort((a, b) => b.length - a.length).map(escape);
  const pieces: Piece[] = [];
  for (const part of text.split(new RegExp(`(@(?:${longestFirst.join('|')}))`, 'u'))) {
    if (part === '') continue;
    pieces.push({ kind: part.startsWith('@') && names.includes(part.slice(1)) ? 'mention' : 'text', text: part });
  }
  return pieces;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/gu, '\\$&');
}

/** Length as the server counts it: code points, not UTF-16 units. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** One line, for lists and quotes. */
export function lineOf(text: string): string {
  return text.slice(0, 200).replace(/\s+/gu, ' ').trim();
}
