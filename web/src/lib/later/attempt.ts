// Does something, and says what went wrong instead of doing nothing.
import { wordsFor, ApiProblem } from '#lib/api/problem.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';

export async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (problem) {
    const field = problem instanceof ApiProblem ? problem.errors[0]?.message : undefined;
    toast.error(field ?? wordsFor(problem));
  }
}
