// Tells the server what is on screen, so that reads, typing and presence come for that and nothing else.
import type { ClientFrame } from './types.ts';

const AGAIN_MS = 30_000;
const AT_MOST_PEOPLE = 200;

export class Watching {
  #send: (frame: ClientFrame) => boolean;
  #room: { roomId: string; fromSeq: number; toSeq: number } | undefined;
  #readers: { roomId: string; seq: number } | undefined;
  #people = new Map<string, string[]>();
  #soon: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setInterval> | undefined;

  constructor(send: (frame: ClientFrame) => boolean) {
    this.#send = send;
  }

  start(): void {
    this.#again = setInterval(() => this.all(), AGAIN_MS);
  }

  stop(): void {
    clearInterval(this.#again);
    clearTimeout(this.#soon);
  }

  /** Everything, again: after `welcome`, `behind` and every 30 s. */
  all(): void {
    if (this.#room) this.#send({ type: 'subscribe', ...this.#room });
    if (this.#readers) this.#send({ type: 'readers', ...this.#readers });
    if (this.#people.size > 0) this.#sendPeople();
  }

  room(roomId: string, fromSeq: number, toSeq: number): void {
    const same = this.#room?.roomId === roomId && this.#room.fromSeq === fromSeq && this.#room.toSeq === toSeq;
    if (same) return;
    const isOther = this.#room?.roomId !== roomId;
    this.#room = { roomId, fromSeq, toSeq };
    clearTimeout(this.#soon);
    // While scrolling, where it comes to rest is enough.
    this.#soon = setTimeout(() => this.#room && this.#send({ type: 'subscribe', ...this.#room }), isOther ? 0 : 250);
  }

  /** What of a room is on screen. */
  seen(roomId: string): { fromSeq: number; toSeq: number } | undefined {
    return this.#room?.roomId === roomId ? this.#room : undefined;
  }

  leave(roomId: string): void {
    if (this.#room?.roomId !== roomId) return;
    this.#room = undefined;
    clearTimeout(this.#soon);
    this.#send({ type: 'subscribe', roomId: null });
  }

  /** That message's 既読 list is open, or none (`null`). */
  readers(roomId: string, seq: number | null): void {
    this.#readers = seq === null ? undefined : { roomId, seq };
    this.#send({ type: 'readers', roomId, seq });
  }

  /** Whose presence `owner` shows; an empty list for none. */
  people(owner: string, userIds: string[]): void {
    const before = this.#union().join();
    if (userIds.length > 0) this.#people.set(owner, userIds);
    else this.#people.delete(owner);
    if (this.#union().join() !== before) this.#sendPeople();
  }

  #union(): string[] {
    return [...new Set([...this.#people.values()].flat())].slice(0, AT_MOST_PEOPLE).sort();
  }

  #sendPeople(): void {
    this.#send({ type: 'subscribe', userIds: this.#union() });
  }
}
