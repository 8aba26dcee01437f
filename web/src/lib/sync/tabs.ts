// Tabs of one account: what they tell each other, and which of them empties the outbox.
import type { Pending } from './pending.ts';
import type { Message } from './types.ts';

/** What tabs of one account tell each other. */
export type OutboxNews =
  | { type: 'queued'; pending: Pending }
  | { type: 'sent'; message: Message; clientId: string; roomId: string }
  | { type: 'refused'; pending: Pending }
  | { type: 'dropped'; clientId: string; roomId: string };

export class Tabs {
  #channel: BroadcastChannel | undefined;
  #release: (() => void) | undefined;
  #name: string;
  #gone = false;

  constructor(tenant: string, account: string, heard: (news: OutboxNews) => void) {
    this.#name = `irori-outbox-${tenant}-${account}`;
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = (event) => heard(event.data as OutboxNews);
  }

  tell(news: OutboxNews): void {
    this.#channel?.postMessage(JSON.parse(JSON.stringify(news)));
  }

  /** Calls `lead` once this tab is the one; at once where the browser has no locks (plain http), since sends may be repeated. */
  elect(lead: () => void): void {
    if (!navigator.locks) return lead();
    void navigator.locks.request(this.#name, () => {
      if (this.#gone) return undefined;
      lead();
      return new Promise<void>((resolve) => (this.#release = resolve));
    });
  }

  close(): void {
    this.#gone = true;
    this.#channel?.close();
    this.#release?.();
  }
}
