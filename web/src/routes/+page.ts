import { redirect } from '@sveltejs/kit';
import { tenants } from '#lib/shell/tenants.svelte.ts';

/** Whoever has one organisation only, or was in one only, has nothing to choose. */
export async function load({ url }) {
  await tenants.know();
  const choosing = url.searchParams.has('choose');
  const only = tenants.all.length === 1 ? tenants.all[0] : tenants.mine.length === 1 ? tenants.mine[0] : undefined;
  if (only && !choosing) redirect(307, `/${only.name}/talk`);
}
