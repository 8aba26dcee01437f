// What mentions are called, to mark them in the text.
import type { Mention } from '#lib/sync/types.ts';
import type { Conversation } from './conversation.svelte.ts';
import { everyoneNames } from './mentions.ts';

export function mentionNames(conversation: Conversation, mentions: readonly Mention[]): string[] {
  return mentions.flatMap((mention) => {
    if (mention.all) return everyoneNames();
    if (mention.userId) {
      const person = conversation.sync.store.users.get(mention.userId);
      return person ? [person.name] : [];
    }
    const { units } = conversation.sync;
    if (units.all.length === 0) queueMicrotask(() => void units.load().catch(() => {}));
    const unit = units.all.find((each) => each.id === mention.orgUnitId);
    return unit ? [unit.name] : [];
  });
}
