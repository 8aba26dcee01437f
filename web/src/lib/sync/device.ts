// What is kept on the device, per organisation and account: a warm start shows it, a closed browser loses none of it.
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { Pending } from './pending.ts';
import type { Segment } from './segments.ts';
import type { Mention, Person, Room } from './types.ts';

const VERSION = 1;
/** Messages kept of a room that was opened. */
export const KEPT_MESSAGES = 200;

export interface Draft {
  roomId: string;
  text: string;
  replyToSeq?: number;
  /** Who was named while writing. */
  picked?: { id: string; name: string; sub: string; mention: Mention }[];
}

export interface KeptRoom {
  info: Room;
  rev: number;
}

interface Schema extends DBSchema {
  meta: { key: string; value: string | number };
  rooms: { key: string; value: KeptRoom };
  /** The newest stretch of a room. */
  tails: { key: string; value: Segment & { roomId: string } };
  people: { key: string; value: Person };
  outbox: { key: string; value: Pending };
  drafts: { key: string; value: Draft };
}

type Db = IDBPDatabase<Schema>;

const nameOf = (tenant: string) => `irori-${tenant}`;

export interface Kept {
  rooms: KeptRoom[];
  people: Person[];
  outbox: Pending[];
  drafts: Draft[];
  meRev: number;
}

/** Everything below keeps silent when the browser refuses storage: the app then works without a memory. */
export class Device {
  #db: Promise<Db | undefined>;

  constructor(tenant: string, account: string) {
    this.#db = open(tenant, account).catch(() => undefined);
  }

  async load(): Promise<Kept> {
    const db = await this.#db;
    if (!db) return { rooms: [], people: [], outbox: [], drafts: [], meRev: 0 };
    const [rooms, people, outbox, drafts, meRev] = await Promise.all([
      db.getAll('rooms'), db.getAll('people'), db.getAll('outbox'), db.getAll('drafts'), db.get('meta', 'meRev'),
    ]);
    outbox.sort((a, b) => a.createdAt - b.createdAt || (a.clientId < b.clientId ? -1 : 1));
    return { rooms, people, outbox, drafts, meRev: Number(meRev ?? 0) };
  }

  tail = (roomId: string) => this.#try((db) => db.get('tails', roomId));
  outbox = () => this.#try((db) => db.getAll('outbox'));
  putPending = (pending: Pending) => this.#try((db) => db.put('outbox', { ...pending, mentions: pending.mentions.map((each) => ({ ...each })) }));
  removePending = (clientId: string) => this.#try((db) => db.delete('outbox', clientId));
  putDraft = (draft: Draft) => this.#try((db) => (draft.text || draft.replyToSeq ? db.put('drafts', draft).then(() => {}) : db.delete('drafts', draft.roomId)));

  learnPeople = (people: Person[]) =>
    this.#try(async (db) => {
      const work = db.transaction('people', 'readwrite');
      for (const person of people) void work.store.put(person);
      await work.done;
    });

  /** Rooms with what is newest in them, in one transaction, so that rev and messages never disagree. */
  keep = (rooms: (KeptRoom & { tail?: Segment })[], gone: string[], meRev: number) =>
    this.#try(async (db) => {
      const work = db.transaction(['rooms', 'tails', 'meta'], 'readwrite');
      for (const { info, rev, tail } of rooms) {
        void work.objectStore('rooms').put({ info, rev }, info.id);
        if (tail) void work.objectStore('tails').put({ ...cut(tail), roomId: info.id });
        else void work.objectStore('tails').delete(info.id);
      }
      for (const id of gone) {
        void work.objectStore('rooms').delete(id);
        void work.objectStore('tails').delete(id);
      }
      void work.objectStore('meta').put(meRev, 'meRev');
      await work.done;
    });

  async close(): Promise<void> {
    (await this.#db)?.close();
  }

  async #try<T>(work: (db: Db) => Promise<T>): Promise<T | undefined> {
    const db = await this.#db;
    try {
      return db && (await work(db));
    } catch {
      return undefined;
    }
  }
}

/** Leaves nothing of the account behind: for signing out. */
export async function wipeDevice(tenant: string): Promise<void> {
  await deleteDB(nameOf(tenant)).catch(() => {});
}

async function open(tenant: string, account: string): Promise<Db> {
  const db = await openDB<Schema>(nameOf(tenant), VERSION, {
    upgrade(fresh) {
      fresh.createObjectStore('meta');
      fresh.createObjectStore('rooms');
      fresh.createObjectStore('tails', { keyPath: 'roomId' });
      fresh.createObjectStore('people', { keyPath: 'id' });
      fresh.createObjectStore('outbox', { keyPath: 'clientId' });
      fresh.createObjectStore('drafts', { keyPath: 'roomId' });
    },
    // Another tab signs out or brings a newer client: don't stand in its way.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  if ((await db.get('meta', 'account')) === account) return db;
  const work = db.transaction(db.objectStoreNames, 'readwrite');
  for (const store of db.objectStoreNames) void work.objectStore(store).clear();
  void work.objectStore('meta').put(account, 'account');
  await work.done;
  return db;
}

function cut(tail: Segment): Segment {
  if (tail.messages.length <= KEPT_MESSAGES) return tail;
  const messages = tail.messages.slice(-KEPT_MESSAGES);
  return { from: messages[0]!.seq, to: tail.to, messages };
}
