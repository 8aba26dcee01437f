// The sync of the account on screen. One at a time.
import type { Sync } from './sync.svelte.ts';

let current = $state.raw<Sync>();

export function currentSync(): Sync | undefined {
  return current;
}

export function setCurrentSync(sync: Sync | undefined): void {
  current = sync;
}
