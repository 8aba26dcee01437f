import { redirect } from '@sveltejs/kit';
import { ApiProblem } from '#lib/api/problem.ts';
import { signInPath } from '#lib/session/paths.ts';
import { session } from '#lib/session/session.svelte.ts';
import { tenants } from '#lib/shell/tenants.svelte.ts';

/** Everything of an organisation waits here until it is known who is signed in. */
export async function load({ params, route, url }) {
  const known = knowTenants(params.tenant);
  if (route.id === '/[tenant]/signin') {
    await known;
    session.visit(params.tenant);
    void session.tellLeft();
    return;
  }
  // Asked at once: on a slow line each is a way there and back.
  const [, entered] = await Promise.all([known, session.enter(params.tenant)]);
  if (entered === 'out') redirect(303, signInPath(params.tenant, url.pathname + url.search));
}

/** Names and colours come from the device where they are known, so that nothing waits for them twice. */
async function knowTenants(name: string): Promise<void> {
  const loading = tenants.load();
  if (tenants.all.some((tenant) => tenant.name === name)) {
    loading.catch(() => undefined);
    return;
  }
  await loading;
  if (!tenants.all.some((tenant) => tenant.name === name)) throw new ApiProblem(404, {});
}
