// What may be open over or beside a conversation.
import type { Message } from '#lib/sync/types.ts';

export interface Point {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Which dialog is open, and about what. */
export type Asking =
  | { kind: 'recall'; message: Message }
  | { kind: 'emoji'; message: Message }
  | { kind: 'reactors'; message: Message }
  | { kind: 'forward'; messages: Message[] }
  | { kind: 'remind'; message: Message }
  | { kind: 'album'; message: Message }
  | { kind: 'date' };

/** In which other way than at once and with a sound. */
export interface SendHow {
  silent?: true;
  sendAt?: string;
}

export type Pane = { kind: 'details' } | { kind: 'readers'; message: Message };
