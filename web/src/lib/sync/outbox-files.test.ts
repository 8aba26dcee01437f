import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Device } from './device.ts';
import { Outbox } from './outbox.ts';
import type { Outcome } from './outcome.ts';
import type { Pending } from './pending.ts';
import { TalkStore } from './store.svelte.ts';
import { message, ME, ROOM, room } from './testing.ts';
import type { Upload, Uploaded, Watch } from './uploads.svelte.ts';

let tenants = 0;
const outboxes: Outbox[] = [];
afterEach(() => {
  outboxes.splice(0).forEach((outbox) => outbox.stop());
  vi.useRealTimers();
});

const text = (clientId: string): Pending => ({
  clientId,
  roomId: ROOM,
  text: clientId,
  mentions: [],
  createdAt: Number(clientId),
  state: 'waiting',
});
const fileOf = (key: string) => ({ key, name: `${key}.jpg`, contentType: 'image/jpeg', size: 4, width: 2, height: 2 });
const photo = (clientId: string, keys = [`${clientId}-1`]): Pending => ({ ...text(clientId), text: '', files: keys.map(fileOf) });
const bytesOf = ({ clientId, files = [] }: Pending) => files.map(({ key }) => ({ key, clientId, blob: new Blob([key]) }));

/** One tab that sends, unless it is told not to; another on the same device with the same `tenant`. */
function tab(upload: Upload, { tenant = `files${(tenants += 1)}`, leads = true } = {}) {
  const store = new TalkStore({ id: ME, orgUnitIds: new Set() }, async () => []);
  store.hold(room());
  const device = new Device({ tenant, account: ME, reader: ME });
  const sent = (each: Pending): Outcome => ({ kind: 'sent', message: message(3, { clientId: each.clientId }) });
  const on = {
    deliver: vi.fn(async (each: Pending): Promise<Outcome> => sent(each)),
    upload: vi.fn(upload),
    tell: vi.fn(),
    sent: vi.fn(),
    scheduled: vi.fn(),
    unkept: vi.fn(),
    discard: vi.fn(),
    lost: () => 'なくなりました',
  };
  const outbox = new Outbox(store, device, on);
  outboxes.push(outbox);
  if (leads) outbox.lead();
  const waiting = () => store.room(ROOM)!.pending;
  const add = (pending: Pending) => outbox.add(pending, bytesOf(pending));
  const left = () => on.deliver.mock.calls.map(([each]) => each.clientId);
  return { tenant, device, outbox, on, waiting, add, left };
}

const up: Upload = (file) => Promise.resolve({ kind: 'up', id: `id ${file.key}` });
/** An upload that ends when the test says so. */
function slow() {
  const begun: { key: string; watch: Watch; end: (with_: Uploaded) => void }[] = [];
  const upload: Upload = (file, _, watch) => new Promise((end) => begun.push({ key: file.key, watch, end }));
  return { begun, upload };
}

