import { describe, expect, it } from 'vitest';
import { rowOf } from './kana.ts';

describe('rowOf', () => {
  it.each([
    ['あべ さくら', 'あ'],
    ['ごとう けん', 'か'],
    ['ざいぜん', 'さ'],
    ['っだ', 'た'],
    ['ぱく', 'は'],
    ['ばば', 'は'],
    ['ゃ', 'や'],
    ['わたなべ', 'わ'],
    ['をの', 'わ'],
    ['ナカムラ', 'な'],
    ['ﾅｶﾑﾗ', 'な'],
    ['ヴァン', 'あ'],
  ])('%s is in %s', (kana, row) => {
    expect(rowOf(kana)).toBe(row);
  });

  it('has no row for letters or nothing', () => {
    expect(rowOf('Smith')).toBeUndefined();
    expect(rowOf('')).toBeUndefined();
  });
});
