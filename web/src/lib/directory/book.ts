import { unwrap } from '#lib/api/problem.ts';
import type { components } from '#lib/api/schema.d.ts';
import type { User } from '#lib/api/shapes.ts';
import { session } from '#lib/session/session.svelte.ts';
import { UnitTree } from './units.ts';

export type Group = components['schemas']['Group'];

/** The whole organisation tree: some hundred lines even in a large city. */
export async function loadTree(): Promise<UnitTree> {
  return new UnitTree((await unwrap(session.api.GET('/orgUnits'))).items);
}

/** Named sets of people and sections; guests see none. */
export async function loadGroups(): Promise<Group[]> {
  const groups: Group[] = [];
  let cursor: string | undefined;
  do {
    const page = await unwrap(session.api.GET('/groups', { params: { query: { limit: 200, cursor } } }));
    groups.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return groups;
}

export function loadPerson(id: string): Promise<User> {
  return unwrap(session.api.GET('/users/{id}', { params: { path: { id } } }));
}
