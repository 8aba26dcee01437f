// Cards of links: asked of the server when their message comes near the screen, kept in memory while the page is open.
import { SvelteMap } from 'svelte/reactivity';
import type { LinkCard } from '#lib/api/shapes.ts';
import type { TalkApi } from '#lib/sync/api.ts';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import type { Message } from '#lib/sync/types.ts';
import { linksOf } from '../markup/links.ts';

/** Links of one message that have cards. */
const CARDS = 3;
/** Messages whose cards are kept; those kept longest go first. */
const AT_MOST = 500;

type Linked = Pick<Message, 'roomId' | 'seq' | 'text'>;

export class Cards {
  /** False once the server has said that there are none here. */
  isOn = true;
  /** What pages are called, by their addresses, as far as that was heard. */
  readonly titles = new SvelteMap<string, string>();
  #api: Pick<TalkApi, 'linkCards'>;
  #known = new Map<string, LinkCard[]>();
  #asked = new Map<string, Promise<LinkCard[]>>();

  constructor(api: Pick<TalkApi, 'linkCards'>) {
    this.#api = api;
  }

  known(message: Linked): LinkCard[] | undefined {
    return this.#known.get(keyOf(message));
  }

  /** Once for all who ask at a time. What could not be had is none, and asked again by whoever asks next. */
  ask(message: Linked): Promise<LinkCard[]> {
    const key = keyOf(message);
    const asked = this.#asked.get(key) ?? this.#fetch(message, key).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  async #fetch({ roomId, seq }: Linked, key: string): Promise<LinkCard[]> {
    try {
      const { items, pending, enabled } = await this.#api.linkCards(roomId, seq);
      this.isOn = enabled;
      if (!pending) this.#keep(key, items);
      return items;
    } catch {
      return [];
    }
  }

  #keep(key: string, items: LinkCard[]): void {
    this.#known.set(key, items);
    for (const { url, title } of items) this.titles.set(url, title);
    const [oldest] = this.#known.keys();
    if (this.#known.size > AT_MOST && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Those of a message's links that may have cards. */
export function cardLinksOf(text: string): string[] {
  return linksOf(text).slice(0, CARDS);
}

/** Another wording with the same links has the same cards. */
function keyOf({ roomId, seq, text }: Linked): string {
  return [roomId, seq, ...cardLinksOf(text)].join(' ');
}

const cards = new WeakMap<Sync, Cards>();

export function cardsOf(sync: Sync): Cards {
  const held = cards.get(sync) ?? new Cards(sync.api);
  cards.set(sync, held);
  return held;
}
