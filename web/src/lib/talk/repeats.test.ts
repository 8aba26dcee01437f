import { describe, expect, it } from 'vitest';
import { Repeats } from './repeats.ts';

describe('a wish that is repeated', () => {
  it('keeps its id, and shares it with no other', () => {
    const repeats = new Repeats();
    const first = repeats.idFor('防災課へ');
    expect(repeats.idFor('防災課へ')).toBe(first);
    expect(repeats.idFor('広報課へ')).not.toBe(first);
  });

  it('is another one after it was taken back', () => {
    const repeats = new Repeats();
    const first = repeats.idFor('防災課へ');
    repeats.done('防災課へ');
    expect(repeats.idFor('防災課へ')).not.toBe(first);
  });
});
