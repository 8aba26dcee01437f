// The outbox: written to the device before it leaves, sent by one tab, in order within a room, never doubled.
import type { Device } from './device.ts';
import type { Pending } from './pending.ts';
import type { TalkStore } from './store.svelte.ts';
import type { Message, Problem } from './types.ts';

/** What became of one attempt. */
export type Outcome =
  | { kind: 'sent'; message: Message }
  /** No network, no server, or "later": the same again, after a while. */
  | { kind: 'later'; afterMs?: number }
  /** Not before a person has done something about it. */
  | { kind: 'held' }
  | { kind: 'refused'; reason: string };

export type Deliver = (pending: Pending) => Promise<Outcome>;

/** What tabs of one account tell each other. */
export type OutboxNews =
  | { type: 'queued'; pending: Pending }
  | { type: 'sent'; message: Message; clientId: string; roomId: string }
  | { type: 'refused'; pending: Pending }
  | { type: 'dropped'; clientId: string; roomId: string };

const RETRY_FIRST_MS = 1_000;
const RETRY_LONGEST_MS = 30_000;

export class Outbox {
  #store: TalkStore;
  #device: Device;
  #deliver: Deliver;
  #tell: (news: OutboxNews) => void;
  #onsent: (message: Message) => void;
  #flushing = false;
  #busy = new Set<string>();
  /** Sent or dropped: what was read from the device a moment ago must not bring it back. */
  #over = new Set<string>();
  /** Rooms that wait for a person. */
  #held = new Set<string>();
  /** Rooms that wait before the next try, and how often each has tried. */
  #waits = new Set<string>();
  #tries = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    store: TalkStore,
    device: Device,
    on: { deliver: Deliver; tell: (news: OutboxNews) => void; sent: (message: Message) => void },
  ) {
    this.#store = store;
    this.#device = device;
    this.#deliver = on.deliver;
    this.#tell = on.tell;
    this.#onsent = on.sent;
  }

  /** How many wait or were refused. */
  get size(): number {
    let size = 0;
    for (const room of this.#store.rooms.values()) size += room.pending.length;
    return size;
  }

  /** Shows what the device holds: left by an earlier tab, or by one that closed before it could tell. */
  async restore(): Promise<void> {
    for (const pending of (await this.#device.outbox()) ?? []) {
      if (!this.#over.has(pending.clientId) && !this.#isShown(pending)) this.#show(pending);
    }
    this.flush();
  }

  /** The live stream says that the server has it, perhaps before, or instead of, the answer to what was sent. */
  settle({ roomId, clientId }: Message): void {
    if (!this.#isShown({ roomId, clientId })) return;
    this.#hide(roomId, clientId);
    void this.#device.removePending(clientId);
  }

  /** Rooms that something waits for and that are not held here. */
  async strays(): Promise<Set<string>> {
    const rooms = ((await this.#device.outbox()) ?? []).map(({ roomId }) => roomId);
    return new Set(rooms.filter((roomId) => !this.#store.room(roomId)));
  }

  /** The room is gone from view: what was meant for it can't be sent. Returns how many that were. */
  async abandon(roomId: string): Promise<number> {
    const lost = ((await this.#device.outbox()) ?? []).filter((pending) => pending.roomId === roomId);
    for (const { clientId } of lost) {
      this.#over.add(clientId);
      await this.#device.removePending(clientId);
    }
    return lost.length;
  }

  /** Shown at once, written down, then on its way. */
  async add(pending: Pending): Promise<void> {
    this.#held.delete(pending.roomId);
    this.#show(pending);
    await this.#device.putPending(pending);
    this.#tell({ type: 'queued', pending });
    this.flush();
  }

  async retry(pending: Pending): Promise<void> {
    await this.add({ ...pending, state: 'waiting', reason: undefined });
  }

  async drop(pending: Pending): Promise<void> {
    this.#hide(pending.roomId, pending.clientId);
    await this.#device.removePending(pending.clientId);
    this.#tell({ type: 'dropped', clientId: pending.clientId, roomId: pending.roomId });
    this.flush();
  }

  /** This tab is the one that sends. */
  lead(): void {
    this.#flushing = true;
    void this.restore();
  }

  /** There may be a network again: don't wait out the pause. */
  hurry(): void {
    this.#waits.clear();
    this.#held.clear();
    void this.restore();
  }

  stop(): void {
    this.#flushing = false;
    clearTimeout(this.#timer);
  }

  /** Another tab says. */
  hear(news: OutboxNews): void {
    if (news.type === 'queued' || news.type === 'refused') {
      this.#show(news.pending);
      this.#held.delete(news.pending.roomId);
      this.flush();
    } else {
      if (news.type === 'sent') this.#onsent(news.message);
      this.#hide(news.roomId, news.clientId);
    }
  }

  flush(): void {
    if (!this.#flushing) return;
    for (const room of this.#store.rooms.values()) {
      const next = room.pending.find((pending) => pending.state === 'waiting');
      const { id } = room.info;
      if (next && !this.#busy.has(id) && !this.#waits.has(id) && !this.#held.has(id)) void this.#send(next);
    }
  }

  async #send(pending: Pending): Promise<void> {
    const { roomId, clientId } = pending;
    this.#busy.add(roomId);
    const outcome = await this.#deliver(pending).catch((): Outcome => ({ kind: 'later' }));
    this.#busy.delete(roomId);
    if (!this.#flushing) return;
    if (outcome.kind === 'later') return this.#waitAndTry(roomId, outcome.afterMs);
    this.#waits.delete(roomId);
    this.#tries.delete(roomId);
    if (outcome.kind === 'held') return void this.#held.add(roomId);
    if (outcome.kind === 'sent') {
      this.#onsent(outcome.message);
      this.#hide(roomId, clientId);
      await this.#device.removePending(clientId);
      this.#tell({ type: 'sent', message: outcome.message, clientId, roomId });
    } else if (this.#isShown(pending)) {
      const refused: Pending = { ...pending, state: 'refused', reason: outcome.reason };
      this.#show(refused);
      await this.#device.putPending(refused);
      this.#tell({ type: 'refused', pending: refused });
    }
    this.flush();
  }

  #waitAndTry(roomId: string, afterMs?: number): void {
    const tries = (this.#tries.get(roomId) ?? 0) + 1;
    this.#tries.set(roomId, tries);
    this.#waits.add(roomId);
    const wait = afterMs ?? Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** (tries - 1));
    this.#timer = setTimeout(() => {
      this.#waits.delete(roomId);
      this.flush();
    }, wait);
  }

  #isShown({ roomId, clientId }: Pick<Pending, 'roomId' | 'clientId'>): boolean {
    return this.#store.room(roomId)?.pending.some((each) => each.clientId === clientId) ?? false;
  }

  #show(pending: Pending): void {
    const room = this.#store.room(pending.roomId);
    if (!room) return;
    const others = room.pending.filter((each) => each.clientId !== pending.clientId);
    room.pending = [...others, pending].sort((a, b) => a.createdAt - b.createdAt);
  }

  #hide(roomId: string, clientId: string): void {
    this.#over.add(clientId);
    const room = this.#store.room(roomId);
    if (room) room.pending = room.pending.filter((each) => each.clientId !== clientId);
  }
}

/** Whether repeating the same request could end otherwise. */
export function outcomeOf(problem: Omit<Problem, 'title'>, retryAfterSeconds?: number): Outcome {
  const { status, type } = problem;
  if (type?.endsWith('actor-required')) return { kind: 'held' };
  const passes = status === 0 || status >= 500 || status === 401 || status === 408 || status === 425 || status === 429;
  if (passes) return { kind: 'later', afterMs: retryAfterSeconds ? retryAfterSeconds * 1000 : undefined };
  return { kind: 'refused', reason: problem.errors?.[0]?.message ?? problem.detail ?? '' };
}
