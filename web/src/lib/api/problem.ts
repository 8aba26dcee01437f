import { m } from '#lib/paraglide/messages.js';

/** RFC 9457, as every refusal of the server is written. */
interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { field: string; message: string }[];
}

/** A refusal of the server, or the want of a server: `status` 0 is no network. */
export class ApiProblem extends Error {
  readonly status: number;
  /** The last part of the problem's type: `not-found`, `actor-required`. */
  readonly kind: string;
  /** What happened and what to do, in the reader's language. */
  readonly detail: string;
  readonly errors: readonly { field: string; message: string }[];
  /** Seconds to wait, where the server named them. */
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfter?: number) {
    const detail = problem.detail ?? (status === 0 ? m.problem_offline() : m.problem_unknown());
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.kind = problem.type?.split('/').pop() ?? '';
    this.detail = detail;
    this.errors = problem.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** What is wrong with this field, to be said beside it. */
  fieldError(name: string): string | undefined {
    return this.errors.find((error) => error.field === name)?.message;
  }
}

/** What went wrong, in words for a person. */
export function wordsFor(problem: unknown): string {
  return problem instanceof ApiProblem ? problem.detail : m.problem_unknown();
}

/** No network, or a server that can't answer: what is on the device is then all there is. */
export function isAway(problem: unknown): boolean {
  return problem instanceof ApiProblem && (problem.status === 0 || problem.status >= 500);
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer's data; throws an {@link ApiProblem} for all else. */
export async function unwrap<T>(request: Promise<Answer<T>>): Promise<T> {
  const answer = await request.catch((cause: unknown) => {
    if (cause instanceof ApiProblem) throw cause;
    throw new ApiProblem(0, {});
  });
  if (answer.response.ok) return answer.data as T;
  throw problemOf(answer.response, answer.error);
}

/** The refusal that a response carries; one without a readable body still has its status. */
export function problemOf(response: Response, body: unknown): ApiProblem {
  const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  const retryAfter = Number(response.headers.get('Retry-After'));
  return new ApiProblem(response.status, problem, retryAfter > 0 ? retryAfter : undefined);
}
