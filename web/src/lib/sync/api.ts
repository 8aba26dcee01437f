// The operations of talk, as functions. Everything goes through the shared client and throws an ApiProblem.
import { unwrap } from '#lib/api/problem.ts';
import type { LinkCards, RoomLink } from '#lib/api/shapes.ts';
import type { Broadcast, BroadcastDetail, BroadcastReplies } from './broadcasts.ts';
import type { Reminder, ScheduledMessage } from './scheduled.ts';
import type { Album, AlbumPhoto, Note, NoteBody, NoteComment, NoteSummary } from './notes.ts';
import type { Asked } from './segments.ts';
import type {
  HistoryRequest, Member, Message, MessagePage, OrgUnit, Page, Person, Readers, Room, RoomFile, RoomKind, SendBody, StoredFile,
} from './types.ts';

/** What the generated client offers, without its path types: the shapes are in `types.ts`. */
interface Caller {
  request(method: Verb, path: string, init?: object): Promise<{ data?: unknown; error?: unknown; response: Response }>;
}
type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface Call {
  path?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  keepalive?: boolean;
  /** The version that one has seen. */
  ifMatch?: number;
}

export type History = 'none' | 'all' | { fromSeq: number };

export interface NewRoom {
  clientId: string;
  kind: RoomKind;
  title?: string;
  memberIds?: string[];
  orgUnitId?: string;
  incident?: boolean;
}

export class TalkApi {
  #caller: Caller;

  constructor(client: unknown) {
    this.#caller = client as Caller;
  }

