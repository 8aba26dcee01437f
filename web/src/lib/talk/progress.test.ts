import { describe, expect, it } from 'vitest';
import { Progress } from './progress.ts';

describe('reading on from the unread line', () => {
  it('stands at the line until something behind it was seen', () => {
    const progress = new Progress();
    progress.from(10);
    expect(progress.isAtLine).toBe(true);
    progress.saw(5, 18);
    expect(progress.isAtLine).toBe(false);
    expect(progress.passedBy(12)).toBeUndefined();
  });

  it('knows what was left out by going to the newest, and forgets it once it was read', () => {
    const progress = new Progress();
    progress.from(10);
    progress.saw(5, 18);
    progress.saw(90, 100);
    expect(progress.passedBy(90)).toBe(19);
    progress.saw(15, 92);
    expect(progress.passedBy(90)).toBeUndefined();
  });

  it('begins anew at another line, and has nothing to say without one', () => {
    const progress = new Progress();
    progress.from(10);
    progress.saw(5, 18);
    progress.from(18);
    expect(progress.isAtLine).toBe(true);
    progress.from(undefined);
    expect(progress.isAtLine).toBe(false);
    expect(progress.passedBy(90)).toBeUndefined();
  });
});
