// What was typed and not sent, per room, on the device.
import { SvelteMap } from 'svelte/reactivity';
import type { Device, Draft } from './device.ts';

const AFTER_MS = 300;

export class Drafts {
  #held = new SvelteMap<string, Draft>();
  #device: Device;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(device: Device) {
    this.#device = device;
  }

  restore(kept: Draft[]): void {
    for (const draft of kept) if (!this.#held.has(draft.roomId)) this.#held.set(draft.roomId, draft);
  }

  get(roomId: string): Draft | undefined {
    return this.#held.get(roomId);
  }

  put(draft: Draft): void {
    const isEmpty = draft.text === '' && draft.replyToSeq === undefined;
    if (isEmpty) this.#held.delete(draft.roomId);
    else this.#held.set(draft.roomId, draft);
    clearTimeout(this.#timers.get(draft.roomId));
    this.#timers.set(draft.roomId, setTimeout(() => this.#write(draft), AFTER_MS));
  }

  /** The page goes away: write now what would be written in a moment. */
  flush(): void {
    for (const [roomId, timer] of this.#timers) {
      clearTimeout(timer);
      this.#write(this.#held.get(roomId) ?? { roomId, text: '' });
    }
  }

  #write(draft: Draft): void {
    this.#timers.delete(draft.roomId);
    void this.#device.putDraft(draft);
  }
}
