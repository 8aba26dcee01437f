// Brings pages of the history in, one request for one wish, and mends the newest stretch after gaps.
import type { TalkApi } from './api.ts';
import type { Asked } from './segments.ts';
import type { TalkStore } from './store.svelte.ts';

export const PAGE = 60;
/** More missing than this is fetched afresh instead of page by page. */
const FILL_AT_MOST = 400;

export class History {
  #store: TalkStore;
  #api: TalkApi;
  #changed: (roomId: string) => void;
  #asking = new Map<string, Promise<void>>();
  #recounted = new Map<string, number>();

  constructor(store: TalkStore, api: TalkApi, changed: (roomId: string) => void) {
    this.#store = store;
    this.#api = api;
    this.#changed = changed;
  }

  /** Loads a page into the room; the same wish at the same time is one request. Throws what the API throws. */
  load(roomId: string, asked: Asked, limit = PAGE): Promise<void> {
    const key = `${roomId} ${JSON.stringify(asked)}`;
    const running = this.#asking.get(key);
    if (running) return running;
    const asking = this.#load(roomId, asked, limit).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** The newest stretch no longer reaches the newest message. */
  async fill(roomId: string): Promise<void> {
    const room = this.#store.room(roomId);
    const tail = room?.segments.tail;
    if (!room || !tail) return;
    if (room.info.lastSeq - tail.to > FILL_AT_MOST) return this.load(roomId, {});
    while (!room.holdsNewest) {
      const before = tail.to;
      await this.load(roomId, { afterSeq: room.segments.tail?.to ?? before }, 200);
      if ((room.segments.tail?.to ?? 0) <= before) return;
    }
  }

  /** Cursors and counts disagree: asks once per minute and room at most. */
  async recount(roomId: string): Promise<void> {
    const room = this.#store.room(roomId);
    const last = this.#recounted.get(roomId) ?? 0;
    if (!room || Date.now() - last < 20_000) return;
    this.#recounted.set(roomId, Date.now());
    const own = [...room.ownSeqs()].at(-1);
    if (own !== undefined) await this.load(roomId, { aroundSeq: own });
  }

  async #load(roomId: string, asked: Asked, limit: number): Promise<void> {
    const page = await this.#api.messages(roomId, asked, limit);
    const room = this.#store.room(roomId);
    if (!room) return;
    this.#store.users.learn(page.users);
    room.addPage(page, asked);
    this.#changed(roomId);
  }
}
