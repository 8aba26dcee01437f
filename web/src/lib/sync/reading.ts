// ここまで読んだ: says how far one has read, at most a few times a second, over the line or as a request.
import type { TalkApi } from './api.ts';
import type { TalkStore } from './store.svelte.ts';
import type { ClientFrame } from './types.ts';

const AFTER_MS = 150;

export class Reading {
  #store: TalkStore;
  #api: TalkApi;
  #line: { isReady: boolean; send: (frame: ClientFrame) => boolean };
  #changed: (roomId: string) => void;
  #due = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    store: TalkStore, api: TalkApi, line: { isReady: boolean; send: (frame: ClientFrame) => boolean },
    changed: (roomId: string) => void,
  ) {
    this.#store = store;
    this.#api = api;
    this.#line = line;
    this.#changed = changed;
  }

  upTo(roomId: string, seq: number): void {
    const room = this.#store.room(roomId);
    if (!room || seq <= room.info.readSeq) return;
    room.readUpTo(seq);
    this.#changed(roomId);
    this.#due.set(roomId, seq);
    this.#timer ??= setTimeout(() => this.flush(), AFTER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [roomId, seq] of this.#due) {
      this.#due.delete(roomId);
      if (this.#line.isReady && this.#line.send({ type: 'read', roomId, seq })) continue;
      // Without a network the next hello names it: it is in the room's readSeq.
      this.#api.markRead(roomId, seq).catch(() => {});
    }
  }
}
