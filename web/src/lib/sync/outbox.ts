// The outbox: written to the device before it leaves, sent by one tab, in order within a room, never doubled. A message
// whose files are still on their way holds up no other: what is written after it leaves before it.
import type { Device } from './device.ts';
import type { KeptFile } from './kept.ts';
import type { Outcome } from './outcome.ts';
import { LazyUploads } from './lazy-uploads.ts';
import { isReady, lacksFiles, type Pending, type PendingFile } from './pending.ts';
import { Retries } from './retries.ts';
import type { ScheduledMessage } from './scheduled.ts';
import type { TalkStore } from './store.svelte.ts';
import type { OutboxNews } from './tabs.ts';
import type { Message } from './types.ts';
import type { Upload } from './uploads.svelte.ts';

export type Deliver = (pending: Pending) => Promise<Outcome>;

export interface OutboxOptions {
  deliver: Deliver;
  upload: Upload;
  tell: (news: OutboxNews) => void;
  sent: (message: Message) => void;
  scheduled: (message: ScheduledMessage) => void;
  /** What is said of a file whose bytes are gone. */
  lost: () => string;
  /** The device has no room for the files of a message. */
  unkept: () => void;
  /** What is dropped leaves nothing behind on the server. */
  discard: (urls: string[]) => void;
}

/** Which one. */
type At = Pick<Pending, 'roomId' | 'clientId'>;

