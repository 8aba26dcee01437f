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

  /** Shows what an earlier tab left behind. */
  restore(kept: Pending[]): void {
    for (const pending of kept) this.#show(pending);
  }

  /** Shown at once, written down, then on its way. */
  async add(pending: Pending): Promise<void> {
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
    this.flush();
  }

  /** There may be a network again: don't wait out the pause. */
  hurry(): void {
    this.#waits.clear();
    this.flush();
  }

  stop(): void {
    this.#flushing = false;
    clearTimeout(this.#timer);
  }

  /** Another tab says. */
  hear(news: OutboxNews): void {
    if (news.type === 'queued' || news.type === 'refused') {
      this.#show(news.pending);
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
      if (next && !this.#busy.has(room.info.id) && !this.#waits.has(room.info.id)) void this.#send(next);
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
    if (outcome.kind === 'sent') {
      this.#onsent(outcome.message);
      this.#hide(roomId, clientId);
      await this.#device.removePending(clientId);
      this.#tell({ type: 'sent', message: outcome.message, clientId, roomId });
    } else if (this.#store.room(roomId)?.pending.some((each) => each.clientId === clientId)) {
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

  #show(pending: Pending): void {
    const room = this.#store.room(pending.roomId);
    if (!room) return;
    const others = room.pending.filter((each) => each.clientId !== pending.clientId);
    room.pending = [...others, pending].sort((a, b) => a.createdAt - b.createdAt);
  }

  #hide(roomId: string, clientId: string): void {
    const room = this.#store.room(roomId);
    if (room) room.pending = room.pending.filter((each) => each.clientId !== clientId);
  }
}

/** Whether repeating the same request could end otherwise. */
export function outcomeOf(problem: Pick<Problem, 'status' | 'detail' | 'errors'>, retryAfterSeconds?: number): Outcome {
  const { status } = problem;
  const passes = status === 0 || status >= 500 || status === 401 || status === 408 || status === 425 || status === 429;
  if (passes) return { kind: 'later', afterMs: retryAfterSeconds ? retryAfterSeconds * 1000 : undefined };
  return { kind: 'refused', reason: problem.errors?.[0]?.message ?? problem.detail ?? '' };
}
