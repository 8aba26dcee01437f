// One line that stands for a message: in the list of rooms, in a notice, in a system line.
import { m } from '#lib/paraglide/messages.js';
import type { Message, Room } from '#lib/sync/types.ts';
import { stickerNames } from './stickers/names.svelte.ts';
import { lineOf } from './text.ts';

export type NameOf = (userId: string | undefined) => string;

/** What was said, in one line. */
export function saidIn({ text, stickerId }: Pick<Message, 'text' | 'stickerId'>): string {
  if (!stickerId) return lineOf(text);
  const name = stickerNames()[stickerId];
  return name ? m.talk_sticker_line({ name }) : m.talk_sticker();
}

/** 「斎藤：現地の写真です」; in a direct room only what was said. */
export function previewOf(message: Message, room: Room, me: string, nameOf: NameOf): string {
  if (message.kind === 'system') return systemLine(message, nameOf);
  if (message.recalledAt) return m.talk_recalled();
  const text = saidIn(message);
  if (room.kind === 'direct' || message.senderId === me) return text;
  return m.talk_said({ name: message.actorName ?? nameOf(message.senderId), text });
}

export function systemLine(message: Message, nameOf: NameOf): string {
  const { system, senderId } = message;
  const actor = message.actorName ?? nameOf(senderId);
  const names = namesOf(system?.userIds ?? [], nameOf);
  switch (system?.type) {
    case 'joined': {
      const byOther = senderId && !(system.userIds?.length === 1 && system.userIds[0] === senderId);
      return byOther ? m.talk_system_added({ actor, names }) : m.talk_system_joined({ names });
    }
    case 'left':
      return m.talk_system_left({ names });
    case 'renamed':
      return m.talk_system_renamed({ actor, title: system.title ?? '' });
    case 'created':
      return m.talk_system_created({ actor });
    case 'noticeSet':
      return m.talk_system_notice({ actor });
    default:
      return message.text;
  }
}

/** The first few by name, the rest by number. */
export function namesOf(userIds: readonly string[], nameOf: NameOf): string {
  const names = userIds.slice(0, 3).map(nameOf).join('、');
  const count = userIds.length - 3;
  return count > 0 ? m.talk_names_and({ names, count }) : names;
}
