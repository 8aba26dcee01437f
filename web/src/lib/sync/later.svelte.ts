// What one has scheduled, and what one wants to be reminded of: both whole, for there are few of them.
import type { TalkApi } from './api.ts';
import type { Reminder, ScheduledMessage } from './scheduled.ts';
import type { Message } from './types.ts';

type What = 'scheduled' | 'reminders';
type Lists = Pick<TalkApi, What>;

const keyOf = ({ roomId, seq }: { roomId: string; seq: number }) => `${roomId}/${seq}`;

export class Later {
  scheduled: ScheduledMessage[] = $state.raw([]);
  reminders: Reminder[] = $state.raw([]);
  /** Which list is open, of one room or of all. */
  showing: { tab: What; roomId?: string } | undefined = $state.raw();
  /** The server has taken a message to be sent later. Set by the screen that says so. */
  ontook: (message: ScheduledMessage) => void = () => {};
  #api: Lists;
  /** Which question is the last: the answer to an earlier one comes too late. */
  #asked: Record<What, number> = { scheduled: 0, reminders: 0 };
  #held = new Set<What>();

  constructor(api: Lists) {
    this.#api = api;
  }

  readonly #byMessage: Map<string, Reminder> = $derived(new Map(this.reminders.map((one) => [keyOf(one), one])));
  readonly due: Reminder[] = $derived(this.reminders.filter((one) => one.due));
  readonly failed: ScheduledMessage[] = $derived(this.scheduled.filter((one) => one.failure));

  reminderOf(message: { roomId: string; seq: number }): Reminder | undefined {
    return this.#byMessage.get(keyOf(message));
  }

  /** There is a line: what was never had is asked for. What changes afterwards the line says. */
  start(): void {
    for (const what of ['scheduled', 'reminders'] as const) if (!this.#held.has(what)) void this.load(what);
  }

  /** Asks anew; without an answer all stays as it was, and the next line asks again. */
  async load(what: What): Promise<void> {
    const asked = ++this.#asked[what];
    this.#held.delete(what);
    try {
      const list = await this.#api[what]();
      if (asked !== this.#asked[what]) return;
      this.#held.add(what);
      if (what === 'scheduled') this.scheduled = list as ScheduledMessage[];
      else this.reminders = list as Reminder[];
    } catch {
      // Without a network, or signed out: nothing to say.
    }
  }

  took(message: ScheduledMessage): void {
    this.put(message);
    this.ontook(message);
  }

  put(message: ScheduledMessage): void {
    const others = this.scheduled.filter((one) => one.id !== message.id);
    this.scheduled = [...others, message].sort((a, b) => Date.parse(a.sendAt) - Date.parse(b.sendAt));
  }

  remove(id: string): void {
    this.scheduled = this.scheduled.filter((one) => one.id !== id);
  }

  remind(reminder: Reminder): void {
    const others = this.reminders.filter((one) => keyOf(one) !== keyOf(reminder));
    this.reminders = [...others, reminder].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }

  forget(message: { roomId: string; seq: number }): void {
    this.reminders = this.reminders.filter((one) => keyOf(one) !== keyOf(message));
  }

  /** Nobody is reminded of what was taken back. */
  recalled(message: Message): void {
    if (this.reminderOf(message)) this.forget(message);
  }

  /** Nor of what was said where one is not any more. */
  left(roomId: string): void {
    if (this.reminders.some((one) => one.roomId === roomId)) this.reminders = this.reminders.filter((one) => one.roomId !== roomId);
  }
}
