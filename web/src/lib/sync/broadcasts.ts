// The shapes of まとめて送信.
import type { Message, Page, Person, Reaction, RoomKind } from './types.ts';

/** A message that one sent to many rooms. */
export interface Broadcast {
  id: string;
  sentAt: string;
  message?: Message;
  roomCount: number;
  /** Whom it reached when it was sent, each once. */
  peopleCount: number;
}

/** What came of it in one of them. */
export interface BroadcastRoom {
  roomId: string;
  title: string;
  kind: RoomKind;
  memberCount: number;
  seq: number;
  readCount: number;
  replyCount: number;
  reactions: Reaction[];
  recalledAt?: string;
}

export interface BroadcastDetail extends Broadcast {
  rooms: BroadcastRoom[];
}

export interface BroadcastReplies extends Page<Message> {
  users: Person[];
}
