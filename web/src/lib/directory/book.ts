import { unwrap } from '#lib/api/problem.ts';
import type { User } from '#lib/api/shapes.ts';
import { session } from '#lib/session/session.svelte.ts';
import { UnitTree } from './units.ts';

/** The whole organisation tree: some hundred lines even in a large city. */
export async function loadTree(): Promise<UnitTree> {
  return new UnitTree((await unwrap(session.api.GET('/orgUnits'))).items);
}

export function loadPerson(id: string): Promise<User> {
  return unwrap(session.api.GET('/users/{id}', { params: { path: { id } } }));
}
