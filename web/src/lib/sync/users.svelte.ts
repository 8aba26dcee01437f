// Names of people, resolved through one batched call and kept; components ask by id and redraw when it is known.
import { SvelteMap } from 'svelte/reactivity';
import type { Person } from './types.ts';

const AT_ONCE = 200;

export class Users {
  #known = new SvelteMap<string, Person>();
  #wanted = new Set<string>();
  #asked = new Set<string>();
  #scheduled = false;
  #fetch: (ids: string[]) => Promise<Person[]>;
  onlearned: (people: Person[]) => void = () => {};

  constructor(fetch: (ids: string[]) => Promise<Person[]>) {
    this.#fetch = fetch;
  }

  /** Whoever is known by this id; asks the server once for those who are not. */
  get(id: string | undefined): Person | undefined {
    if (!id) return undefined;
    const person = this.#known.get(id);
    if (!person) this.#want(id);
    return person;
  }

  learn(people: readonly Person[] | undefined): void {
    const fresh = (people ?? []).filter((person) => differs(this.#known.get(person.id), person));
    for (const person of fresh) this.#known.set(person.id, { ...this.#known.get(person.id), ...person });
    if (fresh.length > 0) this.onlearned(fresh);
  }

  #want(id: string): void {
    if (this.#asked.has(id)) return;
    this.#wanted.add(id);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => void this.#resolve(), 0);
  }

  async #resolve(): Promise<void> {
    this.#scheduled = false;
    const ids = [...this.#wanted].slice(0, AT_ONCE);
    for (const id of ids) {
      this.#wanted.delete(id);
      this.#asked.add(id);
    }
    try {
      this.learn(await this.#fetch(ids));
    } catch {
      // No network: whoever is drawn again later asks again.
      for (const id of ids) this.#asked.delete(id);
    }
    if (this.#wanted.size > 0) await this.#resolve();
  }
}

function differs(held: Person | undefined, other: Person): boolean {
  return !held || (Object.keys(other) as (keyof Person)[]).some((key) => other[key] !== held[key]);
}
