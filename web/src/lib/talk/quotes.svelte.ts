// Originals that are quoted but not held: fetched once each, through what one may see.
import { SvelteMap } from 'svelte/reactivity';
import type { Message } from '#lib/sync/types.ts';
import type { Conversation } from './conversation.svelte.ts';

const fetched = new SvelteMap<string, Message | null>();
const asked = new Set<string>();

/** `undefined` while it is on its way, `null` when it can't be seen. */
export function quoteOf(conversation: Conversation, seq: number): Message | null | undefined {
  const { room } = conversation;
  void room.version;
  const held = room.segments.get(seq);
  if (held) return held;
  const key = `${conversation.id} ${seq}`;
  if (!asked.has(key)) {
    asked.add(key);
    queueMicrotask(() => void fetchOne(conversation, seq, key));
  }
  return fetched.get(key);
}

async function fetchOne(conversation: Conversation, seq: number, key: string): Promise<void> {
  try {
    const { items, users } = await conversation.sync.api.messages(conversation.id, { aroundSeq: seq }, 1);
    conversation.sync.store.users.learn(users);
    fetched.set(key, items.find((message) => message.seq === seq) ?? null);
  } catch {
    asked.delete(key);
  }
}
