// The files that were chosen for the next message of a room. They wait there also while one looks into another room.
import { m } from '#lib/paraglide/messages.js';
import type { KeptFile } from '#lib/sync/kept.ts';
import type { Outbox } from '#lib/sync/outbox.ts';
import type { Pending, PendingFile } from '#lib/sync/pending.ts';
import type { RoomState } from '#lib/sync/room.svelte.ts';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import { uuidv7 } from '#lib/sync/uuid.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';
import { kindOf, sizeOf } from './kinds.ts';
import { LOOK_MS, Locator } from './locator.svelte.ts';
import { type Prepared, prepare } from './prepare.ts';
import { trays } from './trays.ts';

export const MOST_FILES = 30;
const MOST_BYTES = 1_000_000_000;

export interface Chosen extends Prepared {
  key: string;
  /** For showing `preview`; given back when the file leaves the tray. */
  previewUrl?: string;
}

export class Tray {
  files: Chosen[] = $state.raw([]);
  /** What could not be taken, and why. */
  problems: string[] = $state.raw([]);
  /** How many are being looked at. */
  reading = $state(0);
  readonly locator: Locator;
  #line: Promise<unknown> = Promise.resolve();

  constructor(placesByItself: boolean) {
    this.locator = new Locator(placesByItself);
  }

  readonly isEmpty: boolean = $derived(this.files.length === 0 && this.reading === 0);
  /** A place belongs to a picture. */
  readonly hasPhotos: boolean = $derived(this.files.some((file) => kindOf(file) === 'photo'));

  /** One after the other: several large pictures opened at once are more than an old tablet has room for. */
  async add(files: readonly File[]): Promise<void> {
    const room = Math.max(0, MOST_FILES - this.files.length - this.reading);
    const problems = files.length > room ? [m.files_too_many({ count: MOST_FILES })] : [];
    const taken = files.slice(0, room);
    this.problems = problems;
    this.reading += taken.length;
    for (const file of taken) {
      this.#line = this.#line.then(() => this.#take(file)).finally(() => (this.reading -= 1));
    }
    await this.#line;
  }

  remove(key: string): void {
    const file = this.files.find((each) => each.key === key);
    if (file?.previewUrl) URL.revokeObjectURL(file.previewUrl);
    this.files = this.files.filter((each) => each.key !== key);
    this.problems = [];
    if (!this.hasPhotos) this.locator.rest();
  }

  /** Puts the message into the outbox with all that lies here. Nobody waits for the place: it follows while the files are on their way. */
  send(outbox: Outbox, pending: Pending): void {
    const { isWanted, place, look } = this.locator.take();
    const { files, bytes } = this.#empty(pending.clientId);
    if (files.length === 0) return void outbox.add(pending);
    void outbox.add({ ...pending, files, place, placeBy: look && Date.now() + LOOK_MS + 1_000 }, bytes);
    if (!isWanted || place) return;
    void Promise.resolve(look).then((found) => {
      if (!found) toast.info(m.files_place_left_out());
      return outbox.amend(pending, { place: found, placeBy: undefined });
    });
  }

  #empty(clientId: string): { files: PendingFile[]; bytes: KeptFile[] } {
    const { files } = this;
    this.files = [];
    this.problems = [];
    for (const { previewUrl } of files) if (previewUrl) URL.revokeObjectURL(previewUrl);
    return {
      files: files.map(({ key, name, contentType, blob, width, height }) => ({
        key,
        name,
        contentType,
        size: blob.size,
        width,
        height,
      })),
      bytes: files.map(({ key, blob, preview }) => ({ key, clientId, blob, preview })),
    };
  }

  async #take(file: File): Promise<void> {
    const prepared = await lookedAt(file);
    if (typeof prepared === 'string') return this.#refuse(prepared);
    const previewUrl = prepared.preview && URL.createObjectURL(prepared.preview);
    this.files = [...this.files, { ...prepared, key: uuidv7(), previewUrl }];
    if (this.hasPhotos) this.locator.wake();
  }

  #refuse(problem: string): void {
    this.problems = [...this.problems, problem];
  }
}

/** The one of a room. A patrol's devices say where they are by themselves, people where an incident is dealt with. */
export function trayOf(sync: Sync, room: RoomState): Tray {
  const placesByItself = sync.me.kind === 'device' || room.info.incident;
  let tray = trays.get(room);
  if (!tray) trays.set(room, (tray = new Tray(placesByItself)));
  tray.locator.byItself = placesByItself;
  return tray;
}

/** A file as it may leave; or, in words, why it can't be taken. */
export async function lookedAt(file: File): Promise<Prepared | string> {
  const problem = problemWith(file);
  if (problem) return problem;
  const prepared = await prepare(file);
  if (prepared === 'unreadable') return m.files_unreadable({ name: file.name });
  return prepared === 'heic' ? m.files_heic({ name: file.name }) : prepared;
}

function problemWith({ name, size }: File): string | undefined {
  if (size > MOST_BYTES) return m.files_too_large({ name, size: sizeOf(size), most: sizeOf(MOST_BYTES) });
  return size === 0 ? m.files_empty({ name }) : undefined;
}
