import { describe, expect, it } from 'vitest';
import { lengthOf, lineOf, piecesOf } from './text.ts';

const links = (text: string) => piecesOf(text, []).filter((piece) => piece.kind === 'link').map((piece) => piece.text);
const whole = (text: string, names: string[] = []) => piecesOf(text, names).map((piece) => piece.text).join('');

describe('pieces of a text', () => {
  it('finds addresses as people write them in Japanese', () => {
    expect(links('資料はhttps://city.example.jp/a?b=1#c。ご確認ください')).toEqual(['https://city.example.jp/a?b=1#c']);
    expect(links('（http://example.com/x）と https://example.com/b, です')).toEqual(['http://example.com/x', 'https://example.com/b']);
    expect(links('https://ja.wikipedia.org/wiki/A_(B)')).toEqual(['https://ja.wikipedia.org/wiki/A_(B)']);
  });

  it('links nothing but http and https', () => {
    expect(links('javascript:alert(1) data:text/html,x file:///etc/passwd https://')).toEqual([]);
  });

  it('marks the names that the message mentions, the longest first', () => {
    const pieces = piecesOf('@建設課第二 @建設課 @総務課', ['建設課', '建設課第二']);
    expect(pieces.filter((piece) => piece.kind === 'mention').map((piece) => piece.text)).toEqual(['@建設課第二', '@建設課']);
  });

  it('loses no letter, whatever is written', () => {
    for (const text of ['<b>x</b> https://a.jp/<script>', '\u202Eabc @x', '👨‍👩‍👧‍👦 𠮷野家 https://𠮷.jp', 'a'.repeat(10_000), '@a+b(c)']) {
      expect(whole(text, ['a+b(c)', 'x'])).toBe(text);
    }
  });
});

describe('lengths', () => {
  it('counts as the server does', () => expect(lengthOf('𠮷👍')).toBe(2));
  it('makes one line of many', () => expect(lineOf(' a\n\n  b　c ')).toBe('a b c'));
});
