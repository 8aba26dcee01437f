// Times to choose from, in Japan's time, and how a time to come is said.
import { m } from '#lib/paraglide/messages.js';
import { clockOf, dateOf, dayOf, momentAt } from '#lib/talk/time.ts';

const MINUTE_MS = 60_000;
const MORNING = 8 * 60 + 30;

export interface Preset {
  label: string;
  /** What the label leaves open: the day, or the hour. */
  note?: string;
  /** In ms. */
  at: number;
}

/** 予約送信: 今日 18:00, 明日 8:30, 次の月曜 8:30. */
export function presetsForSending(now: number): Preset[] {
  return ahead(now, [today(now, 18), tomorrow(now), monday(now, m.later_monday_at)]);
}

/** あとで知らせる: 1時間後, 今日 17:00, 明日 8:30, 来週の月曜 8:30. */
export function presetsForReminding(now: number): Preset[] {
  const at = now + 60 * MINUTE_MS;
  const hour = { label: m.later_in_hour(), note: clockOf(new Date(at).toISOString()), at };
  return ahead(now, [hour, today(now, 17), tomorrow(now), monday(now, m.later_next_monday_at)]);
}

/** 今日 18:00, 明日 8:30, 11月30日（月） 8:30. */
export function dueOf(time: string | number, now: number): string {
  const at = new Date(time).toISOString();
  const day = dayOf(at) - dayOf(now) === 1 ? m.later_tomorrow() : dateOf(dayOf(at), now);
  return `${day} ${clockOf(at)}`;
}

/** The moment that a field for a day and one for a time name. */
export function momentOfFields(day: string, clock: string): number {
  return Date.parse(`${day}T${clock}:00+09:00`);
}

function today(now: number, hour: number): Preset {
  return { label: m.later_today_at({ clock: `${hour}:00` }), at: momentAt(dayOf(now), hour * 60) };
}

function tomorrow(now: number): Preset {
  return morningOf(dayOf(now) + 1, m.later_tomorrow_at, now);
}

function monday(now: number, label: Label): Preset {
  const day = dayOf(now);
  // 1970 began on a Thursday.
  const weekday = (day + 4) % 7;
  return morningOf(day + ((8 - weekday) % 7 || 7), label, now);
}

type Label = (inputs: { clock: string }) => string;

function morningOf(day: number, label: Label, now: number): Preset {
  return { label: label({ clock: '8:30' }), note: dateOf(day, now), at: momentAt(day, MORNING) };
}

/** Those that still lie ahead, each moment once: on a Sunday 明日 is the Monday. */
function ahead(now: number, presets: Preset[]): Preset[] {
  return presets.filter(({ at }, index) => at > now + 2 * MINUTE_MS && presets.findIndex((other) => other.at === at) === index);
}
