import { describe, expect, it } from 'vitest';
import { type Inline, inlineOf } from './inline.ts';

const links = (text: string) => inlineOf(text).filter((part) => part.kind === 'link');
const bare = (text: string) => links(text).map((part) => part.text);
const words = (part: Inline): string => ('parts' in part ? part.parts.map(words).join('') : part.text);
/** 太字 as [太字], struck as (struck), code as `code`: short enough to compare. */
const shown = (parts: Inline[]): string =>
  parts.map((part) => (part.kind === 'bold' ? `[${shown(part.parts)}]` : part.kind === 'strike' ? `(${shown(part.parts)})` : part.kind === 'code' ? `\`${part.text}\`` : words(part))).join('');
const read = (text: string) => shown(inlineOf(text));

describe('addresses', () => {
  it('end where Japanese goes on', () => {
    expect(bare('資料はhttps://city.example.jp/a?b=1#c。ご確認ください')).toEqual(['https://city.example.jp/a?b=1#c']);
    expect(bare('「https://example.jp/」。')).toEqual(['https://example.jp/']);
    expect(bare('https://example.jp/を参照、https://example.jp/bです。')).toEqual(['https://example.jp/', 'https://example.jp/b']);
    expect(bare('（http://example.com/x）と https://example.com/b, です')).toEqual(['http://example.com/x', 'https://example.com/b']);
    expect(bare('https://example.jp/資料.pdf を')).toEqual(['https://example.jp/資料.pdf']);
    expect(bare('https://日本語.jp/ を')).toEqual(['https://日本語.jp/']);
    expect(bare('https://ja.wikipedia.org/wiki/A_(B)')).toEqual(['https://ja.wikipedia.org/wiki/A_(B)']);
    expect(bare('(https://example.jp/a_(b))')).toEqual(['https://example.jp/a_(b)']);
    expect(bare('**https://example.jp/**')).toEqual([]);
    expect(read('**https://example.jp/**')).toBe('[https://example.jp/]');
  });

  it('lead to http and https alone when bare', () => {
    expect(bare('javascript:alert(1) data:text/html,x file:///etc/passwd https://')).toEqual([]);
  });

  it('may have words, and then say where they lead', () => {
    expect(links('[資料](https://city.example.jp/a)')).toEqual([{ kind: 'link', text: '資料', href: 'https://city.example.jp/a', to: 'city.example.jp' }]);
    expect(links('[https://bank.example.jp](https://evil.example/)')[0]).toMatchObject({ to: 'evil.example' });
    expect(links('[city.example.jp](https://city.example.jp/)')[0]).not.toHaveProperty('to');
    expect(links('[https://a.jp/b](https://a.jp/b)')[0]).not.toHaveProperty('to');
    expect(links('[電話](tel:0312345678)と[メール](mailto:a@example.jp)').map((part) => part.kind === 'link' && part.to)).toEqual(['0312345678', 'a@example.jp']);
    expect(links('[A](https://ja.wikipedia.org/wiki/A_(B))')[0]).toMatchObject({ href: 'https://ja.wikipedia.org/wiki/A_(B)' });
  });

  it('with words lead nowhere else', () => {
    for (const target of ['javascript:alert(1)', 'JAVASCRIPT:alert(1)', 'data:text/html,x', 'file:///etc', '/etc', '//evil.example', 'https://']) {
      expect(links(`[押す](${target})`)).toEqual([]);
    }
    // A space in it: not words for an address, but an address in brackets.
    expect(bare('[押す]( https://a.jp)')).toEqual(['https://a.jp']);
    expect(read('[第1条](別紙)と[注](1)')).toBe('[第1条](別紙)と[注](1)');
  });
});

describe('marks', () => {
  it('work without spaces around them, and around Japanese brackets', () => {
    expect(read('これは**重要**です')).toBe('これは[重要]です');
    expect(read('これは**「重要」**です。**締切。**必ず')).toBe('これは[「重要」]です。[締切。]必ず');
    expect(read('12/5**厳守**、~~中止~~→**実施**')).toBe('12/5[厳守]、(中止)→[実施]');
    expect(read('**a ~~b~~ c** ~~x **y** z~~')).toBe('[a (b) c] (x [y] z)');
    expect(read('`**x**` **`y`**')).toBe('`**x**` [`y`]');
    expect(read('**👍** **𠮷野**家')).toBe('[👍] [𠮷野]家');
  });

  it('are letters where nobody means them', () => {
    for (const text of [
      '5*3*2', '5**3**2', '2**3 と 4**5', '５**３**２', 'a**b**c', '__init__ と _x_', '*斜体*', '** 空白 **', '****', '090-****-1234', '090-**-3456-**',
      '***x***', '**', '~~', '10:00~~11:00', '3~5人、7~9人', '〜〜と〜〜', '**\n次の行**', '** !! **', '**!!**', '＊＊全角＊＊', '**始まりだけ', '終わりだけ**', '#1 # 見出し', '`', '``x``', '` `', "it's `",
    ]) expect(read(text)).toBe(text);
  });

  it('mark the names that the message mentions, the longest first, in bold too', () => {
    const mentions = (parts: Inline[]): string[] => parts.flatMap((part) => ('parts' in part ? mentions(part.parts) : part.kind === 'mention' ? [part.text] : []));
    expect(mentions(inlineOf('@建設課第二 @建設課 @総務課 **@建設課**', ['建設課', '建設課第二']))).toEqual(['@建設課第二', '@建設課', '@建設課']);
  });

  it('lose no letter of what holds none of them', () => {
    for (const text of ['<b>x</b> https://a.jp/<script>', '\u202Eabc @x', '👨‍👩‍👧‍👦 𠮷野家 https://𠮷.jp', 'a'.repeat(10_000), '@a+b(c)']) {
      expect(inlineOf(text, ['a+b(c)', 'x']).map(words).join('')).toBe(text);
    }
  });
});
