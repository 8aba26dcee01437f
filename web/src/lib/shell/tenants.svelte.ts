import { takeEarly } from '#lib/api/early.ts';
import { ApiProblem, problemOf } from '#lib/api/problem.ts';

export type Tenant = { name: string; title: string };

const remembered = 'irori-tenants';
const visited = 'irori-visited';
const PATIENCE_MS = 1_000;

/** The organisations of this server, and which of them this device has signed in to. */
class Tenants {
  all = $state<Tenant[]>(read<Tenant[]>(remembered, []));
  #visited = $state<string[]>(read<string[]>(visited, []));

  async load(): Promise<void> {
    const asking = takeEarly('/tenants') ?? fetch('/tenants', { headers: { Accept: 'application/json' } });
    const response = await asking.catch(() => {
      throw new ApiProblem(0, {});
    });
    if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
    this.all = (await response.json()) as Tenant[];
    write(remembered, this.all);
  }

  /** As far as they are known here: nothing waits long for what the device remembers, nor fails for want of a network. */
  async know(): Promise<void> {
    const loading = this.load();
    if (this.all.length === 0) return loading;
    const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
    await Promise.race([loading.catch(() => undefined), late]);
  }

  titleOf(name: string): string {
    return this.all.find((tenant) => tenant.name === name)?.title ?? name;
  }

  /** Its place in the row of band colours. */
  colourOf(name: string): number {
    const index = this.all.findIndex((tenant) => tenant.name === name);
    return index < 0 ? 0 : index % 5;
  }

  /** Those one has been in from this device, in the server's order. */
  get mine(): Tenant[] {
    return this.all.filter((tenant) => this.#visited.includes(tenant.name));
  }

  visit(name: string) {
    if (!this.#visited.includes(name)) this.#visited = [...this.#visited, name];
    write(visited, this.#visited);
  }

  leave(name: string) {
    this.#visited = this.#visited.filter((one) => one !== name);
    write(visited, this.#visited);
  }
}

function read<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(key: string, value: unknown) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage refused: it is asked for again next time.
  }
}

export const tenants = new Tenants();
