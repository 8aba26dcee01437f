// 保存: a message is forwarded into the room that one has with oneself.
import { goto } from '$app/navigation';
import { m } from '#lib/paraglide/messages.js';
import { memoOf } from '#lib/sync/memo.ts';
import type { Message } from '#lib/sync/types.ts';
import { uuidv7 } from '#lib/sync/uuid.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';
import type { Conversation } from './conversation.svelte.ts';

export async function keep(conversation: Conversation, { seq }: Message): Promise<void> {
  const { sync, id } = conversation;
  await conversation.attempt(async () => {
    const memo = (await memoOf(sync)).info.id;
    const kept = await sync.api.forward({ clientId: uuidv7(), from: { roomId: id, seqs: [seq] }, toRoomIds: [memo] });
    for (const message of kept) sync.receive(message);
    toast.info(m.memo_kept(), { label: m.later_see(), run: () => void goto(`/${sync.tenant}/talk/${memo}`) });
  });
}
