// Where the frame starts and ends the sync of an account.
import type { Me } from '#lib/api/shapes.ts';
import { currentSync, setCurrentSync } from './current.svelte.ts';
import { Sync } from './sync.svelte.ts';

export { wipeDevice } from './device.ts';

/** What sync needs of the session. */
export interface Account {
  tenant: string;
  me: Me;
  api: unknown;
  expired: () => void;
}

/** Starts the one live connection of this tab. The answer stops it. */
export function startSync(account: Account): () => void {
  const sync = new Sync({ tenant: account.tenant, me: account.me, api: account.api, signedOut: () => account.expired() });
  setCurrentSync(sync);
  void sync.start();
  return () => {
    sync.stop();
    if (currentSync() === sync) setCurrentSync(undefined);
  };
}

/** Messages that have not left this device. */
export function unsent(): number {
  return currentSync()?.outbox.size ?? 0;
}
