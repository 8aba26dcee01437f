// What can be looked at large, and what lies beside it.
import { kindOf } from '#lib/files/kinds.ts';
import type { Viewed } from '#lib/files/Viewer.svelte';
import type { Message } from '#lib/sync/types.ts';

/** What is looked at large, and what may be leafed through from there. */
export interface Viewing {
  id: string;
  items: () => readonly Viewed[];
  more?: () => void;
}

type Describe = (message: Message) => Pick<Viewed, 'sender' | 'when'>;

/** Pictures and films of these messages, in the order in which they stand there. */
export function viewedOf(messages: readonly Message[], describe: Describe): Viewed[] {
  return messages.flatMap((message) => {
    if (message.recalledAt || message.attachments.length === 0) return [];
    const shown = message.attachments.filter((file) => kindOf(file) === 'photo' || kindOf(file) === 'video');
    return shown.map((file) => ({ file, seq: message.seq, ...describe(message) }));
  });
}
