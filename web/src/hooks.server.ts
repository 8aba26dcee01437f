// Runs where the client's one page is made: puts into its head what must begin before the app is there.
import { readFileSync } from 'node:fs';
import { building } from '$app/env';
import type { Handle } from '@sveltejs/kit/hooks';
import early from './early.js?raw';

/** The pages that somebody signed in may open first, by their place in the address; what all of them are framed by. */
const PAGES: Record<string, string> = { talk: 'talk/[[roomId]]/+page.svelte', addressbook: 'addressbook/+page.svelte', more: 'more/+page.svelte' };
const FRAME = ['+error.svelte', '[tenant]/+layout.svelte'];

type Manifest = Record<string, { file: string; name?: string; imports?: string[]; css?: string[] }>;

/** The files that each place needs besides those that kit names by itself, for the client to ask for all of them at once. */
function filesOfPlaces(): Record<string, string[]> {
  const manifest = JSON.parse(readFileSync('.svelte-kit/output/client/.vite/manifest.json', 'utf8')) as Manifest;
  const nodes = Object.keys(manifest).filter((module) => module.includes('/client-optimized/nodes/'));
  const nodeOf = (page: string) => {
    const node = nodes.find((module) => readFileSync(module, 'utf8').includes(`/routes/${page}`));
    if (!node) throw new Error(`Kit makes no module of ${page} any more: see how hooks.server.ts finds them.`);
    return node;
  };
  const collect = (module: string, found: Set<string>) => {
    const { file, name, imports = [], css = [] } = manifest[module]!;
    if (name === 'conversation' || found.has(`/${file}`)) return;
    for (const each of [file, ...css]) found.add(`/${each}`);
    for (const each of imports) collect(each, found);
  };
  return Object.fromEntries(
    Object.entries(PAGES).map(([place, page]) => {
      const found = new Set<string>();
      for (const each of [...FRAME, `[tenant]/${page}`]) collect(nodeOf(each), found);
      return [place, [...found]];
    }),
  );
}

export const handle: Handle = ({ event, resolve }) =>
  resolve(event, {
    transformPageChunk: ({ html }) =>
      html
        .replace('%files%', () => (building ? JSON.stringify(filesOfPlaces()) : '{}'))
        .replace('%early%', () => early.replaceAll(/^\s*\/[/*].*\n/gm, '')),
  });
