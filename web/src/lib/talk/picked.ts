// People and sections that were picked, and whom they stand for.
import type { TalkApi } from '#lib/sync/api.ts';

export interface Picked {
  kind: 'person' | 'unit';
  id: string;
  name: string;
}

/** Everyone who was picked, each once, without oneself. */
export async function everyone(api: TalkApi, picked: readonly Picked[], me: string): Promise<string[]> {
  const ids = new Set<string>();
  for (const one of picked) {
    if (one.kind === 'person') ids.add(one.id);
    else for (const person of await api.peopleOf(one.id)) ids.add(person.id);
  }
  ids.delete(me);
  return [...ids];
}
