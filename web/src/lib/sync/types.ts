// The shapes that travel: what the API and the live stream say about rooms and messages.

export type RoomKind = 'direct' | 'group' | 'orgUnit';

export interface Mention {
  userId?: string;
  orgUnitId?: string;
  all?: true;
}

export interface Reaction {
  emoji: string;
  count: number;
  /** The first 20 of them. */
  userIds: string[];
}

export interface SystemNote {
  type: 'joined' | 'left' | 'renamed' | 'created' | 'noticeSet' | 'noteAdded' | 'albumAdded';
  userIds?: string[];
  title?: string;
  /** Which note or album. */
  no?: number;
}

/** A file that the server holds. */
export interface StoredFile {
  id: string;
  name: string;
  contentType: string;
  size: number;
  /** Only of pictures that have thumbnails, turned the right way. */
  width?: number;
  height?: number;
  sha256: string;
}

export interface Place {
  latitude: number;
  longitude: number;
  accuracyMeters?: number;
}

/** A file in a room, and the message it came with. */
export interface RoomFile {
  file: StoredFile;
  seq: number;
  senderId?: string;
  sentAt: string;
}

export interface Message {
  roomId: string;
  /** Its place in the room: 1, 2, 3… without gaps. */
  seq: number;
  /** The room's rev at its last change; of two copies the one with the higher rev is newer. */
  rev: number;
  clientId: string;
  kind: 'text' | 'system';
  senderId?: string;
  actorId?: string;
  actorName?: string;
  sentAt: string;
  text: string;
  mentions: Mention[];
  replyToSeq?: number;
  editedAt?: string;
  recalledAt?: string;
  attachments: StoredFile[];
  place?: Place;
  reactions: Reaction[];
  system?: SystemNote;
  forwardedFrom?: { senderId?: string; sentAt: string };
  /** Sent instead of words. */
  stickerId?: string;
  /** Sent without a sound. */
  silent?: true;
  /** Only on one's own messages, and only in answers of the history. */
  readCount?: number;
}

export interface Room {
  id: string;
  kind: RoomKind;
  title: string;
  orgUnitId?: string;
  includeChildren?: boolean;
  lastSeq: number;
  rev: number;
  readSeq: number;
  visibleFromSeq: number;
  unreadCount: number;
  mentionCount: number;
  memberCount: number;
  /** Photos sent there bear their place unless their sender takes it off. */
  incident: boolean;
  muted: boolean;
  hidden: boolean;
  pinned: boolean;
  notice?: Message;
  otherUserId?: string;
  lastMessage?: Message;
  canPost: boolean;
  createdAt: string;
  activeAt?: string;
}

/** What a bubble, a list or a picker needs to know of a person. */
export interface Person {
  id: string;
  name: string;
  kana?: string;
  kind?: 'person' | 'shared' | 'device' | 'guest' | 'bot';
  orgUnitName?: string;
  position?: string;
}

export interface Member {
  userId: string;
  name: string;
  kana: string;
  kind: string;
  orgUnitName?: string;
  position?: string;
  /** Asked in by somebody, not there by their section. */
  invited: boolean;
}

export interface OrgUnit {
  id: string;
  parentId?: string | null;
  name: string;
  memberCount?: number;
}

export interface MessagePage {
  items: Message[];
  hasBefore: boolean;
  hasAfter: boolean;
  users?: Person[];
}

export interface Readers {
  counts: { read: number; unread: number };
  read: { userId: string; name?: string; orgUnitName?: string }[];
  unread: string[];
  users?: Person[];
  nextCursor?: string | null;
}

export interface HistoryRequest {
  id: string;
  /** Who wants to show it. */
  requestedBy?: string;
  userIds?: string[];
  fromSeq?: number;
}

export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

/** Body of sendMessage, and of a `send` frame. */
export interface SendBody {
  clientId: string;
  /** Left out where files or a sticker speak for themselves. */
  text?: string;
  stickerId?: string;
  replyToSeq?: number;
  mentions?: Mention[];
  attachmentIds?: string[];
  place?: Place;
  silent?: true;
}

export interface Problem {
  status: number;
  type?: string;
  title?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
}

export type Presence = 'online' | 'away' | 'offline';

export interface Hello {
  rooms: Record<string, number>;
  revs: Record<string, number>;
  reads: Record<string, number>;
  me: number;
}

/** Some fields of a room, or that it is gone for us. */
export type RoomChange = { [Name in keyof Room]?: Room[Name] | null } & { id: string; gone?: boolean; noticeSeq?: number | null };

/** From the server. */
export type ServerFrame =
  | { type: 'welcome'; apiVersion: number; userId?: string; node?: string; me: number; now: string }
  | { type: 'ready' }
  | { type: 'message'; rev: number; message: Message }
  | { type: 'room'; rev?: number; me?: number; room: RoomChange }
  /** It has come, changed or gone: whoever shows it asks for it. */
  | { type: 'note' | 'album'; rev: number; roomId: string; no: number }
  | { type: 'read'; roomId: string; userId?: string; seq?: number; counts?: Record<string, number> }
  | { type: 'cursors'; ref?: string; roomId: string; cursors?: Record<string, number>; counts?: Record<string, number> }
  | { type: 'typing'; roomId: string; userId: string; name: string }
  | { type: 'presence'; users: Record<string, Presence> }
  | { type: 'nudge'; me?: number; roomId: string; seq: number; userId: string }
  /** What one has scheduled, or one's reminders, are others than they were. */
  | { type: 'scheduled' | 'reminders'; me?: number }
  | { type: 'ack'; ref?: string; message?: Message }
  | { type: 'error'; ref?: string; problem: Problem }
  | { type: 'reset'; roomId: string }
  /** `me`: where one's own stream stands. What was dropped of it nobody tells again but a greeting. */
  | { type: 'behind'; heads: Record<string, { seq: number; rev: number }>; me?: number }
  | { type: 'pong'; ref?: string }
  | { type: 'signedOut' };

/** To the server, after the hello. */
export type ClientFrame =
  | ({ type: 'send'; ref: string; roomId: string } & SendBody)
  | { type: 'read'; roomId: string; seq: number }
  | { type: 'typing'; roomId: string }
  | { type: 'ping'; ref?: string }
  | { type: 'subscribe'; ref?: string; roomId: string | null; fromSeq?: number; toSeq?: number }
  | { type: 'subscribe'; userIds: string[] }
  | { type: 'readers'; roomId: string; seq: number | null };

export function isMessage(answer: unknown): answer is Message {
  return typeof answer === 'object' && answer !== null && 'seq' in answer && 'roomId' in answer && 'rev' in answer;
}
