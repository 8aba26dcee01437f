// Writes what has changed to the device a moment later, in one go.
import type { Device } from './device.ts';
import type { TalkStore } from './store.svelte.ts';

const AFTER_MS = 700;

export class Keeper {
  #store: TalkStore;
  #device: Device;
  #changed = new Set<string>();
  #gone = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: TalkStore, device: Device) {
    this.#store = store;
    this.#device = device;
  }

  changed(roomId: string): void {
    this.#changed.add(roomId);
    this.#timer ??= setTimeout(() => void this.flush(), AFTER_MS);
  }

  gone(roomId: string): void {
    this.#gone.add(roomId);
    this.changed(roomId);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rooms = [];
    for (const id of this.#changed) {
      const room = this.#store.room(id);
      // What does not reach the newest message is not kept: the rev would promise more than is there.
      // What can't be trusted now is written once it can be: until then the older state is at least whole.
      if (room && !room.isStale) rooms.push({ info: room.info, rev: room.rev, tail: room.holdsNewest ? room.segments.tail : undefined });
    }
    const gone = [...this.#gone].filter((id) => !this.#store.room(id));
    this.#changed.clear();
    this.#gone.clear();
    if (rooms.length + gone.length > 0) await this.#device.keep(rooms, gone, this.#store.meRev);
  }
}
