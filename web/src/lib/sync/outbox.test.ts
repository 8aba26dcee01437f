import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Device } from './device.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { Outbox } from './outbox.ts';
import type { Pending } from './pending.ts';
import { TalkStore } from './store.svelte.ts';
import { message, ME, ROOM, room } from './testing.ts';

const OTHER = '01900000-0000-7000-8000-00000000000b';
const outboxes: Outbox[] = [];
afterEach(() => outboxes.splice(0).forEach((outbox) => outbox.stop()));

let tenants = 0;
const pending = (clientId: string, more: Partial<Pending> = {}): Pending => ({
  clientId, roomId: ROOM, text: clientId, mentions: [], createdAt: Number(clientId), state: 'waiting', ...more,
});

/** One tab; another on the same device with the same `tenant`. */
function tab(tenant = `outbox${(tenants += 1)}`, answer: (pending: Pending) => Outcome | Promise<Outcome> = () => ({ kind: 'later' })) {
  const store = new TalkStore({ id: ME, orgUnitIds: new Set() }, async () => []);
  store.hold(room());
  const device = new Device({ tenant, account: ME, reader: ME });
  const deliver = vi.fn(async (each: Pending) => answer(each));
  const on = { deliver, upload: vi.fn(), tell: vi.fn(), sent: vi.fn(), scheduled: vi.fn(), unkept: vi.fn(), discard: vi.fn(), lost: () => 'なくなりました' };
  const outbox = new Outbox(store, device, on);
  const shown = () => store.room(ROOM)!.pending.map(({ clientId, state }) => `${clientId} ${state}`);
  outboxes.push(outbox);
  return { tenant, store, device, outbox, deliver, on, shown };
}

describe('outbox', () => {
  it('finds what a tab wrote down and closed before it could tell', async () => {
    const closed = tab();
    await closed.device.putPending(pending('1'));
    const leader = tab(closed.tenant, (each) => ({ kind: 'sent', message: message(3, { clientId: each.clientId }) }));
    leader.outbox.lead();
    await vi.waitFor(() => expect(leader.on.sent).toHaveBeenCalledOnce());
    await vi.waitFor(async () => expect(await leader.device.outbox()).toEqual([]));
    expect(leader.shown()).toEqual([]);
  });

  it('does not bring back what was dropped meanwhile, here or in another tab', async () => {
    const here = tab();
    await here.outbox.add(pending('1'));
    await here.outbox.add(pending('2'));
    const reading = here.outbox.restore();
    await here.outbox.drop(pending('1'));
    await reading;
    expect(here.shown()).toEqual(['2 waiting']);
    here.outbox.hear({ type: 'dropped', clientId: '2', roomId: ROOM });
    await here.outbox.restore();
    expect(here.shown()).toEqual([]);
  });

  it('sends in order, one after the other, and keeps what is refused', async () => {
    const answers: Record<string, Outcome> = { 1: { kind: 'refused', reason: '長すぎます' }, 2: { kind: 'sent', message: message(3, { clientId: '2' }) } };
    const { outbox, deliver, shown, device } = tab(undefined, (each) => answers[each.clientId]!);
    await outbox.add(pending('1'));
    await outbox.add(pending('2'));
    outbox.lead();
    await vi.waitFor(() => expect(deliver.mock.calls.map(([each]) => each.clientId)).toEqual(['1', '2']));
    await vi.waitFor(() => expect(shown()).toEqual(['1 refused']));
    await vi.waitFor(async () => expect(await device.outbox()).toMatchObject([{ clientId: '1', state: 'refused', reason: '長すぎます' }]));
  });

  it('waits for a person where one has to say who acts, and tries again with the next message', async () => {
    const { outbox, deliver, shown } = tab(undefined, () => ({ kind: 'held' }));
    outbox.lead();
    await outbox.add(pending('1'));
    await vi.waitFor(() => expect(deliver).toHaveBeenCalledOnce());
    await deliver.mock.results[0]!.value;
    outbox.flush();
    expect(deliver).toHaveBeenCalledOnce();
    expect(shown()).toEqual(['1 waiting']);
    await outbox.add(pending('2'));
    await vi.waitFor(() => expect(deliver).toHaveBeenCalledTimes(2));
  });

  it('lets go of what the live stream says has arrived, also on the device', async () => {
    const { outbox, device, shown } = tab();
    await outbox.add(pending('1'));
    outbox.settle(message(3, { senderId: ME, clientId: '1' }));
    expect(shown()).toEqual([]);
    await vi.waitFor(async () => expect(await device.outbox()).toEqual([]));
  });

  it('names rooms that are not held, and abandons what waits for one that is gone', async () => {
    const { outbox, device } = tab();
    await device.putPending(pending('1', { roomId: OTHER }));
    await device.putPending(pending('2'));
    expect([...(await outbox.strays())]).toEqual([OTHER]);
    expect(await outbox.abandon(OTHER)).toBe(1);
    expect(await device.outbox()).toMatchObject([{ clientId: '2' }]);
  });
});

describe('outcomeOf', () => {
  it('tells what may pass from what will not', () => {
    for (const status of [0, 401, 408, 425, 429, 500, 503]) expect(outcomeOf({ status }).kind).toBe('later');
    for (const status of [400, 403, 404, 422, 507]) expect(outcomeOf({ status }).kind).toBe('refused');
    expect(outcomeOf({ status: 403, type: '/problems/actor-required' })).toEqual({ kind: 'held' });
    expect(outcomeOf({ status: 429 }, 3)).toEqual({ kind: 'later', afterMs: 3_000 });
  });
});
