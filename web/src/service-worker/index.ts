// Keeps the app's own files, so that it starts at once and without network. What the server says of people and
// messages never passes through here: the client keeps that itself, and only for whoever is signed in.
import { assets, immutable } from '$app/manifest';
import { self } from '$app/service-worker';
import { version } from '$app/env';

const prefix = 'irori-app-';
const current = prefix + version;
/** Any address of the client's own answers with the same page; this is its name in the cache. */
const page = '/';

const files = [...immutable, ...assets].map((file) => new URL(file.path, self.registration.scope).pathname);
const kept = new Set(files);
/** Names of files that never change; a tab that runs an older client asks for its own ones. */
const hashed = new URL('_app/immutable/', self.registration.scope).pathname;

self.addEventListener('install', (event) => {
  event.waitUntil(install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (isPage(url.pathname)) event.respondWith(keptPage());
  } else if (kept.has(url.pathname) || url.pathname.startsWith(hashed)) {
    event.respondWith(keptFile(request));
  }
});

async function install(): Promise<void> {
  const cache = await caches.open(current);
  await Promise.all([cache.addAll(files), fetchPage().then((response) => cache.put(page, response))]);
  await self.skipWaiting();
}

/** The one before stays: a tab that still runs it may ask for one of its files. */
async function tidy(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith(prefix)).sort();
  const others = ours.filter((name) => name !== current);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** API, documents and the set-up link are the server's to answer. */
function isPage(path: string): boolean {
  return !/^\/[^/]+\/api(\/|$)/.test(path) && !/^\/(tenants|healthz|metrics|setup)(\/|$)/.test(path);
}

async function keptPage(): Promise<Response> {
  return (await caches.match(page, { cacheName: current })) ?? fetchPage();
}

/** What is ours comes from our cache, what is an older client's from the one before. */
async function keptFile(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: current })) ?? (await caches.match(request)) ?? fetch(request);
}

/** `/` may lead on to the only organisation: a navigation takes no answer that was redirected, so it is made anew. */
async function fetchPage(): Promise<Response> {
  const response = await fetch(page, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`The page answered ${response.status}.`);
  return new Response(await response.blob(), { headers: response.headers });
}
