// What is kept on the device: a warm start shows it, a closed browser loses none of it. Rooms, messages and people are
// kept of one reader at a time; what was written and not sent stays with its account, and only that account sees it.
import type { IDBPDatabase } from 'idb';
import { KEEPS, type KeptFile, openKept, type Schema, wipe } from './kept.ts';
import type { Pending } from './pending.ts';
import type { Segment } from './segments.ts';
import type { Mention, Person, Room } from './types.ts';

/** Messages kept of a room that was opened. */
export const KEPT_MESSAGES = 200;
/** A browser that does not open its storage within this time is worked without. */
const OPEN_WITHIN_MS = 2_000;

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

export type Tail = Segment & { roomId: string };

export interface Kept {
  rooms: KeptRoom[];
  /** The newest stretches of those that were opened. */
  tails: Tail[];
  people: Person[];
  drafts: Draft[];
  meRev: number;
}

/** Whose device this is now. */
export interface Holder {
  tenant: string;
  account: string;
  /** Whose cursors: the account, or the person who acts for it. */
  reader: string;
}

type Db = IDBPDatabase<Schema>;

/** Everything below keeps silent when the browser refuses storage: the app then works without a memory. */
export class Device {
  #holder: Holder;
  #db: Db | undefined;
  #opening: Promise<unknown> | undefined;
  #isLate = false;
  #isClosed = false;
  /** Bytes on their way to the storage, or refused by it. */
  #inMemory = new Map<string, KeptFile>();

  constructor(holder: Holder) {
    this.#holder = holder;
    this.#open();
  }

  async load(): Promise<Kept> {
    const none: Kept = { rooms: [], tails: [], people: [], drafts: [], meRev: 0 };
    const { account } = this.#holder;
    const kept = await this.#try(async (db) => {
      // One transaction: rooms and their messages never disagree.
      const work = db.transaction(KEEPS);
      const [rooms, tails, people, meRev, drafts] = await Promise.all([
        work.objectStore('rooms').getAll(),
        work.objectStore('tails').getAll(),
        work.objectStore('people').getAll(),
        work.objectStore('meta').get('meRev'),
        db.getAllFromIndex('drafts', 'account', account),
      ]);
      return { rooms, tails, people, drafts, meRev: Number(meRev ?? 0) };
    });
    return kept ?? none;
  }

  /** What has not left yet, in the order of leaving; nothing known without storage. */
  outbox = async (): Promise<Pending[] | undefined> => {
    const kept = await this.#try((db) => db.getAllFromIndex('outbox', 'account', this.#holder.account));
    return kept?.sort((a, b) => a.createdAt - b.createdAt || (a.clientId < b.clientId ? -1 : 1));
  };

  putPending = (pending: Pending) =>
    this.#try((db) => db.put('outbox', { ...pending, mentions: pending.mentions.map((each) => ({ ...each })), account: this.#holder.account }));

  removePending = (clientId: string) => {
    for (const { key } of [...this.#inMemory.values()].filter((file) => file.clientId === clientId)) this.#inMemory.delete(key);
    return this.#try(async (db) => {
      const work = db.transaction(['outbox', 'files'], 'readwrite');
      void work.objectStore('outbox').delete(clientId);
      for (const key of await work.objectStore('files').index('clientId').getAllKeys(clientId)) void work.objectStore('files').delete(key);
      await work.done;
    });
  };

  /** Takes the bytes of a message's files. False: there is no room for them here, and only this tab has them. */
  async putFiles(files: readonly KeptFile[]): Promise<boolean> {
    for (const file of files) this.#inMemory.set(file.key, file);
    const { account } = this.#holder;
    const isKept = await this.#try(async (db) => {
      const work = db.transaction('files', 'readwrite');
      // The first that is refused ends the transaction, which says why.
      for (const file of files) work.store.put({ ...file, account }).catch(() => {});
      await work.done;
      return true;
    });
    if (isKept) for (const { key } of files) this.#inMemory.delete(key);
    return isKept ?? false;
  }

  file = async (key: string): Promise<KeptFile | undefined> => this.#inMemory.get(key) ?? (await this.#try((db) => db.get('files', key)));

  putDraft = (draft: Draft) =>
    this.#try(async (db) => {
      const { account } = this.#holder;
      if (draft.text || draft.replyToSeq) await db.put('drafts', { ...draft, account });
      else await db.delete('drafts', [account, draft.roomId]);
    });

  learnPeople = (people: Person[]) =>
    this.#try(async (db) => {
      const work = db.transaction(['people', 'meta'], 'readwrite');
      if (!(await this.#isHeld(work.objectStore('meta').get('reader')))) return;
      for (const person of people) void work.objectStore('people').put(person);
      await work.done;
    });

  /** Rooms with what is newest in them, in one transaction, so that rev and messages never disagree. */
  keep = (rooms: (KeptRoom & { tail?: Segment })[], gone: string[], meRev: number) =>
    this.#try(async (db) => {
      const work = db.transaction(['rooms', 'tails', 'meta'], 'readwrite');
      if (!(await this.#isHeld(work.objectStore('meta').get('reader')))) return;
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

  /** What was asked for before is still written; nothing after. */
  async close(): Promise<void> {
    const db = await this.#ready();
    this.#isClosed = true;
    db?.close();
  }

  /** A tab that another account has displaced must not write what it holds between the other's. */
  async #isHeld(reader: Promise<string | number | undefined>): Promise<boolean> {
    return (await reader) === readerOf(this.#holder);
  }

  #open(): void {
    const { tenant } = this.#holder;
    const lost = () => (this.#db = this.#opening = undefined);
    this.#opening = openKept(tenant, readerOf(this.#holder), lost).then(
      (db) => (this.#isClosed ? db.close() : (this.#db = db)),
      () => {},
    );
  }

  async #ready(): Promise<Db | undefined> {
    if (this.#db || this.#isLate || this.#isClosed) return this.#isClosed ? undefined : this.#db;
    if (!this.#opening) this.#open();
    await within(OPEN_WITHIN_MS, this.#opening);
    this.#isLate = !this.#db;
    return this.#db;
  }

  async #try<T>(work: (db: Db) => Promise<T>, again = true): Promise<T | undefined> {
    const db = await this.#ready();
    try {
      return db && (await work(db));
    } catch (problem) {
      // The browser has ended the connection, as some do in the background: a new one does.
      const isEnded = problem instanceof DOMException && problem.name === 'InvalidStateError';
      if (!isEnded || !again || this.#isClosed) return undefined;
      if (this.#db === db) this.#db = this.#opening = undefined;
      return this.#try(work, false);
    }
  }
}

/**
 * Takes rooms, messages and people off this device, for whoever sits down next. What the account has written and not
 * sent is kept for it, or goes too.
 */
export function wipeDevice(tenant: string, account: string, unsent: 'keep' | 'drop'): Promise<void> {
  return within(OPEN_WITHIN_MS, wipe(tenant, account, unsent)).catch(() => {});
}

/** As long as this takes, but not for ever: some browsers let a database open without end. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

function readerOf({ account, reader }: Holder): string {
  return `${account}/${reader}`;
}

function cut(tail: Segment): Segment {
  if (tail.messages.length <= KEPT_MESSAGES) return tail;
  const messages = tail.messages.slice(-KEPT_MESSAGES);
  return { from: messages[0]!.seq, to: tail.to, messages };
}
