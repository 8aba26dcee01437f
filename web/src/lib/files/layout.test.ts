import { describe, expect, it } from 'vitest';
import { boxOf, gridOf } from './layout.ts';

describe('the box of one picture', () => {
  it('has the picture’s own shape, and bounds', () => {
    expect(boxOf(4000, 3000)).toEqual({ width: 300, ratio: 4 / 3 });
    expect(boxOf(3000, 4000)).toEqual({ width: 240, ratio: 3 / 4 });
  });

  it('shows the middle of what is very long or very tall', () => {
    expect(boxOf(8000, 1000)).toEqual({ width: 300, ratio: 2.4 });
    expect(boxOf(1000, 9000)).toEqual({ width: 160, ratio: 0.5 });
  });

  it('does not blow up a small one, but lets a finger hit it', () => {
    expect(boxOf(200, 100).width).toBe(200);
    expect(boxOf(16, 16).width).toBe(96);
  });
});

describe('several pictures', () => {
  it.each(Array.from({ length: 30 }, (_, at) => at + 2))('%i leave no hole', (count) => {
    const { columns, shown, span } = gridOf(count);
    expect((shown + span - 1) % columns).toBe(0);
  });

  it('says how many are not seen, with the one that says it', () => {
    expect(gridOf(9)).toMatchObject({ shown: 9, more: 0 });
    expect(gridOf(13)).toMatchObject({ shown: 9, more: 5 });
  });
});
