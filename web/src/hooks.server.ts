// Runs at the build alone, which makes the one page of the client: puts into it what must begin before the app is there.
import { readFileSync } from 'node:fs';
import type { Handle } from '@sveltejs/kit/hooks';
import early from './early.js?raw';

/** The pages whose files are asked for at once where one opens a conversation. */
const PAGES = ['src/routes/+error.svelte', 'src/routes/[tenant]/+layout.svelte', 'src/routes/[tenant]/talk/[[roomId]]/+page.svelte'];

type Manifest = Record<string, { file: string; css?: string[] }>;

/** Addresses of those pages' scripts and styles. Kit makes a module of each page, which says where the page comes from. */
function filesOfPages(): [href: string, rel: string][] {
  const manifest = JSON.parse(readFileSync('.svelte-kit/output/client/.vite/manifest.json', 'utf8')) as Manifest;
  const isOfPages = (module: string) => PAGES.some((page) => readFileSync(module, 'utf8').includes(page));
  const found = Object.entries(manifest).filter(([module]) => module.includes('/client-optimized/nodes/') && isOfPages(module));
  if (found.length !== PAGES.length) throw new Error('The pages of kit are elsewhere: see whether hooks.server.ts still finds them.');
  return found.flatMap(([, { file, css = [] }]) => [[`/${file}`, 'modulepreload'], ...css.map((style): [string, string] => [`/${style}`, 'preload'])] as [string, string][]);
}

export const handle: Handle = ({ event, resolve }) =>
  resolve(event, {
    transformPageChunk: ({ html }) => {
      const files = JSON.stringify(filesOfPages());
      const script = early.replace(/\/\* files \*\/.*\/\* files \*\//, () => files).replaceAll(/^\s*\/\/.*\n/gm, '');
      return html.replace('%early%', () => script);
    },
  });
