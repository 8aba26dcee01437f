// What stands on a shelf of a room's details: newest first, more as one scrolls, and as it comes and is taken back.
import { kindOf } from '#lib/files/kinds.ts';
import type { Message, Page, RoomFile, StoredFile } from '#lib/sync/types.ts';
import type { RoomState } from '#lib/sync/room.svelte.ts';
import { dayOf } from './time.ts';

export type Shelf = 'photos' | 'files';
type Ask<Item> = (cursor?: string) => Promise<Page<Item>>;

/** Something that came with a message. */
interface Placed {
  seq: number;
  sentAt: string;
}

export interface Day<Item> {
  day: number;
  items: Item[];
}

export class RoomItems<Item extends Placed> {
  items: Item[] = $state.raw([]);
  isLoading = $state(false);
  hasFailed = $state(false);
  /** Whether anything is known: before that an empty list says nothing. */
  isKnown = $state(false);
  #cursor: string | undefined;
  #hasMore = true;
  #ask: Ask<Item>;
  #of: (message: Message) => Item[];
  #key: (item: Item) => string;

  /** `of`: what of a message belongs here, in its order there. */
  constructor(ask: Ask<Item>, of: (message: Message) => Item[], key: (item: Item) => string) {
    this.#ask = ask;
    this.#of = of;
    this.#key = key;
  }

  readonly days: Day<Item>[] = $derived.by(() => {
    const days: Day<Item>[] = [];
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
      const held = new Set(this.items.map(this.#key));
      this.items = [...this.items, ...page.items.filter((item) => !held.has(this.#key(item)))];
      this.#goOn(page);
    });
  }

  hear(message: Message): void {
    const { seq } = message;
    const others = this.items.filter((item) => item.seq !== seq);
    const fitting = message.recalledAt ? [] : this.#of(message);
    if (fitting.length === 0) {
      if (others.length < this.items.length) this.items = others;
      return;
    }
    // Older than all that is known here: it comes with its page.
    if (this.#hasMore && seq < (this.items.at(-1)?.seq ?? 0)) return;
    const at = others.findIndex((item) => item.seq < seq);
    // The newest first, also within a message, as the pages have them.
    const come = fitting.reverse();
    this.items = at < 0 ? [...others, ...come] : [...others.slice(0, at), ...come, ...others.slice(at)];
  }

  #goOn({ nextCursor }: Page<Item>): void {
    this.#cursor = nextCursor ?? undefined;
    this.#hasMore = this.#cursor !== undefined;
  }

  async #load(cursor: string | undefined, put: (page: Page<Item>) => void): Promise<void> {
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

/** The photos, or the documents, of a room. */
export class RoomFiles extends RoomItems<RoomFile> {
  constructor(shelf: Shelf, ask: Ask<RoomFile>) {
    const of = ({ seq, senderId, sentAt, attachments }: Message) =>
      attachments.filter((file) => fits(file, shelf)).map((file) => ({ file, seq, senderId, sentAt }));
    super(ask, of, keyOf);
  }
}

export function keyOf({ seq, file }: RoomFile): string {
  return `${seq} ${file.id}`;
}

function fits(file: StoredFile, shelf: Shelf): boolean {
  const kind = kindOf(file);
  return (kind === 'photo' || kind === 'video') === (shelf === 'photos');
}
