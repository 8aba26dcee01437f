// One line that stands for a message: in the list of rooms, in a notice, in a system line.
import { type AnyFile, kindOf } from '#lib/files/kinds.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Pending } from '#lib/sync/pending.ts';
import type { Message, Room } from '#lib/sync/types.ts';
import { stickerNames } from './stickers/names.svelte.ts';
import { lineOf } from './text.ts';

export type NameOf = (userId: string | undefined) => string;

/** What a message says in one line; where it says nothing, what came with it. */
export function lineOfMessage({ text, stickerId, attachments }: Pick<Message, 'text' | 'stickerId' | 'attachments'>): string {
  if (stickerId) return lineOfSticker(stickerId);
  return lineOf(text) || (attachments.length > 0 ? lineOfFiles(attachments) : '');
}

/** 写真を送信しました; several of one kind with their number, of several kinds as files. */
function lineOfFiles(files: readonly AnyFile[]): string {
  const kinds = new Set(files.map(kindOf));
  const [kind] = kinds;
  const count = files.length;
  if (kinds.size > 1) return m.files_sent_several({ count });
  if (kind === 'photo') return count > 1 ? m.files_sent_photos({ count }) : m.files_sent_photo();
  if (kind === 'video') return count > 1 ? m.files_sent_videos({ count }) : m.files_sent_video();
  const name = files[0]?.name ?? '';
  if (count > 1) return m.files_sent_several({ count });
  return kind === 'audio' ? m.files_sent_audio({ name }) : m.files_sent_file({ name });
}

function lineOfSticker(id: string): string {
  const name = stickerNames()[id];
  return name ? m.talk_sticker_line({ name }) : m.talk_sticker();
}

/** What waits to be sent, in one line: its words, its sticker, 写真, or the name of a file. */
export function lineOfPending({ text, stickerId, files = [] }: Pick<Pending, 'text' | 'stickerId'> & { files?: readonly AnyFile[] }): string {
  if (stickerId) return lineOfSticker(stickerId);
  if (text || files.length === 0) return lineOf(text);
  return files.every((file) => kindOf(file) === 'photo') ? m.files_photos() : (files[0]?.name ?? '');
}

/** 「斎藤：現地の写真です」; in a direct room only what was said. */
export function previewOf(message: Message, room: Room, me: string, nameOf: NameOf): string {
  if (message.kind === 'system') return systemLine(message, nameOf);
  if (message.recalledAt) return m.talk_recalled();
  const text = lineOfMessage(message);
  if (room.kind === 'direct' || message.senderId === me) return text;
  return m.talk_said({ name: message.actorName ?? nameOf(message.senderId), text });
}

/** 42人・部署のトーク; of a direct room nothing, for it is the person. */
export function roomKind({ kind, memberCount, incident }: Room): string {
  if (kind === 'direct') return '';
  const words = [m.talk_members_n({ count: memberCount }), kind === 'orgUnit' ? m.talk_kind_unit() : m.talk_kind_group()];
  return [...words, ...(incident ? [m.talk_kind_incident()] : [])].join('・');
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
    case 'noteAdded':
      return m.notes_system({ actor, title: system.title ?? '' });
    case 'albumAdded':
      return m.albums_system({ actor, title: system.title ?? '' });
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
