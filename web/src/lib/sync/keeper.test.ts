import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Device } from './device.ts';
import { Keeper } from './keeper.ts';
import { TalkStore } from './store.svelte.ts';
import { message, ME, page, ROOM, room } from './testing.ts';

function kept() {
  const store = new TalkStore({ id: ME, orgUnitIds: new Set() }, async () => []);
  const held = store.hold(room());
  held.addPage(page(1, 2), {});
  const keep = vi.fn(async (..._written: Parameters<Device['keep']>) => undefined);
  return { store, held, keep, keeper: new Keeper(store, { keep } as unknown as Device) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('keeper', () => {
  it('writes a moment later, once for many changes', async () => {
    const { keeper, keep } = kept();
    for (let at = 0; at < 5; at += 1) keeper.changed(ROOM);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(keep).toHaveBeenCalledOnce();
    expect(keep.mock.calls[0]![0]).toMatchObject([{ info: { id: ROOM }, rev: 2, tail: { to: 2 } }]);
  });

  it('keeps no stretch that does not reach the newest message', async () => {
    const { held, keeper, keep } = kept();
    held.receive(message(9));
    keeper.changed(ROOM);
    await keeper.flush();
    expect(keep.mock.calls[0]![0]).toMatchObject([{ tail: undefined }]);
  });

  it('leaves what was written alone while what is held can’t be trusted', async () => {
    const { held, keeper, keep } = kept();
    held.isStale = true;
    keeper.changed(ROOM);
    await keeper.flush();
    expect(keep).not.toHaveBeenCalled();
  });

  it('takes away what is gone, unless it has come back', async () => {
    const { store, keeper, keep } = kept();
    keeper.gone(ROOM);
    await keeper.flush();
    expect(keep.mock.calls[0]![1]).toEqual([]);
    store.forget(ROOM);
    keeper.gone(ROOM);
    await keeper.flush();
    expect(keep.mock.calls[1]!.slice(0, 2)).toEqual([[], [ROOM]]);
  });
});
