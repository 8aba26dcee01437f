// Who is there now, best effort, for the faces on screen.
import { SvelteMap } from 'svelte/reactivity';
import { currentSync } from './current.svelte.ts';
import type { Presence } from './types.ts';

const known = new SvelteMap<string, Presence>();

export function presenceOf(userId: string | undefined): Presence | undefined {
  return userId === undefined ? undefined : known.get(userId);
}

/** `owner` (a pane, a list) shows these people; an empty list when it goes. */
export function watchPresence(owner: string, userIds: string[]): void {
  currentSync()?.watching.people(owner, userIds);
}

export function learnPresence(users: Record<string, Presence>): void {
  for (const [userId, presence] of Object.entries(users)) known.set(userId, presence);
}

/** Without a line nobody's state is known. */
export function forgetPresence(): void {
  known.clear();
}