  people = (ids: string[]) => this.#call<Page<WirePerson>>('get', '/users', { query: { ids: ids.join(','), limit: 200 } }).then(({ items }) => items.map(personOf));
  findPeople = (q: string, limit = 30) => this.#call<Page<WirePerson>>('get', '/users', { query: { q, limit } }).then(({ items }) => items.map(personOf));
  peopleOf = async (orgUnitId: string) => {
    const people = await pages<WirePerson>((cursor) => this.#call('get', '/users', { query: { orgUnitId, includeChildren: true, limit: 200, cursor } }));
    return people.map(personOf);
  };
  orgUnits = () => this.#call<Page<OrgUnit>>('get', '/orgUnits').then(({ items }) => items);

  rooms = (query: { q?: string; limit?: number; cursor?: string }) => this.#call<Page<Room>>('get', '/rooms', { query });
  allRooms = () => pages<Room>((cursor) => this.rooms({ limit: 200, cursor }));
  room = (id: string) => this.#call<Room>('get', '/rooms/{id}', { path: { id } });
  createRoom = (body: NewRoom) => this.#call<Room>('post', '/rooms', { body });
  updateRoom = (id: string, body: { title?: string; includeChildren?: boolean; incident?: boolean; noticeSeq?: number | null }) =>
    this.#call<Room>('patch', '/rooms/{id}', { path: { id }, body });
  updateMembership = (id: string, body: { muted?: boolean; hidden?: boolean; pinned?: boolean }) =>
    this.#call<Room | undefined>('patch', '/rooms/{id}/membership', { path: { id }, body });
  members = (id: string, cursor?: string) => this.#call<Page<Member>>('get', '/rooms/{id}/members', { path: { id }, query: { limit: 200, cursor } });
  addMembers = (id: string, userIds: string[], history: History) =>
    this.#call<unknown>('post', '/rooms/{id}/members', { path: { id }, body: { userIds, history } });
  removeMember = (id: string, userId: string) => this.#call<void>('delete', '/rooms/{id}/members/{userId}', { path: { id, userId } });
  historyRequests = (id: string) => this.#call<Page<HistoryRequest>>('get', '/rooms/{id}/historyRequests', { path: { id } });
  answerHistoryRequest = (id: string, requestId: string, agree: boolean) =>
    this.#call<void>('put', '/rooms/{id}/historyRequests/{requestId}', { path: { id, requestId }, body: { agree } });

  messages = (id: string, asked: Asked, limit: number) =>
    this.#call<MessagePage>('get', '/rooms/{id}/messages', { path: { id }, query: { ...asked, limit } });
  send = (id: string, body: SendBody) => this.#call<Message>('post', '/rooms/{id}/messages', { path: { id }, body });
  edit = (id: string, seq: number, text: string, mentions: SendBody['mentions']) =>
    this.#call<Message>('patch', '/rooms/{id}/messages/{seq}', { path: { id, seq }, body: { text, mentions } });
  recall = (id: string, seq: number) => this.#call<Message | undefined>('delete', '/rooms/{id}/messages/{seq}', { path: { id, seq } });
  forward = (body: { clientId: string; from: { roomId: string; seqs: number[] }; toRoomIds: string[] }) =>
    this.#call<Message[] | Page<Message>>('post', '/forwards', { body }).then((made) => (Array.isArray(made) ? made : made.items));
  broadcasts = (cursor?: string) => this.#call<Page<Broadcast>>('get', '/broadcasts', { query: { cursor } });
  createBroadcast = (body: Omit<SendBody, 'replyToSeq' | 'mentions'> & { roomIds: string[] }) => this.#call<BroadcastDetail>('post', '/broadcasts', { body });
  countRecipients = (roomIds: string[]) => this.#call<{ peopleCount: number }>('post', '/broadcasts/recipients', { body: { roomIds } });
  broadcast = (id: string) => this.#call<BroadcastDetail>('get', '/broadcasts/{id}', { path: { id } });
  broadcastReplies = (id: string, cursor?: string) =>
    this.#call<BroadcastReplies>('get', '/broadcasts/{id}/replies', { path: { id }, query: { limit: 200, cursor } });
  recallBroadcast = (id: string) => this.#call<void>('delete', '/broadcasts/{id}', { path: { id } });
  react = (id: string, seq: number, emoji: string, on: boolean) =>
    this.#call<unknown>(on ? 'put' : 'delete', '/rooms/{id}/messages/{seq}/reactions/{emoji}', { path: { id, seq, emoji } });
  markRead = (id: string, seq: number) => this.#call<void>('post', '/rooms/{id}/read', { path: { id }, body: { seq }, keepalive: true });
  readers = (id: string, seq: number, query: { state?: 'read' | 'unread'; cursor?: string }) =>
    this.#call<Readers>('get', '/rooms/{id}/messages/{seq}/readers', { path: { id, seq }, query: { ...query, limit: 200 } });
  nudge = (id: string, seq: number) => this.#call<{ nudged: number }>('post', '/rooms/{id}/messages/{seq}/nudges', { path: { id, seq } });
  schedule = (id: string, sendAt: string, message: SendBody) =>
    this.#call<ScheduledMessage>('post', '/rooms/{id}/scheduledMessages', { path: { id }, body: { sendAt, message } });
  scheduled = () => pages<ScheduledMessage>((cursor) => this.#call('get', '/scheduledMessages', { query: { limit: 200, cursor } }));
  updateScheduled = (id: string, body: { text?: string; mentions?: SendBody['mentions']; sendAt?: string }) =>
    this.#call<ScheduledMessage>('patch', '/scheduledMessages/{id}', { path: { id }, body });
  cancelScheduled = (id: string) => this.#call<void>('delete', '/scheduledMessages/{id}', { path: { id } });
  sendScheduled = (id: string) => this.#call<Message>('post', '/scheduledMessages/{id}/send', { path: { id } });
  reminders = () => pages<Reminder>((cursor) => this.#call('get', '/reminders', { query: { limit: 200, cursor } }));
  setReminder = (id: string, seq: number, at: string) =>
    this.#call<Reminder>('put', '/rooms/{id}/messages/{seq}/reminder', { path: { id, seq }, body: { at } });
  dropReminder = (id: string, seq: number) => this.#call<void>('delete', '/rooms/{id}/messages/{seq}/reminder', { path: { id, seq } });
  file = (id: string) => this.#call<StoredFile>('get', '/files/{id}/info', { path: { id } });
  roomFiles = (id: string, kind: 'photos' | 'files', cursor?: string) =>
    this.#call<Page<RoomFile>>('get', '/rooms/{id}/files', { path: { id }, query: { kind, cursor, limit: 60 } });
  roomLinks = (id: string, cursor?: string) => this.#call<Page<RoomLink>>('get', '/rooms/{id}/links', { path: { id }, query: { cursor, limit: 60 } });
  linkCards = (id: string, seq: number) => this.#call<LinkCards>('get', '/rooms/{id}/messages/{seq}/cards', { path: { id, seq } });
  notes = (id: string, cursor?: string) => this.#call<Page<NoteSummary>>('get', '/rooms/{id}/notes', { path: { id }, query: { cursor } });
  note = (id: string, no: number) => this.#call<Note>('get', '/rooms/{id}/notes/{no}', { path: { id, no } });
  createNote = (id: string, body: NoteBody & { clientId: string }) => this.#call<Note>('post', '/rooms/{id}/notes', { path: { id }, body });
  updateNote = (id: string, no: number, body: Partial<NoteBody> & { pinned?: boolean }, ifMatch?: number) =>
    this.#call<Note>('patch', '/rooms/{id}/notes/{no}', { path: { id, no }, body, ifMatch });
  deleteNote = (id: string, no: number) => this.#call<void>('delete', '/rooms/{id}/notes/{no}', { path: { id, no } });
  comments = (id: string, no: number) => pages<NoteComment>((cursor) => this.#call('get', '/rooms/{id}/notes/{no}/comments', { path: { id, no }, query: { limit: 200, cursor } }));
  addComment = (id: string, no: number, body: { clientId: string; text: string }) =>
    this.#call<NoteComment>('post', '/rooms/{id}/notes/{no}/comments', { path: { id, no }, body });
  deleteComment = (id: string, no: number, commentId: string) =>
    this.#call<void>('delete', '/rooms/{id}/notes/{no}/comments/{commentId}', { path: { id, no, commentId } });
  albums = (id: string) => pages<Album>((cursor) => this.#call('get', '/rooms/{id}/albums', { path: { id }, query: { limit: 200, cursor } }));
  album = (id: string, no: number) => this.#call<Album>('get', '/rooms/{id}/albums/{no}', { path: { id, no } });
  createAlbum = (id: string, body: { clientId: string; title: string; fileIds: string[] }) => this.#call<Album>('post', '/rooms/{id}/albums', { path: { id }, body });
  renameAlbum = (id: string, no: number, title: string) => this.#call<Album>('patch', '/rooms/{id}/albums/{no}', { path: { id, no }, body: { title } });
  deleteAlbum = (id: string, no: number) => this.#call<void>('delete', '/rooms/{id}/albums/{no}', { path: { id, no } });
  albumPhotos = (id: string, no: number) => pages<AlbumPhoto>((cursor) => this.#call('get', '/rooms/{id}/albums/{no}/photos', { path: { id, no }, query: { limit: 200, cursor } }));
  addAlbumPhotos = (id: string, no: number, fileIds: string[]) => this.#call<Album>('post', '/rooms/{id}/albums/{no}/photos', { path: { id, no }, body: { fileIds } });
  removeAlbumPhoto = (id: string, no: number, fileId: string) => this.#call<void>('delete', '/rooms/{id}/albums/{no}/photos/{fileId}', { path: { id, no, fileId } });
  findSeq = (id: string, date: string) => this.#call<{ seq: number | null }>('get', '/rooms/{id}/seq', { path: { id }, query: { date } });

  async #call<T>(method: Verb, path: string, { path: names, query, body, keepalive, ifMatch }: Call = {}): Promise<T> {
    const init = { params: { path: names, query }, body, keepalive, headers: ifMatch === undefined ? undefined : { 'If-Match': `"${ifMatch}"` } };
    return (await unwrap(this.#caller.request(method, path, init))) as T;
  }
}

/** A user on the wire; only what talk shows is kept. */
interface WirePerson {
  id: string;
  name: string;
  kana?: string;
  kind?: Person['kind'];
  orgUnitName?: string;
  assignments?: { orgUnitName: string; position?: string | null; primary: boolean }[];
}

function personOf(user: WirePerson): Person {
  const primary = user.assignments?.find((each) => each.primary) ?? user.assignments?.[0];
  return {
    id: user.id,
    name: user.name,
    kana: user.kana,
    kind: user.kind,
    orgUnitName: user.orgUnitName ?? primary?.orgUnitName,
    position: primary?.position ?? undefined,
  };
}

async function pages<T>(ask: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return items;
}
