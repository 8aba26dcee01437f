// Asks the server for rooms: the list, one summary, or one room's messages anew when what is held can't be trusted.
import { wordsFor } from '#lib/api/problem.ts';
import type { TalkApi } from './api.ts';
import { PAGE } from './history.ts';
import type { RoomState } from './room.svelte.ts';
import type { Asked } from './segments.ts';
import type { TalkStore } from './store.svelte.ts';
import type { MessagePage, Room } from './types.ts';

const AGAIN_MS = 10_000;
/** One who scrolls on another device tells of it several times a second. */
const COUNT_AFTER_MS = 1_000;

/** `away`: no answer, which says nothing of the room. */
export type Found = 'held' | 'gone' | 'away';

export interface RoomsOf {
  store: TalkStore;
  api: TalkApi;
  /** What of a room is on screen. */
  seen: (roomId: string) => { fromSeq: number } | undefined;
  changed: (roomId: string) => void;
  gone: (roomId: string) => void;
}

export class Rooms {
  #of: RoomsOf;
  #fetching = new Map<string, { again: boolean; found: Promise<Found> }>();
  #refetching = new Map<string, { again: boolean }>();
  #counting = new Map<string, ReturnType<typeof setTimeout>>();
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(of: RoomsOf) {
    this.#of = of;
  }

  async list(): Promise<void> {
    const { store, api, changed } = this.#of;
    try {
      const rooms = await api.allRooms();
      const listed = new Set(rooms.map((room) => room.id));
      for (const room of rooms) store.hold(room);
      // Perhaps gone, perhaps only joined since: asked for by name, since what waits for a room goes with it.
      for (const id of store.rooms.keys()) if (!listed.has(id)) void this.fetch(id);
      for (const room of rooms) changed(room.id);
      store.listed = true;
      store.unreachable = undefined;
    } catch (problem) {
      // The hello brings what is missing once there is a line; until then an empty list must not look like the truth.
      store.unreachable = store.listed ? undefined : wordsFor(problem);
    }
  }

  /** One room's summary, which may be new here. Asked while an older question is on its way, it is asked once more. */
  fetch(id: string): Promise<Found> {
    const running = this.#fetching.get(id);
    if (running) {
      running.again = true;
      return running.found;
    }
    const asking = { again: false, found: this.#fetch(id) };
    this.#fetching.set(id, asking);
    return asking.found.then((found) => {
      this.#fetching.delete(id);
      return asking.again && found === 'held' ? this.fetch(id) : found;
    });
  }

  /** How much of it is unread, a moment later. */
  count(id: string): void {
    if (this.#counting.has(id)) return;
    const work = () => (this.#counting.delete(id), void this.fetch(id));
    this.#counting.set(id, setTimeout(work, COUNT_AFTER_MS));
  }

  /** The summary and what is on screen, anew; tried again until it has come. */
  async refetch(id: string): Promise<void> {
    const room = this.#of.store.room(id);
    const running = this.#refetching.get(id);
    if (running) running.again = true;
    if (!room || running) return;
    const asking = { again: false };
    this.#refetching.set(id, asking);
    try {
      let summary: Room;
      let pages: { page: MessagePage; asked: Asked }[];
      do {
        // Distrusted once more meanwhile: these answers may be from before.
        asking.again = false;
        summary = await this.#of.api.room(id);
        pages = await this.#pages(room);
      } while (asking.again);
      this.#of.store.hold(summary);
      room.renew(pages, summary.rev);
      this.#of.changed(id);
    } catch (problem) {
      if (isGone(problem)) this.#of.gone(id);
      else this.#again ??= setTimeout(() => this.mend(), AGAIN_MS);
    } finally {
      this.#refetching.delete(id);
    }
  }

  /** There is a line again: what failed without one. */
  mend(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    for (const room of this.#of.store.rooms.values()) if (room.isStale) void this.refetch(room.info.id);
  }

  stop(): void {
    clearTimeout(this.#again);
    for (const timer of this.#counting.values()) clearTimeout(timer);
  }

  async #fetch(id: string): Promise<Found> {
    try {
      this.#of.store.hold(await this.#of.api.room(id));
      this.#of.changed(id);
      return 'held';
    } catch (problem) {
      if (!isGone(problem)) return 'away';
      this.#of.gone(id);
      return 'gone';
    }
  }

  /** The newest page, and the one that somebody looks at. */
  async #pages(room: RoomState): Promise<{ page: MessagePage; asked: Asked }[]> {
    const { id } = room.info;
    const load = async (asked: Asked) => ({ page: await this.#of.api.messages(id, asked, PAGE), asked });
    const newest = await load({});
    const seen = this.#of.seen(id);
    const first = newest.page.items[0]?.seq ?? 0;
    const pages = seen && newest.page.hasBefore && seen.fromSeq < first ? [newest, await load({ aroundSeq: seen.fromSeq })] : [newest];
    for (const { page } of pages) this.#of.store.users.learn(page.users);
    return pages;
  }
}

function isGone(problem: unknown): boolean {
  return (problem as { status?: number }).status === 404;
}
