// What a frame changes in the store. What it asks for beyond that goes through `Wishes`.
import type { RoomState } from './room.svelte.ts';
import type { TalkStore } from './store.svelte.ts';
import type { Message, Presence, Problem, Room, RoomChange, ServerFrame } from './types.ts';

/** What the store can't do alone: ask the server, or tell the person. */
export interface Wishes {
  /** An unknown room appeared, or a summary is incomplete. */
  fetchRoom(id: string): void;
  /** The newest stretch of a room no longer reaches its newest message. */
  fill(id: string): void;
  /** One has read elsewhere, past what is held here: how much is left only the server knows. */
  countUnread(id: string): void;
  /** Nothing held of this room can be trusted. */
  refetch(id: string): void;
  /** Cursors disagree with the counts that the history gave. */
  recount(id: string): void;
  gone(id: string): void;
  arrived(message: Message): void;
  nudged(roomId: string, seq: number, userId: string): void;
  /** One's own list of what is to come is another. */
  later(what: 'scheduled' | 'reminders'): void;
  presence(users: Record<string, Presence>): void;
  answered(ref: string, message: Message | undefined, problem: Problem | undefined): void;
}

export function applyFrame(store: TalkStore, frame: ServerFrame, wishes: Wishes): void {
  switch (frame.type) {
    case 'message':
      return applyMessage(store, frame.message, frame.rev, wishes);
    case 'room':
      return applyRoom(store, frame, wishes);
    case 'note':
    case 'album':
      return applyKept(store, frame, wishes);
    case 'read':
      return applyRead(store, frame, wishes);
    case 'cursors':
      return applyCursors(store, frame, wishes);
    case 'typing':
      if (frame.userId !== store.me.id) store.room(frame.roomId)?.isTyping(frame.userId, frame.name);
      return;
    case 'presence':
      return wishes.presence(frame.users);
    case 'nudge':
      store.learnMe(frame.me);
      return wishes.nudged(frame.roomId, frame.seq, frame.userId);
    case 'scheduled':
    case 'reminders':
      store.learnMe(frame.me);
      return wishes.later(frame.type);
    case 'ack':
      if (frame.message) applyMessage(store, frame.message, undefined, wishes);
      if (frame.ref) wishes.answered(frame.ref, frame.message, undefined);
      return;
    case 'error':
      if (frame.ref) wishes.answered(frame.ref, undefined, frame.problem);
      return;
    case 'reset':
      return distrust(store, frame.roomId, wishes);
    case 'behind':
      return applyBehind(store, frame.heads, wishes);
  }
}

/** `rev` only where it came on the room's stream, in order: an ack may overtake what lies before it. */
function applyMessage(store: TalkStore, message: Message, rev: number | undefined, wishes: Wishes): void {
  const room = store.room(message.roomId);
  if (!room) return wishes.fetchRoom(message.roomId);
  const isNew = message.seq > room.info.lastSeq;
  if (!room.receive(message)) wishes.fill(message.roomId);
  room.follow(rev);
  if (isNew) wishes.arrived(message);
}

function applyRoom(store: TalkStore, frame: ServerFrame & { type: 'room' }, wishes: Wishes): void {
  store.learnMe(frame.me);
  if (frame.room.gone) return wishes.gone(frame.room.id);
  const room = store.room(frame.room.id);
  if (!room) return isWhole(frame.room) ? void store.hold(frame.room) : wishes.fetchRoom(frame.room.id);
  // On one's own stream, without a change of the room itself.
  if (frame.rev === undefined) room.asked += 1;
  if (isWhole(frame.room)) store.hold(frame.room);
  else applyPatch(room, frame.room, wishes);
  room.follow(frame.rev);
  if (room.isStale) wishes.refetch(room.info.id);
  if (room.isOpened && !room.holdsNewest) wishes.fill(room.info.id);
}

/** A note or an album: nothing of it is held but by whoever shows it. */
function applyKept(store: TalkStore, { roomId, rev, type, no }: ServerFrame & { type: 'note' | 'album' }, wishes: Wishes): void {
  const room = store.room(roomId);
  if (!room) return wishes.fetchRoom(roomId);
  room.follow(rev);
  for (const hear of room.keptListeners) hear({ type, no });
}

/** Some fields of a room: what they leave out is as it was. */
function applyPatch(room: RoomState, { noticeSeq, ...fields }: RoomChange, wishes: Wishes): void {
  // Another kind of room has another title, and perhaps no other person: a patch doesn't say.
  const isOtherKind = fields.kind != null && fields.kind !== room.info.kind;
  room.merge(fields);
  const isPinned = noticeSeq === undefined || room.pin(noticeSeq);
  if (isOtherKind || !isPinned) wishes.fetchRoom(room.info.id);
}

/** Whether a change carries all that a room needs to be shown. */
function isWhole(room: RoomChange): room is Room & RoomChange {
  return room.kind != null && room.title != null && room.lastSeq != null && room.rev != null && room.memberCount != null && room.canPost != null;
}

function applyRead(store: TalkStore, frame: ServerFrame & { type: 'read' }, wishes: Wishes): void {
  const room = store.room(frame.roomId);
  if (!room) return;
  if (frame.counts) room.reads.countedAll(frame.counts);
  if (frame.userId === undefined || frame.seq === undefined) return;
  if (frame.userId === store.me.id) {
    room.readUpTo(frame.seq);
    if (!room.isCounted) wishes.countUnread(frame.roomId);
  } else room.reads.readUpTo(frame.userId, frame.seq, room.ownSeqs());
}

function applyCursors(store: TalkStore, frame: ServerFrame & { type: 'cursors' }, wishes: Wishes): void {
  const room = store.room(frame.roomId);
  if (!room) return;
  if (frame.counts) room.reads.countedAll(frame.counts);
  if (frame.cursors && room.reads.stand(frame.cursors, store.me.id, room.ownSeqs())) wishes.recount(frame.roomId);
}

function applyBehind(store: TalkStore, heads: Record<string, { seq: number; rev: number }>, wishes: Wishes): void {
  for (const [id, head] of Object.entries(heads)) {
    const room = store.room(id);
    if (!room) wishes.fetchRoom(id);
    else if (room.rev < head.rev) distrust(store, id, wishes);
  }
}

/** What is held stays on screen until what replaces it has come; the rev stays with it. */
function distrust(store: TalkStore, id: string, wishes: Wishes): void {
  const room = store.room(id);
  if (!room?.isOpened) return wishes.fetchRoom(id);
  room.isStale = true;
  wishes.refetch(id);
}
