// What is held of a room's history: stretches of seqs known without a gap. Pure; the room makes it reactive.
import type { Message, MessagePage } from './types.ts';

/** All that one may see between `from` and `to` (both included) is in `messages`, ascending. */
export interface Segment {
  from: number;
  to: number;
  messages: Message[];
}

/** What was asked, so that an empty answer still says something. */
export interface Asked {
  beforeSeq?: number;
  afterSeq?: number;
  aroundSeq?: number;
}

const START = 0;

/** Of two copies of a message the newer. */
export function newer(held: Message, other: Message): Message {
  if (other.rev < held.rev) return held;
  return other.readCount === undefined && held.readCount !== undefined ? { ...other, readCount: held.readCount } : other;
}

export class Segments {
  #list: Segment[] = [];

  get all(): readonly Segment[] {
    return this.#list;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** The stretch that holds `seq`. */
  at(seq: number): Segment | undefined {
    return this.#list.find((segment) => segment.from <= seq && seq <= segment.to);
  }

  /** The newest stretch. */
  get tail(): Segment | undefined {
    return this.#list.at(-1);
  }

  get(seq: number): Message | undefined {
    const segment = this.at(seq);
    return segment && segment.messages[place(segment.messages, seq)];
  }

  /**
   * A page of the history; its reach is what was asked and what the answer says lies beyond.
   * `emptyTo`: up to where an empty room is known to hold nothing for us.
   */
  addPage(page: MessagePage, asked: Asked, emptyTo = START): void {
    const first = page.items[0]?.seq;
    const last = page.items.at(-1)?.seq;
    let from = page.hasBefore ? first : START;
    let to = last ?? emptyTo;
    if (asked.afterSeq !== undefined) {
      from = asked.afterSeq + 1;
      to = last ?? asked.afterSeq;
    } else if (asked.beforeSeq !== undefined) {
      to = asked.beforeSeq - 1;
    }
    if (from === undefined || to < from) return;
    this.#insert({ from, to, messages: [...page.items] });
  }

  /** One message, new or changed. Returns false when it neither continues a stretch nor changes one. */
  put(message: Message): boolean {
    const segment = this.at(message.seq);
    if (segment) {
      const index = place(segment.messages, message.seq);
      const held = segment.messages[index];
      if (held) segment.messages = segment.messages.map((each) => (each === held ? newer(held, message) : each));
      else segment.messages = [...segment.messages, message].sort((a, b) => a.seq - b.seq);
      return true;
    }
    const tail = this.tail;
    if (!tail || message.seq !== tail.to + 1) return false;
    tail.to = message.seq;
    tail.messages = [...tail.messages, message];
    return true;
  }

  /** Keeps at most `count` messages of a stretch, dropping from its start or its end. */
  trim(segment: Segment, count: number, drop: 'start' | 'end'): void {
    if (segment.messages.length <= count) return;
    if (drop === 'start') {
      segment.messages = segment.messages.slice(-count);
      segment.from = segment.messages[0]!.seq;
    } else {
      segment.messages = segment.messages.slice(0, count);
      segment.to = segment.messages.at(-1)!.seq;
    }
  }

  /** Forgets all but the newest stretch, and of it all but the newest `count`. */
  keepTail(count: number): void {
    const tail = this.tail;
    this.#list = tail ? [tail] : [];
    if (tail) this.trim(tail, count, 'start');
  }

  /** Anew from these pages. Of a message that is also held the newer copy stays; what the pages no longer hold goes. */
  renew(pages: { page: MessagePage; asked: Asked }[], emptyTo = START): void {
    const before = this.#list;
    this.#list = [];
    for (const { page, asked } of pages) this.addPage(page, asked, emptyTo);
    for (const message of before.flatMap((segment) => segment.messages)) {
      // Came while the pages were on their way: a change of one of theirs, or what follows the newest.
      if (this.get(message.seq) || message.seq === (this.tail?.to ?? NaN) + 1) this.put(message);
    }
  }

  /** What lay before `seq` may no longer be seen. */
  dropBefore(seq: number): void {
    for (const segment of this.#list) {
      segment.messages = segment.messages.filter((message) => message.seq >= seq);
    }
  }

  clear(): void {
    this.#list = [];
  }

  restore(segment: Segment): void {
    this.#insert({ ...segment });
  }

  #insert(added: Segment): void {
    const apart: Segment[] = [];
    let merged = added;
    for (const segment of this.#list) {
      const touches = segment.from <= merged.to + 1 && merged.from <= segment.to + 1;
      if (touches) merged = join(segment, merged);
      else apart.push(segment);
    }
    this.#list = [...apart, merged].sort((a, b) => a.from - b.from);
  }
}

function join(a: Segment, b: Segment): Segment {
  const bySeq = new Map<number, Message>();
  for (const message of a.messages) bySeq.set(message.seq, message);
  for (const message of b.messages) {
    const held = bySeq.get(message.seq);
    bySeq.set(message.seq, held ? newer(held, message) : message);
  }
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    messages: [...bySeq.values()].sort((x, y) => x.seq - y.seq),
  };
}

/** Index of `seq` in an ascending list, or -1. */
function place(messages: Message[], seq: number): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = messages[middle]!.seq;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
