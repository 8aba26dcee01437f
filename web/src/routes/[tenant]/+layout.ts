import { redirect } from '@sveltejs/kit';
import { ApiProblem } from '#lib/api/problem.ts';
import { signInPath } from '#lib/session/paths.ts';
import { session } from '#lib/session/session.svelte.ts';
import { tenants } from '#lib/shell/tenants.svelte.ts';

/** Everything of an organisation waits here until it is known who is signed in. */
export async function load({ params, route, url }) {
  await knowTenants(params.tenant);
  if (route.id === '/[tenant]/signin') {
    session.visit(params.tenant);
    void session.tellLeft();
    return;
  }
  if ((await session.enter(params.tenant)) === 'out') redirect(303, signInPath(params.tenant, url.pathname + url.search));
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
