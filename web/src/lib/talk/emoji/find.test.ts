import { describe, expect, it } from 'vitest';
import rows from './data.json';
import { commonEmoji, quickEmoji } from './common.ts';
import { findEmoji, made, type Row, toned } from './find.ts';

const groups = made(rows as Row[][], 'ja');
const all = groups.flat();
const found = (query: string) => findEmoji(all, query).map(({ emoji }) => emoji);

describe('emoji', () => {
  it('are found by a Japanese word, by how it is read, in katakana, and in English', () => {
    expect(found('消防車')[0]).toBe('🚒');
    expect(found('しょうぼうしゃ')[0]).toBe('🚒');
    expect(found('fire engine')[0]).toBe('🚒');
    expect(found('おにぎり')[0]).toBe('🍙');
    expect(found('オニギリ')[0]).toBe('🍙');
    expect(found('ありがとう')).toContain('🙏');
    expect(found('thank')).toContain('🙏');
    expect(found('ほのお')).toContain('🔥');
    expect(found('わらい')).toContain('😂');
  });
  it('are found by several words at once, and by none not at all', () => {
    expect(found('ハート 青')[0]).toBe('💙');
    expect(found('  ')).toEqual([]);
    expect(found('ほげほげ')).toEqual([]);
  });
  it('hold those that stand before the many', () => {
    const known = new Set(all.map(({ emoji }) => emoji));
    for (const emoji of [...quickEmoji, ...commonEmoji]) expect(known, emoji).toContain(emoji);
  });
  it('take a tone where there is one skin', () => {
    const one = (emoji: string) => all.find((each) => each.emoji === emoji)!;
    expect(toned(one('👍'), 3)).toBe('👍🏽');
    expect(toned(one('☝️'), 1)).toBe('☝🏻');
    expect(toned(one('🙇‍♂️'), 5)).toBe('🙇🏿‍♂️');
    expect(toned(one('🚒'), 5)).toBe('🚒');
    expect(toned(one('👍'), 0)).toBe('👍');
  });
  it('are nine groups with names in both languages', () => {
    expect(groups).toHaveLength(9);
    expect(made(rows as Row[][], 'en').flat().every(({ name }) => /[a-z]/iu.test(name))).toBe(true);
  });
});
