import { unwrap } from '#lib/api/problem.ts';
import type { OrgUnit, User } from '#lib/api/schema.d.ts';
import { session } from '#lib/session/session.svelte.ts';
import { UnitTree } from './units.ts';

/** The whole organisation tree: some hundred lines even in a large city. */
export async function loadTree(): Promise<UnitTree> {
  const units: OrgUnit[] = [];
  let cursor: string | undefined;
  do {
    const page = await unwrap(session.api.GET('/orgUnits', { params: { query: { limit: 200, cursor } } }));
    units.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return new UnitTree(units);
}

export function loadPerson(id: string): Promise<User> {
  return unwrap(session.api.GET('/users/{id}', { params: { path: { id } } }));
}
