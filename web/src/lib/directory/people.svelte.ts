import type { Api } from '#lib/api/client.ts';
import { unwrap, wordsFor } from '#lib/api/problem.ts';
import type { User } from '#lib/api/shapes.ts';
import { type KanaRow, kanaRows, rowOf } from './kana.ts';

export type PeopleQuery = { q?: string; orgUnitId?: string; includeChildren?: boolean; groupId?: string; ids?: string };

const pageSize = 100;

/** People in the order of their readings, fetched page by page as far as somebody looks. */
export class PeopleList {
  people = $state.raw<User[]>([]);
  loading = $state(false);
  problem = $state<string>();
  #cursor = $state<string>();
  #started = $state(false);

  constructor(
    private readonly api: Api,
    private readonly query: PeopleQuery,
  ) {}

  get complete(): boolean {
    return this.#started && this.#cursor === undefined;
  }

  async more(): Promise<void> {
    if (this.loading || this.complete) return;
    this.loading = true;
    this.problem = undefined;
    try {
      const query = { ...this.query, limit: pageSize, cursor: this.#cursor };
      const page = await unwrap(this.api.GET('/users', { params: { query } }));
      this.people = [...this.people, ...page.items];
      this.#cursor = page.nextCursor ?? undefined;
      this.#started = true;
    } catch (problem) {
      this.problem = wordsFor(problem);
    } finally {
      this.loading = false;
    }
  }

  /** Fetches on until nobody of this row can be missing. */
  async through(row: KanaRow): Promise<void> {
    while (!this.complete && !this.problem && !this.#isPast(row)) await this.more();
  }

  #isPast(row: KanaRow): boolean {
    const last = rowOf(this.people.at(-1)?.kana ?? '');
    return last !== undefined && kanaRows.indexOf(last) > kanaRows.indexOf(row);
  }
}
