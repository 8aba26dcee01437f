import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unhurried } from './unhurried.ts';

describe('unhurried work', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is done at once, and once more for all that asked meanwhile', async () => {
    const work = vi.fn(() => Promise.resolve());
    const { ask } = unhurried(work, 1_000);
    ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(work).toHaveBeenCalledTimes(1);
    for (let times = 0; times < 20; times += 1) ask();
    await vi.advanceTimersByTimeAsync(900);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('never overtakes itself', async () => {
    let finish = () => {};
    const work = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const { ask } = unhurried(work, 1_000);
    ask();
    await vi.advanceTimersByTimeAsync(0);
    ask();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(work).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('ends when nobody looks any more', async () => {
    const work = vi.fn(() => Promise.resolve());
    const { ask, stop } = unhurried(work, 1_000);
    ask();
    stop();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(work).not.toHaveBeenCalled();
  });
});