export class Outbox {
  readonly uploads: LazyUploads;
  #store: TalkStore;
  #device: Device;
  #on: OutboxOptions;
  #flushing = false;
  #stopped = false;
  #busy = new Set<string>();
  /** Sent or dropped: what was read from the device a moment ago must not bring it back. */
  #over = new Set<string>();
  /** Rooms that wait for a person. */
  #held = new Set<string>();
  /** By room. */
  #retries = new Retries(() => this.flush());
  #placeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: TalkStore, device: Device, on: OutboxOptions) {
    this.#store = store;
    this.#device = device;
    this.#on = on;
    this.uploads = new LazyUploads({
      upload: on.upload,
      lost: on.lost,
      file: device.file,
      learned: (pending, key, fields) => this.#learnFile(pending, key, fields),
      refused: (pending, reason) => this.#refuse(pending, reason),
      held: ({ roomId }) => void this.#held.add(roomId),
      free: () => this.flush(),
    });
  }

  /** How many wait or were refused. */
  get size(): number {
    return [...this.#store.rooms.values()].reduce((sum, room) => sum + room.pending.length, 0);
  }

  /** Shows what the device holds: left by an earlier tab, or by one that closed before it could tell. */
  async restore(): Promise<void> {
    for (const pending of (await this.#device.outbox()) ?? []) {
      if (!this.#over.has(pending.clientId) && !this.#find(pending)) this.#show(pending);
    }
    this.flush();
  }

  /** The live stream says that the server has it, perhaps before, or instead of, the answer to what was sent. */
  settle({ roomId, clientId }: Message): void {
    if (!this.#find({ roomId, clientId })) return;
    this.#hide(roomId, clientId);
    void this.#device.removePending(clientId);
  }

  /** Rooms that something waits for and that are not held here. */
  async strays(): Promise<Set<string>> {
    return new Set(((await this.#device.outbox()) ?? []).map(({ roomId }) => roomId).filter((roomId) => !this.#store.room(roomId)));
  }

  /** The room is gone from view: what was meant for it can't be sent. Returns how many that were. */
  async abandon(roomId: string): Promise<number> {
    const lost = ((await this.#device.outbox()) ?? []).filter((pending) => pending.roomId === roomId);
    for (const { clientId } of lost) {
      this.#over.add(clientId);
      this.uploads.stop(clientId);
      await this.#device.removePending(clientId);
    }
    return lost.length;
  }

  /** Shown at once, written down with the bytes of its files, then on its way. */
  async add(pending: Pending, bytes: readonly KeptFile[] = []): Promise<void> {
    this.#held.delete(pending.roomId);
    this.#show(pending);
    if (bytes.length > 0 && !(await this.#device.putFiles(bytes))) {
      this.#on.unkept();
      await this.amend(pending, { isOnlyHere: true });
    }
    // In the meantime a place may have been found, or somebody thought better of it.
    const held = this.#find(pending);
    if (!held) return void this.#device.removePending(pending.clientId);
    await this.#write(held);
    this.flush();
  }

  /** Its files are looked at anew: what was up may be gone since. */
  async retry(pending: Pending): Promise<void> {
    await this.add({ ...pending, files: pending.files?.map((file) => ({ ...file, id: undefined })), state: 'waiting', reason: undefined, isPaused: undefined });
  }

  /** Changes something about it. */
  async amend(at: At, fields: Partial<Pending>): Promise<void> {
    const held = this.#find(at);
    if (!held) return;
    const pending = { ...held, ...fields };
    this.#show(pending);
    await this.#write(pending);
    this.flush();
  }

  async drop(pending: Pending): Promise<void> {
    this.#on.discard(this.#find(pending)?.files?.flatMap(({ url }) => url ?? []) ?? []);
    this.#hide(pending.roomId, pending.clientId);
    await this.#device.removePending(pending.clientId);
    this.#on.tell({ type: 'dropped', clientId: pending.clientId, roomId: pending.roomId });
    this.flush();
  }

  /** This tab is the one that sends. */
  lead(): void {
    this.#flushing = true;
    void this.restore();
  }

  /** There may be a network again: don't wait out the pause. */
  hurry(): void {
    this.#retries.hurry();
    this.#held.clear();
    this.uploads.hurry();
    void this.restore();
  }

  stop(): void {
    this.#stopped = true;
    this.#flushing = false;
    this.uploads.stopAll();
    this.#retries.hurry();
    clearTimeout(this.#placeTimer);
  }

  /** Another tab says. */
  hear(news: OutboxNews): void {
    if (news.type === 'queued' || news.type === 'refused') {
      this.#show(news.pending);
      this.#held.delete(news.pending.roomId);
      this.flush();
    } else {
      if (news.type === 'sent') this.#on.sent(news.message);
      this.#hide(news.roomId, news.clientId);
    }
  }

  flush(): void {
    if (this.#stopped) return;
    const now = Date.now();
    for (const { info, pending } of this.#store.rooms.values()) {
      const { id } = info;
      if (pending.length === 0 || this.#held.has(id)) continue;
      const ours = pending.filter((each) => each.state === 'waiting' && (this.#flushing || each.isOnlyHere));
      for (const each of ours) if (lacksFiles(each)) this.uploads.want(each);
      const next = ours.find((each) => isReady(each, now));
      if (next && !this.#busy.has(id) && !this.#retries.waits(id)) void this.#send(next);
      const placeBy = ours.find((each) => !lacksFiles(each) && !isReady(each, now))?.placeBy;
      if (placeBy !== undefined) this.#flushAt(placeBy);
    }
  }

  async #send(pending: Pending): Promise<void> {
    const { roomId, clientId } = pending;
    this.#busy.add(roomId);
    const outcome = await this.#on.deliver(pending).catch((): Outcome => ({ kind: 'later' }));
    this.#busy.delete(roomId);
    if (this.#stopped) return;
    if (outcome.kind === 'later') return this.#retries.failed(roomId, outcome.afterMs);
    this.#retries.done(roomId);
    if (outcome.kind === 'held') return void this.#held.add(roomId);
    if (outcome.kind === 'sent' || outcome.kind === 'scheduled') {
      if (outcome.kind === 'sent') this.#on.sent(outcome.message);
      else this.#on.scheduled(outcome.message);
      this.#hide(roomId, clientId);
      await this.#device.removePending(clientId);
      this.#on.tell(outcome.kind === 'sent' ? { type: 'sent', message: outcome.message, clientId, roomId } : { type: 'dropped', clientId, roomId });
    } else await this.#refuse(pending, outcome.reason);
    this.flush();
  }

  async #refuse(at: At, reason: string): Promise<void> {
    const held = this.#find(at);
    if (!held) return;
    const refused: Pending = { ...held, state: 'refused', reason };
    this.#show(refused);
    await this.#write(refused);
  }

  async #learnFile(at: At, key: string, fields: Partial<PendingFile>): Promise<void> {
    const files = this.#find(at)?.files?.map((each) => (each.key === key ? { ...each, ...fields } : each));
    if (files) await this.amend(at, { files });
  }

  /** On the device, and in other tabs. */
  async #write(pending: Pending): Promise<void> {
    if (pending.isOnlyHere) return;
    await this.#device.putPending(pending);
    this.#on.tell({ type: pending.state === 'refused' ? 'refused' : 'queued', pending });
  }

  #flushAt(time: number): void {
    clearTimeout(this.#placeTimer);
    this.#placeTimer = setTimeout(() => this.flush(), Math.max(0, time - Date.now()));
  }

  #find({ roomId, clientId }: At): Pending | undefined {
    return this.#store.room(roomId)?.pending.find((each) => each.clientId === clientId);
  }

  #show(pending: Pending): void {
    const room = this.#store.room(pending.roomId);
    if (!room) return;
    if (pending.isPaused) this.uploads.stop(pending.clientId);
    const others = room.pending.filter((each) => each.clientId !== pending.clientId);
    room.pending = [...others, pending].sort((a, b) => a.createdAt - b.createdAt);
  }

  #hide(roomId: string, clientId: string): void {
    this.#over.add(clientId);
    this.uploads.stop(clientId);
    const room = this.#store.room(roomId);
    if (room) room.pending = room.pending.filter((each) => each.clientId !== clientId);
  }
}
