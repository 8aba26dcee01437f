// What one sent to many rooms, and what came of each.
import { wordsFor } from '#lib/api/problem.ts';
import type { TalkApi } from '#lib/sync/api.ts';
import type { Broadcast, BroadcastDetail, BroadcastReplies } from '#lib/sync/broadcasts.ts';

/** The list, the newest first. */
export class Sent {
  items: Broadcast[] | undefined = $state.raw();
  problem: string | undefined = $state();
  #cursor: string | undefined = $state();
  #api: TalkApi;

  constructor(api: TalkApi) {
    this.#api = api;
  }

  get hasMore(): boolean {
    return this.#cursor !== undefined;
  }

  load = () => this.#fetch(undefined);
  more = () => this.#fetch(this.#cursor);

  async #fetch(cursor: string | undefined): Promise<void> {
    try {
      const page = await this.#api.broadcasts(cursor);
      this.items = cursor ? [...(this.items ?? []), ...page.items] : page.items;
      this.#cursor = page.nextCursor ?? undefined;
      this.problem = undefined;
    } catch (cause) {
      this.problem = wordsFor(cause);
    }
  }
}

/** One of them. Asked for anew while it is looked at; what came before stays until the answer is here. */
export class Outcome {
  detail: BroadcastDetail | undefined = $state.raw();
  replies: BroadcastReplies | undefined = $state.raw();
  problem: string | undefined = $state();
  readonly #id: string;
  readonly #api: TalkApi;

  constructor(api: TalkApi, id: string) {
    this.#api = api;
    this.#id = id;
  }

  async load(): Promise<void> {
    try {
      [this.detail, this.replies] = await Promise.all([this.#api.broadcast(this.#id), this.#api.broadcastReplies(this.#id)]);
      this.problem = undefined;
    } catch (cause) {
      this.problem = wordsFor(cause);
    }
  }

  /** Older replies than those shown. */
  async more(): Promise<void> {
    const { replies } = this;
    if (!replies?.nextCursor) return;
    const { items, users, nextCursor } = await this.#api.broadcastReplies(this.#id, replies.nextCursor);
    this.replies = { items: [...replies.items, ...items], users: [...replies.users, ...users], nextCursor };
  }

  async recall(): Promise<void> {
    await this.#api.recallBroadcast(this.#id);
    await this.load();
  }
}

/** Emoji of all rooms together, the most used first. */
export function totals({ rooms }: BroadcastDetail): { emoji: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { emoji, count } of rooms.flatMap(({ reactions }) => reactions)) counts.set(emoji, (counts.get(emoji) ?? 0) + count);
  return [...counts].map(([emoji, count]) => ({ emoji, count })).sort((a, b) => b.count - a.count);
}
