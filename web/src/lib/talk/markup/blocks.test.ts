import { describe, expect, it } from 'vitest';
import { blocksOf } from './blocks.ts';
import { plainOf } from './plain.ts';

const isPlain = (text: string) => expect(blocksOf(text)).toEqual([{ kind: 'text', text }]);

describe('blocks', () => {
  it('are lists, with the numbers as they were written', () => {
    expect(blocksOf('持ち物\n\n- 土のう\n  - 袋\n- 水\n\n以上')).toEqual([
      { kind: 'text', text: '持ち物' },
      { kind: 'list', ordered: false, items: [{ depth: 0, text: '土のう' }, { depth: 1, text: '袋' }, { depth: 0, text: '水' }] },
      { kind: 'text', text: '以上' },
    ]);
    expect(blocksOf('3. 三\n5. 五')).toEqual([{ kind: 'list', ordered: true, items: [{ number: 3, depth: 0, text: '三' }, { number: 5, depth: 0, text: '五' }] }]);
  });

  it('are quotes, one in another', () => {
    expect(blocksOf('> 一\n>\n> > 二\n返事')).toEqual([
      { kind: 'quote', blocks: [{ kind: 'text', text: '一' }, { kind: 'quote', blocks: [{ kind: 'text', text: '二' }] }] },
      { kind: 'text', text: '返事' },
    ]);
  });

  it('are code to the letter, also when the end is missing', () => {
    expect(blocksOf('```sh\n- **x**\n\n  y\n```\nあと')).toEqual([{ kind: 'code', text: '- **x**\n\n  y' }, { kind: 'text', text: 'あと' }]);
    expect(blocksOf('```\nx')).toEqual([{ kind: 'code', text: 'x' }]);
  });

  it('are only lines where nobody means them', () => {
    for (const text of ['1. ', '- ', '1．は', '1.5倍', '-5℃', '---', '・項目', '2026. 4. 1', '01. x', '>_<', '>100人', '＞引用', '``` x ```', '```', '```\n```', '* 注', 'a\n\n\nb', ' 字下げ\n  二字', '']) isPlain(text);
  });
});

/** Chance that is the same every time. */
function chance(seed: number) {
  return () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const SCRAPS = ['**', '*', '~~', '~', '`', '```', '\n', '\n- ', '\n1. ', '\n> ', '[', '](https://a.jp/x)', '](', ')', '(', 'https://a.jp/', ' ', '　', 'あ', 'い', '漢', '。', '「', '」', '@', '𠮷', '👍', '\u202E', '<b>'];

describe('whatever is written', () => {
  it('keeps its Japanese, in its order', () => {
    const next = chance(20_261_129);
    const letters = (text: string) => text.replace(/[^あい漢𠮷👍「」。]/gu, '');
    for (let round = 0; round < 3_000; round += 1) {
      const text = Array.from({ length: 1 + Math.floor(next() * 40) }, () => SCRAPS[Math.floor(next() * SCRAPS.length)]).join('');
      expect(letters(plainOf(text)), JSON.stringify(text)).toBe(letters(text));
    }
  });

  it('is read in time that grows with its length alone', () => {
    const hostile = ['*', '**', '**a', '** ', '**!** ', '~~a ', '`', '`a', '[', '[a](', '[a]((', '[a](x(y)', '[a](b(c)[', '](', '(', 'https://', 'https://a/(', 'https://a.jp/)', 'http://あ', 'あ.', '> ', '>', '- ', '- a\n', '> a\n', '```\n', '```\na\n', '1. a\n- a\n', '@a', '\n', '**~~', '**あ~~あ'];
    for (const scrap of hostile) {
      for (const text of [scrap.repeat(Math.ceil(10_000 / scrap.length)), `> > > ${scrap.repeat(Math.ceil(10_000 / scrap.length))}`]) {
        const began = performance.now();
        plainOf(text);
        expect(performance.now() - began, scrap).toBeLessThan(250);
      }
    }
  });
});
