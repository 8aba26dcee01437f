import type { HandleClientError } from '@sveltejs/kit/hooks';
import { ApiProblem } from '#lib/api/problem.ts';
import { m } from '#lib/paraglide/messages.js';

/** What the error page says: words for a person, never a stack. */
export const handleError: HandleClientError = ({ kind, error }) => {
  if (kind === 'app') return error;
  if (kind === 'framework') return { status: error.status, message: m.problem_unknown() };
  if (error instanceof ApiProblem) return { status: error.status || 503, message: error.detail };
  console.error(error);
  return { status: 500, message: m.problem_unknown() };
};
