// People and sections that were picked, and how many people that is.
import type { TalkApi } from '#lib/sync/api.ts';

export interface Picked {
  kind: 'person' | 'unit';
  id: string;
  name: string;
}

export class Roster {
  /** How many people were picked, each counted once; nothing while sections are still being read. */
  count: number | undefined = $state(0);
  #picked: readonly Picked[] = $state.raw([]);
  #api: Pick<TalkApi, 'peopleOf'>;
  #except: ReadonlySet<string | undefined>;
  #units = new Map<string, Promise<string[]>>();

  /** `except`: who is there anyway. */
  constructor(api: Pick<TalkApi, 'peopleOf'>, except: ReadonlySet<string | undefined>) {
    this.#api = api;
    this.#except = except;
  }

  get picked(): readonly Picked[] {
    return this.#picked;
  }

  set picked(picked: readonly Picked[]) {
    this.#picked = picked;
    this.count = undefined;
    this.everyone().then(
      (ids) => this.#picked === picked && (this.count = ids.length),
      () => {},
    );
  }

  /** Everyone who was picked, each once, in an order that is always the same. Throws what the API throws. */
  async everyone(): Promise<string[]> {
    const ids = new Set<string>();
    for (const one of this.#picked) {
      if (one.kind === 'person') ids.add(one.id);
      else for (const id of await this.#peopleOf(one.id)) ids.add(id);
    }
    return [...ids].filter((id) => !this.#except.has(id)).sort();
  }

  #peopleOf(unit: string): Promise<string[]> {
    const known = this.#units.get(unit);
    if (known) return known;
    const asking = this.#api.peopleOf(unit).then((people) => people.map((person) => person.id));
    this.#units.set(unit, asking);
    asking.catch(() => this.#units.delete(unit));
    return asking;
  }
}
