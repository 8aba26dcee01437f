// The photos, or the documents, of a room: newest first, more as one scrolls, and as they come and are taken back.
import { kindOf } from '#lib/files/kinds.ts';
import type { Message, Page, RoomFile, StoredFile } from '#lib/sync/types.ts';
import type { RoomState } from '#lib/sync/room.svelte.ts';
import { dayOf } from './time.ts';

export type Shelf = 'photos' | 'files';
type Ask = (cursor?: string) => Promise<Page<RoomFile>>;

export interface Day {
  day: number;
  items: RoomFile[];
}

export class RoomFiles {
  items: RoomFile[] = $state.raw([]);
  isLoading = $state(false);
  hasFailed = $state(false);
  /** Whether anything is known: before that an empty list says nothing. */
  isKnown = $state(false);
  #cursor: string | undefined;
  #hasMore = true;
  #ask: Ask;
  #shelf: Shelf;

  constructor(shelf: Shelf, ask: Ask) {
    this.#shelf = shelf;
    this.#ask = ask;
  }

  readonly days: Day[] = $derived.by(() => {
    const days: Day[] = [];
    for (const item of this.items) {
      const day = dayOf(item.sentAt);
      const last = days.at(-1);
      if (last?.day === day) last.items.push(item);
      else days.push({ day, items: [item] });
    }
    return days;
  });

  /** Hears of what comes to the room; the answer ends that. */
  follow(room: RoomState): () => void {
    const hear = (message: Message) => this.hear(message);
    room.listeners.add(hear);
    return () => room.listeners.delete(hear);
  }

  /** From the newest on, anew: what came and went while nobody was connected was told to nobody here. */
  async renew(): Promise<void> {
    await this.#load(undefined, (page) => {
      this.items = page.items;
      this.#goOn(page);
      this.isKnown = true;
    });
  }

  async more(): Promise<void> {
    if (!this.isKnown || !this.#hasMore || this.isLoading) return;
    await this.#load(this.#cursor, (page) => {
      const held = new Set(this.items.map(keyOf));
      this.items = [...this.items, ...page.items.filter((item) => !held.has(keyOf(item)))];
      this.#goOn(page);
    });
  }

  hear({ seq, senderId, sentAt, recalledAt, attachments }: Message): void {
    const others = this.items.filter((item) => item.seq !== seq);
    const fitting = recalledAt ? [] : attachments.filter((file) => fits(file, this.#shelf));
    if (fitting.length === 0) {
      if (others.length < this.items.length) this.items = others;
      return;
    }
    // Older than all that is known here: it comes with its page.
    if (this.#hasMore && seq < (this.items.at(-1)?.seq ?? 0)) return;
    const at = others.findIndex((item) => item.seq < seq);
    // The newest first, also within a message, as the pages have them.
    const come = fitting.map((file) => ({ file, seq, senderId, sentAt })).reverse();
    this.items = at < 0 ? [...others, ...come] : [...others.slice(0, at), ...come, ...others.slice(at)];
  }

  #goOn({ nextCursor }: Page<RoomFile>): void {
    this.#cursor = nextCursor ?? undefined;
    this.#hasMore = this.#cursor !== undefined;
  }

  async #load(cursor: string | undefined, put: (page: Page<RoomFile>) => void): Promise<void> {
    this.isLoading = true;
    try {
      put(await this.#ask(cursor));
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    } finally {
      this.isLoading = false;
    }
  }
}

export function keyOf({ seq, file }: RoomFile): string {
  return `${seq} ${file.id}`;
}

function fits(file: StoredFile, shelf: Shelf): boolean {
  const kind = kindOf(file);
  return (kind === 'photo' || kind === 'video') === (shelf === 'photos');
}
