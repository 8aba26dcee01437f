import { describe, expect, it } from 'vitest';
import { addressOf, asksSomething, queryOf, questionIn } from './question.ts';

const at = (address: string) => questionIn(new URL(address, 'http://localhost'));

describe('a question', () => {
  it('stands in the address and is read from there', () => {
    const question = { q: '冠水 from:森', among: 'messages', sort: 'best', room: 'r1', span: 'month' } as const;
    expect(at(addressOf('city', question))).toEqual(question);
    expect(addressOf('city', { q: '' })).toBe('/city/search');
  });

  it('is the usual one where the address says something else', () => {
    expect(at('/city/search?in=posts&sort=oldest&since=day')).toEqual({ q: '', among: 'all', sort: 'newest', room: undefined, span: 'ever' });
  });

  it('reaches as many days back as is asked, by Japan’s days', () => {
    const now = Date.parse('2026-11-23T00:30:00+09:00');
    expect(queryOf({ ...at('/?q=%20避難%20'), span: 'week' }, now)).toMatchObject({ q: '避難', after: '2026-11-16' });
    expect(queryOf(at('/?q=避難'), now).after).toBeUndefined();
  });

  it('asks nothing while an operator is being typed', () => {
    expect(['', ' ', 'from:', 'in：'].some((q) => asksSomething({ ...at('/'), q }))).toBe(false);
    expect(['避', 'from:森', '15:'].every((q) => asksSomething({ ...at('/'), q }))).toBe(true);
  });
});
