// What mentions are called, to mark them in the text. Sections are asked for once, when the first is met.
import type { Mention, OrgUnit } from '#lib/sync/types.ts';
import type { Conversation } from './conversation.svelte.ts';
import { everyoneNames } from './mentions.ts';

let units: OrgUnit[] = $state.raw([]);
let asking: Promise<OrgUnit[]> | undefined;

export function loadUnits(conversation: Pick<Conversation, 'sync'>): Promise<OrgUnit[]> {
  asking ??= conversation.sync.api.orgUnits().then(
    (all) => (units = all),
    (problem: unknown) => {
      asking = undefined;
      throw problem;
    },
  );
  return asking;
}

export function mentionNames(conversation: Conversation, mentions: readonly Mention[]): string[] {
  return mentions.flatMap((mention) => {
    if (mention.all) return everyoneNames();
    if (mention.userId) {
      const person = conversation.sync.store.users.get(mention.userId);
      return person ? [person.name] : [];
    }
    if (units.length === 0) queueMicrotask(() => void loadUnits(conversation).catch(() => {}));
    const unit = units.find((each) => each.id === mention.orgUnitId);
    return unit ? [unit.name] : [];
  });
}
