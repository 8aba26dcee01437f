// The shapes of what is to come: messages that are sent later, and messages that one wants to be reminded of.
import type { Mention, Message, StoredFile } from './types.ts';

/** A message that is to be sent later. Its writer alone knows of it. */
export interface ScheduledMessage {
  id: string;
  roomId: string;
  sendAt: string;
  text: string;
  mentions: Mention[];
  replyToSeq?: number;
  attachments: StoredFile[];
  stickerId?: string;
  silent: boolean;
  /** Why it was not sent when its time came. */
  failure?: 'account' | 'notInRoom' | 'mentionAll';
}

export interface Reminder {
  roomId: string;
  seq: number;
  at: string;
  /** The time has come; it stays until one is done with it. */
  due: boolean;
  message: Message;
}
