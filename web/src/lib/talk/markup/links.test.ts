import { describe, expect, it } from 'vitest';
import { linksOf, readable } from './links.ts';

describe('the links of a text', () => {
  // As the server's test has them: crates/talk/src/model/links.rs.
  it('end where Japanese goes on', () => {
    const cases: [string, string[]][] = [
      ['資料はhttps://city.example.jp/a?b=1#c。ご確認ください', ['https://city.example.jp/a?b=1#c']],
      ['「https://example.jp/」。', ['https://example.jp/']],
      ['https://example.jp/を参照、https://example.jp/bです。', ['https://example.jp/', 'https://example.jp/b']],
      ['（http://example.com/x）と https://example.com/b, です', ['http://example.com/x', 'https://example.com/b']],
      ['https://example.jp/資料.pdf を', ['https://example.jp/%E8%B3%87%E6%96%99.pdf']],
      ['https://日本語.jp/ を', ['https://xn--wgv71a119e.jp/']],
      ['https://ja.wikipedia.org/wiki/A_(B)', ['https://ja.wikipedia.org/wiki/A_(B)']],
      ['(https://example.jp/a_(b))', ['https://example.jp/a_(b)']],
      ['**https://example.jp/** ~~https://example.jp/~~', ['https://example.jp/']],
      ['HTTPS://EXAMPLE.jp', ['https://example.jp/']],
      ['http://192.168.1.1:8080/a', ['http://192.168.1.1:8080/a']],
    ];
    for (const [text, links] of cases) expect(linksOf(text), text).toEqual(links);
  });

  it('lead by http alone', () => {
    for (const text of [
      'javascript:alert(1) data:text/html,x file:///etc/passwd https://',
      '[押す](javascript:alert(1)) [押す](//evil.example) [押す](https://) [電話](tel:0312345678)',
      '[第1条](別紙)と[注](1) ://',
      'http://[ b://c https://あ',
      '',
    ])
      expect(linksOf(text), text).toEqual([]);
  });

  it('may have words, and are none in code', () => {
    expect(linksOf('[資料](https://city.example.jp/a)')).toEqual(['https://city.example.jp/a']);
    expect(linksOf('[https://bank.example.jp](https://evil.example/)')).toEqual(['https://evil.example/']);
    expect(linksOf('[頁](https://city.example.jp/資料)')).toEqual(['https://city.example.jp/%E8%B3%87%E6%96%99']);
    expect(linksOf('[押す]( https://a.jp)')).toEqual(['https://a.jp/']);
    expect(linksOf('[ ](https://a.jp)')).toEqual([]);
    expect(linksOf('`https://a.jp/` https://b.jp/ `` https://c.jp/')).toEqual(['https://b.jp/', 'https://c.jp/']);
    expect(linksOf('```\nhttps://a.jp/\n```\nhttps://b.jp/')).toEqual(['https://b.jp/']);
    expect(linksOf('```sh\ncurl https://a.jp/')).toEqual([]);
    expect(linksOf('```\n\n```\nhttps://a.jp/')).toEqual([]);
    expect(linksOf('- https://a.jp/\n> https://b.jp/')).toEqual(['https://a.jp/', 'https://b.jp/']);
  });

  it('count once, and so many at most', () => {
    expect(linksOf('https://a.jp https://a.jp/ https://A.jp')).toEqual(['https://a.jp/']);
    expect(linksOf(Array.from({ length: 100 }, (_, at) => `https://a.jp/${at}`).join(' '))).toHaveLength(30);
  });

  it('are shown in letters that people read', () => {
    expect(readable('https://example.jp/%E8%B3%87%E6%96%99.pdf')).toBe('example.jp/資料.pdf');
    expect(readable('https://example.jp/')).toBe('example.jp');
    expect(readable('https://example.jp/%E8')).toBe('example.jp/%E8');
  });
});
