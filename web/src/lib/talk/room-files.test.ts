import { describe, expect, it, vi } from 'vitest';
import { message } from '#lib/sync/testing.ts';
import type { Page, RoomFile, StoredFile } from '#lib/sync/types.ts';
import { RoomFiles } from './room-files.svelte.ts';

const photo = (id: string): StoredFile => ({
  id,
  name: `${id}.jpg`,
  contentType: 'image/jpeg',
  size: 1,
  width: 1,
  height: 1,
  sha256: '',
});
const item = (seq: number): RoomFile => ({ file: photo(`p${seq}`), seq, sentAt: message(seq).sentAt });
const came = (seq: number, more = {}) => message(seq, { text: '', attachments: [photo(`p${seq}`)], ...more });

/** Ten photos, three a page. */
async function shelf() {
  const all = [30, 27, 24, 21, 18, 15, 12, 9, 6, 3].map(item);
  const ask = vi.fn(async (cursor?: string): Promise<Page<RoomFile>> => {
    const from = Number(cursor ?? 0);
    return { items: all.slice(from, from + 3), nextCursor: from + 3 < all.length ? String(from + 3) : null };
  });
  const files = new RoomFiles('photos', ask);
  await files.renew();
  return { files, ask, all, seqs: () => files.items.map(({ seq }) => seq) };
}

describe('the photos of a room', () => {
  it('come a page at a time until there are no more', async () => {
    const { files, seqs, ask } = await shelf();
    expect(seqs()).toEqual([30, 27, 24]);
    for (let page = 0; page < 5; page += 1) await files.more();
    expect(seqs()).toEqual([30, 27, 24, 21, 18, 15, 12, 9, 6, 3]);
    expect(ask).toHaveBeenCalledTimes(4);
  });

  it('take in what comes, once, and let go of what is taken back', async () => {
    const { files, seqs } = await shelf();
    files.hear(came(31));
    files.hear(came(31));
    files.hear(came(32, { attachments: [{ ...photo('x'), contentType: 'application/pdf' }] }));
    expect(seqs()).toEqual([31, 30, 27, 24]);
    files.hear(came(27, { recalledAt: '2026-11-23T02:00:00Z', attachments: [] }));
    expect(seqs()).toEqual([31, 30, 24]);
  });

  it('leave what is older than all that is known to its page', async () => {
    const { files, seqs } = await shelf();
    files.hear(came(12));
    expect(seqs()).toEqual([30, 27, 24]);
  });

  it('are whole again after a time without a line', async () => {
    const { files, seqs, all } = await shelf();
    await files.more();
    all.splice(1, 1);
    all.unshift(item(40), item(36));
    await files.renew();
    expect(seqs()).toEqual([40, 36, 30]);
    await files.more();
    expect(seqs()).toEqual([40, 36, 30, 24, 21, 18]);
  });

  it('stand by days', async () => {
    const { files } = await shelf();
    files.hear(came(31, { sentAt: '2026-11-24T01:00:00Z' }));
    expect(files.days.map(({ items }) => items.length)).toEqual([1, 3]);
  });

  it('say so when they can’t be had, and come when asked again', async () => {
    const ask = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue({ items: [], nextCursor: null });
    const files = new RoomFiles('photos', ask);
    await files.renew();
    expect(files).toMatchObject({ hasFailed: true, isKnown: false });
    await files.renew();
    expect(files).toMatchObject({ hasFailed: false, isKnown: true });
  });
});
