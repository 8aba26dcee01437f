// Originals that are quoted: from the timeline, or fetched once each, through what one may see.
import type { Message } from '#lib/sync/types.ts';
import type { Conversation } from './conversation.svelte.ts';

/** `undefined` while it is on its way, `null` when it can't be seen. */
export function quoteOf(conversation: Conversation, seq: number): Message | null | undefined {
  const { room } = conversation;
  void room.version;
  const held = room.segments.get(seq) ?? room.quotes.get(seq);
  if (held === undefined) queueMicrotask(() => room.quotes.want(seq, () => fetchOne(conversation, seq)));
  return held;
}

/** The same for whoever can wait. Throws what the API throws. */
export async function originalOf(conversation: Conversation, seq: number): Promise<Message | null> {
  const held = conversation.room.segments.get(seq) ?? conversation.room.quotes.get(seq);
  return held === undefined ? fetchOne(conversation, seq) : held;
}

async function fetchOne({ sync, id }: Conversation, seq: number): Promise<Message | null> {
  const { items, users } = await sync.api.messages(id, { aroundSeq: seq }, 1);
  sync.store.users.learn(users);
  return items.find((message) => message.seq === seq) ?? null;
}
