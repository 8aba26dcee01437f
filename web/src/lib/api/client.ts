import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { getLocale } from '#lib/paraglide/runtime.js';
import { dropEarly, takeEarly } from './early.ts';
import { ApiProblem } from './problem.ts';
import type { paths } from './schema.d.ts';

export type Api = Client<paths>;

type Watch = {
  /** False: the browser's cookie is no longer of whom this asks for. */
  isOurs: () => boolean;
  /** The session is over: 401. */
  expired: () => void;
  /** A shared account has to say first who acts. */
  actorRequired: () => void;
};

/** Longer than any answer takes on a bad line; a request without an end would look like a frozen screen. */
const patienceMilliseconds = 20_000;

/** The API of one organisation. */
export function createApi(tenant: string, watch: Watch): Api {
  const api = createClient<paths>({
    baseUrl: `/${tenant}/api/v1`,
    fetch: patientFetch,
  });
  const guard: Middleware = {
    onRequest({ request }) {
      if (!watch.isOurs()) throw new ApiProblem(401, {});
      request.headers.set('Accept-Language', getLocale());
    },
    async onResponse({ request, response }) {
      const signingIn = request.method === 'POST' && request.url.endsWith('/session');
      if (response.status === 401 && !signingIn) watch.expired();
      if (response.status === 403 && (await isActorRequired(response))) watch.actorRequired();
    },
    onError: () => new ApiProblem(0, {}),
  };
  api.use(guard);
  return api;
}

async function isActorRequired(response: Response): Promise<boolean> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return typeof problem === 'object' && problem !== null && 'type' in problem && String(problem.type).endsWith('/actor-required');
}

/** A fetch that gives up. (`AbortSignal.any` is newer than the oldest browsers served.) */
async function patientFetch(request: Request): Promise<Response> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), patienceMilliseconds);
  request.signal.addEventListener('abort', () => giveUp.abort());
  try {
    if (request.method !== 'GET') dropEarly();
    return await (takeEarly(request.url) ?? fetch(request, { signal: giveUp.signal }));
  } finally {
    clearTimeout(timer);
  }
}
