// Where the session starts and ends the sync of an account.
import type { Me } from '#lib/api/shapes.ts';
import { currentSync, setCurrentSync } from './current.svelte.ts';
import { wipeDevice } from './device.ts';
import { Sync } from './sync.svelte.ts';

/** What sync needs of the session. */
export interface Account {
  tenant: string;
  me: Me;
  api: unknown;
  /** Whether this account is still the one that is signed in in this browser. */
  isStill: () => boolean;
  expired: () => void;
  actorRequired: () => void;
}

/** Starts the one live connection of this tab. The answer stops it. */
export function startSync({ tenant, me, api, isStill, expired, actorRequired }: Account): () => void {
  const sync = new Sync({ tenant, me, api, isStill, signedOut: expired, actorRequired });
  setCurrentSync(sync);
  void sync.start();
  return () => {
    void sync.stop();
    // A moment later: what is being taken off the screen still reads from it.
    queueMicrotask(() => currentSync() === sync && setCurrentSync(undefined));
  };
}

/** Stops it, and takes what the account could read off this device; what it has not sent is kept for it, or goes too. */
export async function leaveDevice(tenant: string, account: string, unsent: 'keep' | 'drop'): Promise<void> {
  const sync = currentSync();
  if (sync?.tenant === tenant && sync.me.id === account) await sync.stop();
  await wipeDevice(tenant, account, unsent);
}

/** Messages that have not left this device. */
export function unsent(): number {
  return currentSync()?.outbox.size ?? 0;
}
