// Where one reads: keeps the newest in sight for who is at the end, and nothing moving for who is not.
import { tick } from 'svelte';
import type { VirtualizerHandle } from 'virtua/svelte';
import type { Conversation } from './conversation.svelte.ts';
import type { Row } from './rows.ts';

/** This close to the end counts as there. */
const NEAR_END = 48;
/** More is asked for this many pixels before it is seen. */
const AHEAD = 1_500;

export class Anchor {
  /** At the end of the newest stretch: new messages come into sight by themselves. */
  atEnd = $state(true);
  #conversation: Conversation;
  #handle: () => VirtualizerHandle | undefined;
  #settling = true;
  #scrolledAt = 0;

  constructor(conversation: Conversation, handle: () => VirtualizerHandle | undefined) {
    this.#conversation = conversation;
    this.#handle = handle;
  }

  /** The first look at a stretch: the unread line near the top, or the end. */
  async begin(): Promise<void> {
    this.#settling = true;
    await tick();
    const rows = this.#rows();
    const unread = rows.findIndex((row) => row.kind === 'unread');
    const marked = this.#conversation.marked;
    if (marked !== undefined) this.toSeq(marked);
    else if (unread >= 0) this.#handle()?.scrollToIndex(Math.max(0, unread - 1), { align: 'start' });
    else this.toEnd();
    // Measuring goes on for a frame or two; only then does a scroll mean that somebody scrolled.
    await frames(3);
    this.#settling = false;
    this.scrolled();
  }

  toEnd(): void {
    this.atEnd = true;
    const last = this.#rows().length - 1;
    if (last >= 0) this.#handle()?.scrollToIndex(last, { align: 'end' });
  }

  toSeq(seq: number): void {
    const index = this.#conversation.timeline.index(seq);
    if (index < 0) return;
    this.atEnd = false;
    this.#handle()?.scrollToIndex(index, { align: 'center' });
  }

  /** Rows changed, or the room for them: whoever is at the end stays there. */
  changed(): void {
    if (this.atEnd && this.#conversation.timeline.atNewest) this.toEnd();
  }

  scrolled(): void {
    const handle = this.#handle();
    if (!handle || this.#settling) return;
    const { timeline } = this.#conversation;
    const offset = handle.getScrollOffset();
    const left = handle.getScrollSize() - handle.getViewportSize() - offset;
    this.atEnd = timeline.atNewest && left <= NEAR_END;
    if (offset < AHEAD) void timeline.before().then(() => timeline.trim('start'));
    if (left < AHEAD && !timeline.atNewest) void timeline.after().then(() => timeline.trim('end'));
    this.#scrolledAt = performance.now();
    this.look();
  }

  /** Says what is on screen, and that it is read when somebody is there to read it. */
  look(): void {
    const handle = this.#handle();
    if (!handle) return;
    const rows = this.#rows();
    const offset = handle.getScrollOffset();
    const from = seqNear(rows, handle.findItemIndex(offset), 1);
    const to = seqNear(rows, handle.findItemIndex(offset + handle.getViewportSize() - 8), -1);
    if (from === undefined || to === undefined) return;
    const { sync, id } = this.#conversation;
    sync.watching.room(id, from, to);
    if (isAttentive()) sync.reading.upTo(id, this.atEnd ? this.#conversation.room.info.lastSeq : to);
  }

  /** Whether the reader has just been scrolling. */
  get isMoving(): boolean {
    return performance.now() - this.#scrolledAt < 150;
  }

  #rows(): readonly Row[] {
    return this.#conversation.timeline.shown.rows;
  }
}

/** Somebody sits before this page. */
export function isAttentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

function seqNear(rows: readonly Row[], index: number, step: 1 | -1): number | undefined {
  for (let at = Math.min(index, rows.length - 1); at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row && 'message' in row) return row.message.seq;
  }
  return undefined;
}

async function frames(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
}
