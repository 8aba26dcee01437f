// What can be done with a message, registered once: the menu, the toolbar and the keyboard all read from here.
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import Bookmark from '@lucide/svelte/icons/bookmark';
import Check from '@lucide/svelte/icons/check-check';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import Eye from '@lucide/svelte/icons/eye';
import Forward from '@lucide/svelte/icons/forward';
import Images from '@lucide/svelte/icons/images';
import Megaphone from '@lucide/svelte/icons/megaphone';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Pencil from '@lucide/svelte/icons/pencil';
import Reply from '@lucide/svelte/icons/reply';
import Smile from '@lucide/svelte/icons/smile';
import SmilePlus from '@lucide/svelte/icons/smile-plus';
import Trash from '@lucide/svelte/icons/trash-2';
import { saveAll } from '#lib/files/addresses.ts';
import { kindOf } from '#lib/files/kinds.ts';
import { m } from '#lib/paraglide/messages.js';
import { isMemo } from '#lib/sync/memo.ts';
import type { Message } from '#lib/sync/types.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';
import type { Conversation } from './conversation.svelte.ts';
import { noteOf } from './kept/note-of.ts';

export interface Action {
  id: string;
  label: () => string;
  icon: typeof Reply;
  /** Pressed while a message has the focus. */
  key?: string;
  /** Also in the toolbar that appears under the pointer. */
  isQuick?: boolean;
  isDangerous?: boolean;
  fits: (conversation: Conversation, message: Message) => boolean;
  run: (conversation: Conversation, message: Message) => void;
}

const canPost = ({ room }: Conversation) => room.info.canPost;
/** What one wrote oneself, in words. */
export const mayEdit = (message: Message) => message.kind === 'text' && !message.recalledAt && !message.forwardedFrom && !message.stickerId;
const isOwn = (conversation: Conversation, message: Message) => conversation.isOwn(message);

export const actions: readonly Action[] = [
  {
    id: 'reply', label: m.talk_action_reply, icon: Reply, key: 'r', isQuick: true, fits: canPost,
    run: (conversation, message) => conversation.reply(message),
  },
  {
    id: 'react', label: m.talk_action_react, icon: SmilePlus, key: 'e', isQuick: true, fits: canPost,
    run: (conversation, message) => (conversation.asking = { kind: 'emoji', message }),
  },
  {
    id: 'forward', label: m.talk_action_forward, icon: Forward, key: 'f', isQuick: true, fits: () => true,
    run: (conversation, message) => (conversation.asking = { kind: 'forward', messages: [message] }),
  },
  {
    id: 'keep', label: m.memo_keep, icon: Bookmark, fits: ({ room }) => !isMemo(room.info),
    run: (conversation, message) => void import('./keep.ts').then(({ keep }) => keep(conversation, message), () => {}),
  },
  {
    id: 'remind', label: m.later_remind, icon: AlarmClock, fits: () => true,
    run: (conversation, message) => (conversation.asking = { kind: 'remind', message }),
  },
  {
    id: 'copy', label: m.talk_action_copy, icon: Copy, key: 'c', fits: (_, message) => message.text !== '',
    run: (_, message) => void copy(message.text),
  },
  {
    id: 'save', label: m.files_save, icon: Download, key: 's', fits: (_, message) => message.attachments.length > 0,
    run: ({ files }, message) => void saveAll(message.attachments.map(({ id }) => files.download(id))),
  },
  {
    id: 'edit', label: m.talk_action_edit, icon: Pencil, fits: (conversation, message) => canPost(conversation) && isOwn(conversation, message) && mayEdit(message),
    run: (conversation, message) => conversation.edit(message),
  },
  {
    id: 'notice', label: m.talk_action_notice, icon: Megaphone, fits: canPost,
    run: (conversation, message) => void conversation.setNotice(message.seq),
  },
  {
    id: 'note', label: m.notes_from_message, icon: NotebookPen, fits: (conversation, message) => canPost(conversation) && !message.stickerId,
    run: (conversation, message) => {
      conversation.shelves.open({ kind: 'writing', seed: noteOf(message) });
      conversation.open({ kind: 'details' });
    },
  },
  {
    id: 'album', label: m.albums_add_to, icon: Images, fits: (conversation, message) => canPost(conversation) && message.attachments.some((file) => ['photo', 'video'].includes(kindOf(file))),
    run: (conversation, message) => (conversation.asking = { kind: 'album', message }),
  },
  {
    id: 'readers', label: m.talk_action_readers, icon: Eye, fits: (conversation, message) => isOwn(conversation, message) && !isMemo(conversation.room.info),
    run: (conversation, message) => conversation.open({ kind: 'readers', message }),
  },
  {
    id: 'reactors', label: m.talk_action_reactors, icon: Smile, fits: (_, message) => message.reactions.length > 0,
    run: (conversation, message) => (conversation.asking = { kind: 'reactors', message }),
  },
  {
    id: 'select', label: m.talk_action_select, icon: Check, fits: () => true,
    run: (conversation, message) => conversation.select(message),
  },
  {
    id: 'recall', label: m.talk_action_recall, icon: Trash, key: 'Delete', isDangerous: true, fits: isOwn,
    run: (conversation, message) => (conversation.asking = { kind: 'recall', message }),
  },
];

/** What fits this message; nothing once it was taken back. */
export function actionsFor(conversation: Conversation, message: Message): Action[] {
  if (message.kind !== 'text' || message.recalledAt) return [];
  return actions.filter((action) => action.fits(conversation, message));
}

/** `navigator.clipboard` is missing on plain http, as inside some city halls' networks. */
async function copy(text: string): Promise<void> {
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyBySelection(text);
    toast.info(m.talk_copied());
  } catch {
    toast.error(m.talk_copy_failed());
  }
}

function copyBySelection(text: string): void {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
