// The database of one organisation on this device.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Draft, KeptRoom, Tail } from './device.ts';
import type { Pending } from './pending.ts';
import type { Person } from './types.ts';

const VERSION = 3;

/** The bytes of a file that waits in the outbox. */
export interface KeptFile {
  key: string;
  /** Of the message that it goes with. */
  clientId: string;
  blob: Blob;
  /** A small picture of it, to be shown while it waits. */
  preview?: Blob;
}

export interface Schema extends DBSchema {
  /** `reader`: whose rooms, messages and people these are. `meRev`: the rev held of one's own stream. */
  meta: { key: string; value: string | number };
  rooms: { key: string; value: KeptRoom };
  tails: { key: string; value: Tail };
  people: { key: string; value: Person };
  outbox: { key: string; value: Pending & { account: string }; indexes: { account: string } };
  files: { key: string; value: KeptFile & { account: string }; indexes: { account: string; clientId: string } };
  drafts: { key: [account: string, roomId: string]; value: Draft & { account: string }; indexes: { account: string } };
}

/** Kept of one reader at a time. */
export const KEEPS = ['meta', 'rooms', 'tails', 'people'] as const;

/** Kept of each account, for that account. */
const UNSENT = ['outbox', 'files', 'drafts'] as const;

/** Opens it for a reader; what another left goes. `lost`: the browser or a newer client has closed it. */
export async function openKept(tenant: string, reader: string, lost: () => void): Promise<IDBPDatabase<Schema>> {
  const db = await open(tenant, lost);
  const work = db.transaction(KEEPS, 'readwrite');
  if ((await work.objectStore('meta').get('reader')) !== reader) {
    for (const store of KEEPS) void work.objectStore(store).clear();
    void work.objectStore('meta').put(reader, 'reader');
  }
  await work.done;
  return db;
}

/** Takes away what the account could read, and with `unsent` also what it has written; what is another's stays. */
export async function wipe(tenant: string, account: string, unsent: 'keep' | 'drop'): Promise<void> {
  const db = await open(tenant);
  const work = db.transaction([...KEEPS, ...UNSENT], 'readwrite');
  const reader = await work.objectStore('meta').get('reader');
  for (const store of String(reader).startsWith(`${account}/`) ? KEEPS : []) void work.objectStore(store).clear();
  for (const store of unsent === 'drop' ? UNSENT : []) {
    for (const key of await work.objectStore(store).index('account').getAllKeys(account)) void work.objectStore(store).delete(key);
  }
  await work.done;
  db.close();
}

function open(tenant: string, lost?: () => void): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(`irori-${tenant}`, VERSION, {
    upgrade(db, before) {
      if (before < 2) createFirst(db);
      const files = db.createObjectStore('files', { keyPath: 'key' });
      files.createIndex('account', 'account');
      files.createIndex('clientId', 'clientId');
    },
    // Another tab brings a newer client: don't stand in its way.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      lost?.();
    },
    terminated: () => lost?.(),
  });
}

/** No release had version 1: nothing in it is worth moving. */
function createFirst(db: IDBPDatabase<Schema>): void {
  for (const store of [...db.objectStoreNames]) db.deleteObjectStore(store);
  db.createObjectStore('meta');
  db.createObjectStore('rooms');
  db.createObjectStore('tails', { keyPath: 'roomId' });
  db.createObjectStore('people', { keyPath: 'id' });
  db.createObjectStore('outbox', { keyPath: 'clientId' }).createIndex('account', 'account');
  db.createObjectStore('drafts', { keyPath: ['account', 'roomId'] }).createIndex('account', 'account');
}
