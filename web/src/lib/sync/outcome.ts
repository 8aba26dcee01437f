// What became of one attempt to bring something to the server.
import type { ScheduledMessage } from './scheduled.ts';
import type { Message, Problem } from './types.ts';

export type Outcome =
  | { kind: 'sent'; message: Message }
  /** The server keeps it until its time has come. */
  | { kind: 'scheduled'; message: ScheduledMessage }
  /** No network, no server, or "later": the same again, after a while. */
  | { kind: 'later'; afterMs?: number }
  /** Not before a person has done something about it. */
  | { kind: 'held' }
  | { kind: 'refused'; reason: string };

/** Whether repeating the same request could end otherwise. */
export function outcomeOf(problem: Omit<Problem, 'title'>, retryAfterSeconds?: number): Exclude<Outcome, { kind: 'sent' | 'scheduled' }> {
  const { status, type } = problem;
  if (type?.endsWith('actor-required')) return { kind: 'held' };
  // 507: the organisation's storage is full, which somebody has to see to.
  const passes =
    status === 0 || (status >= 500 && status !== 507) || status === 401 || status === 408 || status === 425 || status === 429;
  if (passes) return { kind: 'later', afterMs: retryAfterSeconds ? retryAfterSeconds * 1000 : undefined };
  return { kind: 'refused', reason: problem.errors?.[0]?.message ?? problem.detail ?? '' };
}
