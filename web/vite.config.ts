import { paraglideVitePlugin } from '@inlang/paraglide-js';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a server: `irori serve --listen 127.0.0.1:8080`. */
const server = process.env.IRORI_ORIGIN ?? 'http://127.0.0.1:8080';

/** The page's policy allows no inline style; kit's announcer of page titles brings one, where our own class does the same. */
function announcerWithoutInlineStyle(): Plugin {
  const inline = /\sstyle="position: absolute[^"]*"/;
  return {
    name: 'announcer-without-inline-style',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/kit/src/runtime/components/root.svelte')) return;
      if (!inline.test(code)) this.error('The announcer of kit has changed: see whether this plugin is still needed.');
      return code.replace(inline, ' class="unseen"');
    },
  };
}

/**
 * A conversation, with all that it is made of, comes as one file: in dozens of small ones, each costs a slow line a way there and back.
 * What the page's first lines use stays apart: kit's version and paths must not be read before those lines have said them.
 */
const inFewFiles = {
  groups: [
    { name: 'first', test: /runtime\/client\/payload\.js$|preload-helper/, priority: 1 },
    { name: 'conversation', test: /\/src\/routes\/(\+|\[tenant\]\/\+layout|\[tenant\]\/talk\/)/ },
  ],
};

export default defineConfig({
  plugins: [
    announcerWithoutInlineStyle(),
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['localStorage', 'baseLocale'],
      localStorageKey: 'irori-language',
      emitTsDeclarations: true,
    }),
    sveltekit({
      adapter: adapter({ fallback: 'index.html', precompress: true, strict: false }),
      compilerOptions: { runes: true },
    }),
  ],
  build: { target: ['chrome109', 'edge109', 'firefox115', 'safari16.4', 'ios16.4'] },
  environments: { client: { build: { rolldownOptions: { output: { codeSplitting: inFewFiles } } } } },
  server: {
    proxy: {
      '^/tenants$': server,
      // The set-up link shows a page and posts to the same address.
      '^/setup$': { target: server, bypass: (request) => (request.method === 'GET' ? request.url : undefined) },
      '^/[^/]+/api/': { target: server, ws: true },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
