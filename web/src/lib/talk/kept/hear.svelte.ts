// Whoever shows notes or albums asks again when one changes, and with each line that comes up.
import { untrack } from 'svelte';
import type { KeptChange } from '#lib/sync/notes.ts';
import type { Conversation } from '../conversation.svelte.ts';
import { unhurried } from '../unhurried.ts';

const EVERY_MS = 800;

/** Call it in a component. `concerns`: which changes matter there. */
export function hearKept({ room, sync }: Conversation, concerns: (change: KeptChange) => boolean, renew: () => Promise<unknown>): void {
  $effect(() => {
    const { ask, stop } = unhurried(renew, EVERY_MS);
    const hear = (change: KeptChange) => concerns(change) && ask();
    room.keptListeners.add(hear);
    return () => {
      room.keptListeners.delete(hear);
      stop();
    };
  });
  $effect(() => {
    if (sync.store.link !== 'connecting') untrack(() => void renew());
  });
}
