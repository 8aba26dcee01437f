// A message on its way: in the outbox on the device until the server has it.
import type { Mention } from './types.ts';

export interface Pending {
  clientId: string;
  roomId: string;
  /** Empty with a sticker. */
  text: string;
  stickerId?: string;
  replyToSeq?: number;
  mentions: Mention[];
  /** When it was written, in ms; the order of leaving. */
  createdAt: number;
  /** `refused`: the server said no and repeating it as it is would not help. */
  state: 'waiting' | 'refused';
  /** Why, in the reader's language. */
  reason?: string;
}