describe('an outbox with files', () => {
  it('sends a message once all its files are up, in their order', async () => {
    const { add, on, left, device } = tab(up);
    await add(photo('1', ['a', 'b']));
    await vi.waitFor(() => expect(left()).toEqual(['1']));
    expect(on.deliver.mock.calls[0]![0].files?.map(({ id }) => id)).toEqual(['id a', 'id b']);
    await vi.waitFor(async () => expect(await device.file('a')).toBeUndefined());
  });

  it('lets what is written later go first while files are on their way', async () => {
    const { begun, upload } = slow();
    const { add, left } = tab(upload);
    await add(photo('1'));
    await add(text('2'));
    await vi.waitFor(() => expect(left()).toEqual(['2']));
    await vi.waitFor(() => expect(begun).toHaveLength(1));
    begun[0]!.end({ kind: 'up', id: 'x' });
    await vi.waitFor(() => expect(left()).toEqual(['2', '1']));
  });

  it('goes on in another tab where it was broken off, with the bytes that the device kept', async () => {
    const { begun, upload } = slow();
    const first = tab(upload);
    await first.add(photo('1', ['a', 'b']));
    await vi.waitFor(() => expect(begun).toHaveLength(1));
    begun[0]!.end({ kind: 'up', id: 'id a' });
    await vi.waitFor(() => expect(begun).toHaveLength(2));
    begun[1]!.watch.address('/city/api/v1/files/b');
    await vi.waitFor(async () =>
      expect((await first.device.outbox())?.[0]?.files).toMatchObject([{ id: 'id a' }, { url: '/city/api/v1/files/b' }]),
    );
    first.outbox.stop();

    const second = tab(up, { tenant: first.tenant });
    await vi.waitFor(() => expect(second.left()).toEqual(['1']));
    const [file, blob] = second.on.upload.mock.calls[0]!;
    expect(second.on.upload).toHaveBeenCalledOnce();
    expect(file).toMatchObject({ key: 'b', url: '/city/api/v1/files/b' });
    expect(await blob.text()).toBe('b');
  });

  it('tries again by itself, at once when there may be a network, and says that it stands still', async () => {
    const answers: Uploaded[] = [{ kind: 'later' }, { kind: 'up', id: 'x' }];
    const { add, outbox, on, left } = tab(() => Promise.resolve(answers.shift()!));
    await add(photo('1'));
    const uploads = await outbox.uploads.come();
    await vi.waitFor(() => expect(uploads.halted.has('1')).toBe(true));
    expect(on.upload).toHaveBeenCalledOnce();
    outbox.hurry();
    await vi.waitFor(() => expect(left()).toEqual(['1']));
    expect(uploads.halted.has('1')).toBe(false);
  });

  it('keeps a refused one with its reason, and looks at its files anew when it is sent again', async () => {
    const answers: Uploaded[] = [
      { kind: 'refused', reason: '大きすぎます' },
      { kind: 'up', id: 'x' },
    ];
    const { add, outbox, waiting, left } = tab(() => Promise.resolve(answers.shift()!));
    await add(photo('1'));
    await vi.waitFor(() => expect(waiting()).toMatchObject([{ state: 'refused', reason: '大きすぎます' }]));
    await outbox.retry(waiting()[0]!);
    await vi.waitFor(() => expect(left()).toEqual(['1']));
  });

  it('says so when the bytes are gone from the device', async () => {
    const { outbox, waiting } = tab(up);
    await outbox.add(photo('1'), []);
    await vi.waitFor(() => expect(waiting()).toMatchObject([{ state: 'refused', reason: 'なくなりました' }]));
  });

  it('stands still when paused, goes on when asked, and leaves nothing behind when given up', async () => {
    const { begun, upload } = slow();
    const { add, outbox, waiting, on, device } = tab(upload);
    await add(photo('1'));
    await vi.waitFor(() => expect(begun).toHaveLength(1));
    begun[0]!.watch.address('/city/api/v1/files/1');
    await vi.waitFor(() => expect(waiting()[0]?.files?.[0]?.url).toBeDefined());
    await outbox.amend(waiting()[0]!, { isPaused: true });
    expect(begun[0]!.watch.signal.aborted).toBe(true);
    outbox.hurry();
    expect(begun).toHaveLength(1);
    await outbox.amend(waiting()[0]!, { isPaused: false });
    await vi.waitFor(() => expect(begun).toHaveLength(2));
    await outbox.drop(waiting()[0]!);
    expect(on.discard).toHaveBeenCalledWith(['/city/api/v1/files/1']);
    expect(begun[1]!.watch.signal.aborted).toBe(true);
    expect(await device.file('1-1')).toBeUndefined();
  });

  it('brings two messages at once, and further ones after them', async () => {
    const { begun, upload } = slow();
    const { add } = tab(upload);
    for (const clientId of ['1', '2', '3']) await add(photo(clientId));
    await vi.waitFor(() => expect(begun.map(({ key }) => key)).toEqual(['1-1', '2-1']));
    begun[1]!.end({ kind: 'up', id: 'x' });
    await vi.waitFor(() => expect(begun.map(({ key }) => key)).toEqual(['1-1', '2-1', '3-1']));
  });

  it('sends by itself what the device has no room for, says so, and tells no other tab', async () => {
    const { add, device, on, left } = tab(up, { leads: false });
    await device.load();
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await add(photo('1'));
    await vi.waitFor(() => expect(left()).toEqual(['1']));
    full.mockRestore();
    expect(on.unkept).toHaveBeenCalledOnce();
    expect(on.tell.mock.calls.map(([news]) => news.type)).toEqual(['sent']);
  });

  it('waits for the place that is being looked for, but not for ever', async () => {
    const { add, outbox, left, waiting, on } = tab(up);
    await add({ ...photo('1'), placeBy: Date.now() + 60_000 });
    await vi.waitFor(() => expect(waiting()[0]?.files?.[0]?.id).toBeDefined());
    expect(left()).toEqual([]);
    const place = { latitude: 35.1, longitude: 139.2 };
    await outbox.amend(waiting()[0]!, { place, placeBy: undefined });
    await vi.waitFor(() => expect(left()).toEqual(['1']));
    expect(on.deliver.mock.calls[0]![0].place).toEqual(place);
    await add({ ...photo('2'), placeBy: Date.now() + 60 });
    await vi.waitFor(() => expect(left()).toEqual(['1', '2']));
  });
});
