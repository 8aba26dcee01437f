import { describe, expect, it } from 'vitest';
import { Reads } from './reads.ts';
import { AIKO, KENJI, ME } from './testing.ts';

describe('reads', () => {
  it('adds one for each own message that a reader passes, once', () => {
    const counts = new Map<number, number>();
    const reads = new Reads(counts);
    reads.counted(3, 1);
    reads.stand({ [AIKO]: 3, [KENJI]: 2 }, ME, []);
    reads.readUpTo(KENJI, 5, [3, 4]);
    reads.readUpTo(KENJI, 5, [3, 4]);
    reads.readUpTo(AIKO, 4, [3, 4]);
    expect([...counts]).toEqual([[3, 2], [4, 2]]);
  });

  it('says when the cursors and the counts disagree', () => {
    const reads = new Reads(new Map());
    reads.counted(3, 1);
    expect(reads.stand({ [AIKO]: 3, [ME]: 9 }, ME, [3])).toBe(false);
    expect(reads.stand({ [AIKO]: 3, [KENJI]: 9 }, ME, [3])).toBe(true);
  });

  it('takes the counts of a large room as they come', () => {
    const counts = new Map<number, number>();
    new Reads(counts).countedAll({ '7': 120, '8': 4 });
    expect(counts.get(7)).toBe(120);
  });
});
