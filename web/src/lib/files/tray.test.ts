import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outbox } from '#lib/sync/outbox.ts';
import type { Pending } from '#lib/sync/pending.ts';
import { isHeic } from './prepare.ts';
import { MOST_FILES, Tray } from './tray.svelte.ts';

const file = (name: string, type = 'text/csv', content = 'x') => new File([content], name, { type });
const names = (tray: Tray) => tray.files.map(({ name }) => name);
const pending: Pending = { clientId: '1', roomId: 'r', text: '', mentions: [], createdAt: 1, state: 'waiting' };

/** An outbox that only takes down what it was given. */
function outbox() {
  const add = vi.fn<Outbox['add']>(async () => {});
  const amend = vi.fn<Outbox['amend']>(async () => {});
  return { add, amend, it: { add, amend } as unknown as Outbox };
}

// No browser here opens pictures.
beforeEach(() => vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('not a picture'))));

describe('the tray', () => {
  it('keeps what was chosen, in that order, and what was taken out is out', async () => {
    const tray = new Tray(false);
    await tray.add([file('あ.csv'), file('い.csv')]);
    await tray.add([file('う.csv')]);
    tray.remove(tray.files[1]!.key);
    expect(names(tray)).toEqual(['あ.csv', 'う.csv']);
  });

  it('takes no more than can be sent at once, and says so', async () => {
    const tray = new Tray(false);
    await tray.add(Array.from({ length: MOST_FILES + 2 }, (_, at) => file(`${at}.csv`)));
    expect(tray.files).toHaveLength(MOST_FILES);
    expect(tray.problems.join()).toContain('30件まで');
  });

  it('says before sending what can’t be sent', async () => {
    const tray = new Tray(false);
    const huge = Object.defineProperty(file('長い会議.mov', 'video/quicktime'), 'size', { value: 1_400_000_000 });
    const folder = Object.assign(file('フォルダー', ''), {
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('a folder')) }),
    });
    await tray.add([huge, file('空.txt', 'text/plain', ''), folder, file('IMG_1.HEIC', ''), file('よい.csv')]);
    expect(names(tray)).toEqual(['よい.csv']);
    expect(tray.problems).toHaveLength(4);
    expect(tray.problems[0]).toContain('1.4 GB');
    expect(tray.problems[3]).toContain('HEIC');
  });

  it('gives its files with the message, and is empty then', async () => {
    const tray = new Tray(false);
    await tray.add([file('あ.csv'), file('い.csv')]);
    const out = outbox();
    tray.send(out.it, { ...pending, text: '二つ' });
    const [message, bytes] = out.add.mock.calls[0]!;
    expect(message).toMatchObject({ text: '二つ', files: [{ name: 'あ.csv', size: 1 }, { name: 'い.csv', size: 1 }] });
    expect(bytes?.map(({ key, clientId }) => [key, clientId])).toEqual(message.files?.map(({ key }) => [key, '1']));
    expect(tray.isEmpty).toBe(true);
    tray.send(out.it, pending);
    expect(out.add.mock.calls[1]).toEqual([pending]);
  });
});

describe('HEIC', () => {
  it('is known by type or by name', () => {
    expect(isHeic({ name: 'a.jpg', type: 'image/heif' })).toBe(true);
    expect(isHeic({ name: 'IMG_1.HEIC', type: '' })).toBe(true);
    expect(isHeic({ name: 'heic.jpg', type: 'image/jpeg' })).toBe(false);
  });
});
