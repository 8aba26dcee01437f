// Days and times as people in Japan read them. The service keeps Japan's time, which has no summer time.
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { isHoliday } from './holidays.ts';

const OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;

/** Days since 1970 in Japan: the same number, the same day. */
export function dayOf(time: string | number | Date): number {
  return Math.floor((new Date(time).getTime() + OFFSET_MS) / DAY_MS);
}

/** The moment, in ms, when a day in Japan is so many minutes old. */
export function momentAt(day: number, minutes: number): number {
  return day * DAY_MS - OFFSET_MS + minutes * 60_000;
}

/** How long it is until Japan's next day begins. */
export function msToNextDay(now: number): number {
  return (dayOf(now) + 1) * DAY_MS - OFFSET_MS - now;
}

/** 9:57, 10:42. */
export function clockOf(time: string): string {
  const local = localOf(time);
  return `${local.getUTCHours()}:${String(local.getUTCMinutes()).padStart(2, '0')}`;
}

/** In a list: 10:42 today, 昨日, the weekday within a week, 11/3, 2025/11/3. */
export function whenOf(time: string, now: number): string {
  const days = dayOf(now) - dayOf(time);
  if (days <= 0) return clockOf(time);
  if (days === 1) return m.talk_yesterday();
  const local = localOf(time);
  if (days < 7) return weekday(local);
  const date = `${local.getUTCMonth() + 1}/${local.getUTCDate()}`;
  return days < 300 ? date : `${local.getUTCFullYear()}/${date}`;
}

/** Between messages: 今日, 昨日, 11月23日（月・祝）. */
export function dateOf(day: number, now: number): string {
  const away = dayOf(now) - day;
  if (away === 0) return m.talk_today();
  const date = new Date(day * DAY_MS);
  const isThisYear = date.getUTCFullYear() === localOf(now).getUTCFullYear();
  if (getLocale() === 'en') {
    return date.toLocaleDateString('en', { timeZone: 'UTC', weekday: 'short', month: 'short', day: 'numeric', ...(isThisYear ? {} : { year: 'numeric' }) });
  }
  const year = isThisYear ? '' : `${date.getUTCFullYear()}年`;
  const holiday = isHoliday(date) ? '・祝' : '';
  return `${year}${date.getUTCMonth() + 1}月${date.getUTCDate()}日（${weekday(date)}${holiday}）`;
}

/** Whole, for what a screen reader says and a pointer shows. */
export function momentOf(time: string, now: number): string {
  return `${dateOf(dayOf(time), now)} ${clockOf(time)}`;
}

/** YYYY-MM-DD, as date fields have it. */
export function isoDay(time: string | number | Date): string {
  return new Date(dayOf(time) * DAY_MS).toISOString().slice(0, 10);
}

function weekday(local: Date): string {
  if (getLocale() === 'en') return local.toLocaleDateString('en', { timeZone: 'UTC', weekday: 'short' });
  return '日月火水木金土'[local.getUTCDay()] ?? '';
}

function localOf(time: string | number): Date {
  return new Date(new Date(time).getTime() + OFFSET_MS);
}
