// What is asked of the search. Kept in the page's address, so that going back works.
import type { operations } from '#lib/api/schema.d.ts';
import { isoDay } from '#lib/talk/time.ts';

type Query = NonNullable<operations['search']['parameters']['query']>;

export const kinds = ['all', 'messages', 'notes', 'people'] as const;
export const spans = ['ever', 'week', 'month', 'year'] as const;
export type Kind = (typeof kinds)[number];
export type Span = (typeof spans)[number];

export interface Question {
  q: string;
  /** Among what. */
  among: Kind;
  sort: 'newest' | 'best';
  /** In this room alone. */
  room?: string;
  /** How far back. */
  span: Span;
}

/** The longest question that the server takes. */
export const LONGEST = 100;
const DAYS: Record<Span, number | undefined> = { ever: undefined, week: 7, month: 31, year: 365 };
const DAY_MS = 86_400_000;

export function questionIn(url: { searchParams: Pick<URLSearchParams, 'get'> }): Question {
  const get = (name: string) => url.searchParams.get(name) ?? undefined;
  return {
    q: get('q') ?? '',
    among: kinds.find((kind) => kind === get('in')) ?? 'all',
    sort: get('sort') === 'best' ? 'best' : 'newest',
    room: get('room'),
    span: spans.find((span) => span === get('since')) ?? 'ever',
  };
}

export function addressOf(tenant: string, { q, among = 'all', sort = 'newest', room, span = 'ever' }: Partial<Question>): string {
  const query = new URLSearchParams();
  if (q) query.set('q', q);
  if (room) query.set('room', room);
  if (among !== 'all') query.set('in', among);
  if (sort !== 'newest') query.set('sort', sort);
  if (span !== 'ever') query.set('since', span);
  const text = query.toString();
  return `/${tenant}/search${text ? `?${text}` : ''}`;
}

/** Whether there is anything to look for. */
export function asksSomething({ q, room }: Question): boolean {
  return q.trim() !== '' && !(room === undefined && /^(from|in|after|before)[:：]$/iu.test(q.trim()));
}

export function queryOf({ q, among, sort, room, span }: Question, now: number): Query {
  const days = DAYS[span];
  return {
    q: q.trim(),
    in: among,
    sort,
    roomId: room,
    after: days === undefined ? undefined : isoDay(now - days * DAY_MS),
  };
}
