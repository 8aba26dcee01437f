import { error } from '@sveltejs/kit';
import { dev } from '$app/env';

/** Our components in all their states: for whoever builds screens, not for whoever uses them. */
export async function load() {
  if (!dev) error(404);
  return { Gallery: (await import('#lib/ui/gallery/Gallery.svelte')).default };
}
