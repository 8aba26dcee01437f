// All emoji, and which of them a word means: in Japanese as written or as read, or in English.
import { getLocale } from '#lib/paraglide/runtime.js';
import { fold } from '../mentions.ts';

export interface Emoji {
  emoji: string;
  name: string;
  /** Folded, the names first, with a space before each. */
  words: string;
  takesTone: boolean;
}

/** As scripts/emoji writes them: emoji, name, English name, words, takes a skin tone. */
export type Row = [string, string, string, string, 1?];

/** A chunk of its own, fetched when the first picker opens. */
export async function loadEmoji(): Promise<Emoji[][]> {
  const { default: groups } = await import('./data.json');
  return made(groups as Row[][], getLocale());
}

export function made(groups: Row[][], locale: string): Emoji[][] {
  return groups.map((rows) =>
    rows.map(([emoji, ja, en, words, tone]) => ({ emoji, name: locale === 'ja' ? ja : en, words: ` ${fold(ja)} ${fold(en)} ${words}`, takesTone: tone === 1 })));
}

/** Those that all words of the query mean: first whose name it is, then whose word begins so, then the rest. */
export function findEmoji(all: readonly Emoji[], query: string, atMost = 120): Emoji[] {
  const sought = query.trim().split(/\s+/u).map(fold).filter(Boolean);
  if (sought.length === 0) return [];
  const ranked: Emoji[][] = [[], [], []];
  for (const one of all) {
    if (!sought.every((word) => one.words.includes(word))) continue;
    const rank = sought.every((word) => `${one.words} `.includes(` ${word} `)) ? 0 : sought.every((word) => one.words.includes(` ${word}`)) ? 1 : 2;
    ranked[rank]?.push(one);
  }
  return ranked.flat().slice(0, atMost);
}

const TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿'];

/** The colour is told behind the first code point, in the place of the mark that asks for colours. */
export function toned({ emoji, takesTone }: Pick<Emoji, 'emoji' | 'takesTone'>, tone: number): string {
  const [first = '', ...rest] = emoji;
  return takesTone && TONES[tone] ? first + TONES[tone] + rest.join('').replace(/^\uFE0F/u, '') : emoji;
}
