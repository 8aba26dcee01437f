import { describe, expect, it } from 'vitest';
import { colourOf, initialOf } from './avatar.ts';

describe('initialOf', () => {
  it('takes one character, four-byte kanji and variation selectors included', () => {
    expect(initialOf('近藤 はるか')).toBe('近');
    expect(initialOf('𠮷田 けん')).toBe('𠮷');
    expect(initialOf('辻\u{e0100} まり')).toBe('辻\u{e0100}');
  });

  it('has something to show for an empty name', () => {
    expect(initialOf('  ')).toBe('？');
  });
});

describe('colourOf', () => {
  it('is the same for the same id and within the palette', () => {
    const id = '0192f0c1-2f3a-7bcd-8e9f-0123456789ab';
    expect(colourOf(id)).toBe(colourOf(id));
    for (let index = 0; index < 200; index++) {
      expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(colourOf(`${id}${index}`));
    }
  });
});
