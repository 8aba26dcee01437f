import { describe, expect, it } from 'vitest';
import { inWhole, partsOf, withoutMarks } from './marks.ts';

const found = (text: string, highlights: Parameters<typeof partsOf>[1]) =>
  partsOf(text, highlights).map(({ text, isFound }) => (isFound ? `[${text}]` : text)).join('');

describe('what was found', () => {
  it('is marked where the server says', () => {
    expect(found('😀 道路ｶﾝｽｲ', [{ start: 3, length: 6 }])).toBe('😀 [道路ｶﾝｽｲ]');
    expect(found('避難所へ避難', [{ start: 0, length: 2 }, { start: 4, length: 2 }])).toBe('[避難]所へ[避難]');
    expect(found('何もない', [])).toBe('何もない');
  });

  it('never tears the text apart, whatever is said', () => {
    expect(found('短い', [{ start: 1, length: 9 }])).toBe('短い');
    expect(found('避難所', [{ start: 0, length: 2 }, { start: 1, length: 2 }])).toBe('[避難]所');
  });

  it('is shown without the marks of its writing', () => {
    const { text, highlights } = withoutMarks({ text: '**川東**で冠水\n- 通行止め', highlights: [{ start: 2, length: 2 }, { start: 7, length: 2 }] });
    expect(found(text, highlights)).toBe('[川東]で[冠水]\n・通行止め');
    const mark = { text: '**川東**', highlights: [{ start: 0, length: 2 }] };
    expect(withoutMarks(mark)).toEqual(mark);
  });

  it('is found again in the whole text', () => {
    const whole = `${'あ'.repeat(40)}。川東の避難所へ${'い'.repeat(40)}`;
    const excerpt = { text: '…川東の避難所へい…', highlights: [{ start: 4, length: 2 }] };
    expect(found(whole, inWhole(whole, excerpt))).toContain('[避難]所へ');
    expect(inWhole('書き直された', excerpt)).toEqual([]);
    expect(found('…避難', inWhole('…避難', { text: '…避難', highlights: [{ start: 1, length: 2 }] }))).toBe('…[避難]');
  });
});
