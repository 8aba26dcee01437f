import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { Device, type Holder, wipeDevice } from './device.ts';
import type { Pending } from './pending.ts';
import { AIKO, KENJI, message, ME, ROOM, room } from './testing.ts';

let tenants = 0;
const city = () => `city${(tenants += 1)}`;
const of = (tenant: string, account = ME, reader = account): Holder => ({ tenant, account, reader });
const pending = (clientId: string, createdAt = 1): Pending => ({ clientId, roomId: ROOM, text: 'あとで', mentions: [], createdAt, state: 'waiting' });
const tail = { from: 0, to: 2, messages: [message(1), message(2)] };

/** A device with everything on it. */
async function full(holder: Holder): Promise<Device> {
  const device = new Device(holder);
  await device.keep([{ info: room(), rev: 2, tail }], [], 7);
  await device.learnPeople([{ id: AIKO, name: '愛子' }]);
  await device.putPending(pending('one'));
  await device.putDraft({ roomId: ROOM, text: '書きかけ' });
  return device;
}

describe('device', () => {
  it('gives back what was kept', async () => {
    const tenant = city();
    await (await full(of(tenant))).close();
    const device = new Device(of(tenant));
    expect(await device.load()).toMatchObject({
      rooms: [{ info: { id: ROOM }, rev: 2 }], tails: [{ roomId: ROOM, to: 2 }], people: [{ id: AIKO }], drafts: [{ text: '書きかけ' }], meRev: 7,
    });
    expect(await device.outbox()).toMatchObject([{ clientId: 'one' }]);
  });

  it('shows the next account nothing, and keeps what the former has not sent for the former', async () => {
    const tenant = city();
    await (await full(of(tenant))).close();
    const other = new Device(of(tenant, KENJI));
    expect(await other.load()).toEqual({ rooms: [], tails: [], people: [], drafts: [], meRev: 0 });
    expect(await other.outbox()).toEqual([]);
    await other.close();
    const again = new Device(of(tenant));
    expect(await again.load()).toMatchObject({ rooms: [], people: [], drafts: [{ text: '書きかけ' }] });
    expect(await again.outbox()).toMatchObject([{ clientId: 'one' }]);
  });

  it('keeps the cursors of two people behind one account apart', async () => {
    const tenant = city();
    await (await full(of(tenant, ME, AIKO))).close();
    const device = new Device(of(tenant, ME, KENJI));
    expect((await device.load()).rooms).toEqual([]);
    expect(await device.outbox()).toHaveLength(1);
  });

  it('takes nothing from a tab whose account was displaced', async () => {
    const tenant = city();
    const displaced = await full(of(tenant));
    const other = new Device(of(tenant, KENJI));
    await other.load();
    await displaced.keep([{ info: room(), rev: 3 }], [], 9);
    await displaced.learnPeople([{ id: AIKO, name: '愛子' }]);
    expect(await other.load()).toMatchObject({ rooms: [], people: [], meRev: 0 });
  });

  it('is wiped of what one could read, or also of what one wrote, and of nobody else’s', async () => {
    const tenant = city();
    await (await full(of(tenant))).close();
    await wipeDevice(tenant, KENJI, 'drop');
    expect((await new Device(of(tenant)).load()).rooms).toHaveLength(1);
    await wipeDevice(tenant, ME, 'keep');
    const kept = new Device(of(tenant));
    expect(await kept.load()).toMatchObject({ rooms: [], tails: [], people: [], drafts: [{ text: '書きかけ' }] });
    expect(await kept.outbox()).toHaveLength(1);
    const other = new Device(of(tenant, KENJI));
    await other.putDraft({ roomId: ROOM, text: '別の人' });
    await wipeDevice(tenant, ME, 'drop');
    expect(await new Device(of(tenant)).outbox()).toEqual([]);
    expect((await new Device(of(tenant, KENJI)).load()).drafts).toMatchObject([{ text: '別の人' }]);
  });

  it('opens anew when the browser has closed it', async () => {
    const tenant = city();
    const device = new Device(of(tenant));
    await device.load();
    const ended = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('The connection is closing.', 'InvalidStateError');
    });
    await device.putPending(pending('one'));
    ended.mockRestore();
    expect(await device.outbox()).toMatchObject([{ clientId: 'one' }]);
  });

  it('gives the outbox in the order of leaving', async () => {
    const device = new Device(of(city()));
    await device.putPending(pending('a', 2));
    await device.putPending(pending('b', 1));
    expect((await device.outbox())?.map(({ clientId }) => clientId)).toEqual(['b', 'a']);
  });

  it('works without a memory where storage is refused', async () => {
    const { open } = indexedDB;
    indexedDB.open = () => {
      throw new DOMException('refused', 'SecurityError');
    };
    const device = new Device(of(city()));
    expect(await device.load()).toMatchObject({ rooms: [] });
    expect(await device.outbox()).toBeUndefined();
    indexedDB.open = open;
  });
});
