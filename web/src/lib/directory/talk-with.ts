import { goto } from '$app/navigation';
import { unwrap, wordsFor } from '#lib/api/problem.ts';
import type { OrgUnit } from '#lib/api/shapes.ts';
import { session } from '#lib/session/session.svelte.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';
import { PeopleList } from './people.svelte.ts';

/** Opens the talk with one person: the one there is, or a new one. */
export function talkWith(userId: string): Promise<void> {
  return open(async () => (await unwrap(session.api.POST('/rooms', { body: { kind: 'direct', memberIds: [userId] } }))).id);
}

/** Opens a section's talk: its own room where one may make or be in that, else a group of those who are in it now. */
export function talkWithUnit(unit: OrgUnit): Promise<void> {
  return open(async () => (await roomOfUnit(unit)) ?? (await makeRoom(unit)));
}

async function open(find: () => Promise<string>): Promise<void> {
  try {
    const id = await find();
    await goto(`/${session.tenant}/talk/${id}`);
  } catch (problem) {
    toast.error(wordsFor(problem));
  }
}

async function roomOfUnit(unit: OrgUnit): Promise<string | undefined> {
  const rooms = await unwrap(session.api.GET('/rooms', { params: { query: { q: unit.name } } }));
  return rooms.items.find((room) => room.kind === 'orgUnit' && room.orgUnitId === unit.id)?.id;
}

async function makeRoom(unit: OrgUnit): Promise<string> {
  if (session.me.rights.includes('manageRooms')) {
    const body = { kind: 'orgUnit', orgUnitId: unit.id, includeChildren: true } as const;
    return (await unwrap(session.api.POST('/rooms', { body }))).id;
  }
  const list = new PeopleList(session.api, { orgUnitId: unit.id, includeChildren: true });
  while (!list.complete && !list.problem) await list.more();
  const memberIds = list.people.map((user) => user.id).filter((id) => id !== session.me.id);
  return (await unwrap(session.api.POST('/rooms', { body: { kind: 'group', title: unit.name, memberIds } }))).id;
}
