// Asks as one types: an answer to what is asked no more is dropped.
import type { Api } from '#lib/api/client.ts';
import { ApiProblem, unwrap, wordsFor } from '#lib/api/problem.ts';
import type { components } from '#lib/api/schema.d.ts';
import type { User } from '#lib/api/shapes.ts';
import { asksSomething, type Question, queryOf } from './question.ts';

export type Hit = components['schemas']['Hit'];
/** What stands in a conversation: a message, or a file that one shows. */
export type SaidHit = Exclude<Hit, { kind: 'note' }>;
export type NoteHit = Extract<Hit, { kind: 'note' }>;

/** What tells one hit from another. */
export const keyOf = (hit: Hit) => (hit.kind === 'note' ? `${hit.roomId}/note/${hit.no}` : `${hit.roomId}/${hit.seq}`);
/** Where it leads. */
export const hrefOf = (tenant: string, hit: Hit) => `/${tenant}/talk/${hit.roomId}?${hit.kind === 'note' ? `note=${hit.no}` : `seq=${hit.seq}`}`;

const PAGE = 30;

export class Finding {
  hits: Hit[] = $state.raw([]);
  people: User[] = $state.raw([]);
  /** What these answer; none before the first answer. */
  answered: Question | undefined = $state.raw();
  isAsking = $state(false);
  problem: string | undefined = $state();
  /** Much of what was written long ago is not found yet. */
  indexing = $state(false);
  #cursor: string | undefined = $state();
  #turn = 0;
  #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get hasMore(): boolean {
    return this.#cursor !== undefined;
  }

  async ask(question: Question): Promise<void> {
    if (!asksSomething(question)) return this.forget();
    await this.#fetch(question, undefined);
  }

  async more(): Promise<void> {
    if (this.answered && this.#cursor && !this.isAsking) await this.#fetch(this.answered, this.#cursor);
  }

  /** Nothing is asked any more, and nothing is shown. */
  forget(): void {
    this.#turn += 1;
    [this.hits, this.people, this.answered, this.#cursor, this.problem] = [[], [], undefined, undefined, undefined];
    [this.isAsking, this.indexing] = [false, false];
  }

  async #fetch(question: Question, cursor: string | undefined): Promise<void> {
    const turn = (this.#turn += 1);
    this.isAsking = true;
    try {
      const query = { ...queryOf(question, Date.now()), limit: PAGE, cursor };
      const found = await unwrap(this.#api.GET('/search', { params: { query } }));
      if (turn !== this.#turn) return;
      this.hits = cursor ? [...this.hits, ...found.items] : found.items;
      this.people = cursor ? [...this.people, ...found.people] : found.people;
      this.#cursor = found.nextCursor ?? undefined;
      [this.answered, this.indexing, this.problem] = [question, found.indexing, undefined];
    } catch (cause) {
      if (turn === this.#turn) this.problem = saidOf(cause);
    } finally {
      if (turn === this.#turn) this.isAsking = false;
    }
  }
}

/** What is wrong with the question says more than that something is. */
function saidOf(cause: unknown): string {
  return (cause instanceof ApiProblem && cause.errors[0]?.message) || wordsFor(cause);
}
