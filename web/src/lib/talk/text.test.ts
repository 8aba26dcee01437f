import { describe, expect, it } from 'vitest';
import { lengthOf, lineOf } from './text.ts';

describe('a text', () => {
  it('is counted as the server counts', () => expect(lengthOf('𠮷👍')).toBe(2));
  it('becomes one line', () => expect(lineOf(' a\n\n  b　c ')).toBe('a b c'));
  it('becomes one line without its marks', () => {
    expect(lineOf('**至急** ~~中止~~ `x`\n- 土のう\n- 水\n1. 集合\n> 引用\n[資料](https://a.example.jp/)')).toBe('至急 中止 x ・土のう ・水 1. 集合 引用 資料');
    expect(lineOf('```\nls -a\n```')).toBe('ls -a');
    expect(lineOf('5*3*2 は __ です')).toBe('5*3*2 は __ です');
  });
});
