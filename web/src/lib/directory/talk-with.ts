import { goto } from '$app/navigation';
import { ApiProblem, unwrap, wordsFor } from '#lib/api/problem.ts';
import type { components } from '#lib/api/schema.d.ts';
import type { OrgUnit } from '#lib/api/shapes.ts';
import { session } from '#lib/session/session.svelte.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';
import { PeopleList } from './people.svelte.ts';

type Room = components['schemas']['Room'];

/** Opens the talk with one person: the one there is, or a new one. */
export function talkWith(userId: string): Promise<void> {
  return open(async () => (await unwrap(session.api.POST('/rooms', { body: { kind: 'direct', memberIds: [userId] } }))).id);
}

/** Opens a section's talk: its own room where one may make or be in that, else the group of those who are in it now. */
export function talkWithUnit(unit: OrgUnit): Promise<void> {
  return open(async () => {
    const rooms = await roomsCalled(unit.name);
    const own = rooms.find((room) => room.kind === 'orgUnit' && room.orgUnitId === unit.id);
    if (own) return own.id;
    return managesRooms() ? await makeRoom(unit) : await groupOf(unit, rooms);
  });
}

async function open(find: () => Promise<string>): Promise<void> {
  try {
    const id = await find();
    await goto(`/${session.tenant}/talk/${id}`);
  } catch (problem) {
    toast.error(wordsFor(problem));
  }
}

const managesRooms = () => session.me.rights.includes('manageRooms');

async function roomsCalled(name: string): Promise<Room[]> {
  return (await unwrap(session.api.GET('/rooms', { params: { query: { q: name, limit: 200 } } }))).items;
}

async function makeRoom(unit: OrgUnit): Promise<string> {
  const body = { kind: 'orgUnit', orgUnitId: unit.id, includeChildren: true } as const;
  return (await unwrap(session.api.POST('/rooms', { body }))).id;
}

/** The group that an earlier press made, as long as the same people are in it. */
async function groupOf(unit: OrgUnit, rooms: readonly Room[]): Promise<string> {
  const list = new PeopleList(session.api, { orgUnitId: unit.id, includeChildren: true });
  while (!list.complete) {
    await list.more();
    if (list.problem) throw new ApiProblem(0, { detail: list.problem });
  }
  const memberIds = list.people.map((user) => user.id).filter((id) => id !== session.me.id);
  for (const room of rooms) {
    const isLike = room.kind === 'group' && room.title === unit.name && room.memberCount === memberIds.length + 1;
    if (isLike && (await membersOf(room.id)).every((id) => id === session.me.id || memberIds.includes(id))) return room.id;
  }
  return (await unwrap(session.api.POST('/rooms', { body: { kind: 'group', title: unit.name, memberIds } }))).id;
}

async function membersOf(roomId: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 200, cursor };
    const page = await unwrap(session.api.GET('/rooms/{roomId}/members', { params: { path: { roomId }, query } }));
    ids.push(...page.items.map((member) => member.userId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return ids;
}
