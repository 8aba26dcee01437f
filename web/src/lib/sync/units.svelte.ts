// The organisation's sections by name, for mentions: asked for once, when the first is met.
import type { OrgUnit } from './types.ts';

export class Units {
  all: OrgUnit[] = $state.raw([]);
  #fetch: () => Promise<OrgUnit[]>;
  #asking: Promise<OrgUnit[]> | undefined;

  constructor(fetch: () => Promise<OrgUnit[]>) {
    this.#fetch = fetch;
  }

  load(): Promise<OrgUnit[]> {
    this.#asking ??= this.#fetch().then(
      (all) => (this.all = all),
      (problem: unknown) => {
        this.#asking = undefined;
        throw problem;
      },
    );
    return this.#asking;
  }
}
