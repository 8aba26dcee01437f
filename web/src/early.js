// Runs in the page's head, before anything is painted and long before the app is there. Shows the chosen theme, so that a dark
// choice never flashes white, and asks at once for what the app will ask for: one after the other, each costs a slow line a way there and back.
(function () {
  /** @param {string} key */
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      // Storage may be refused: then the system's own choice holds.
      return null;
    }
  };
  const [theme, language] = [kept('irori-theme'), kept('irori-language') === 'en' ? 'en' : 'ja'];
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.lang = language;

  const [, tenant, place, room] = /^\/([a-z0-9-]+)\/(talk|addressbook|more)(?:\/([0-9a-f-]{36}))?$/.exec(location.pathname) ?? [];
  if (!tenant || !place) return;
  // Which files a page needs is known to the build (hooks.server.ts).
  const files = JSON.parse(document.currentScript?.dataset.files ?? '{}')[place] ?? [];
  for (const href of files) {
    const kind = href.endsWith('.css') ? { rel: 'preload', as: 'style' } : { rel: 'modulepreload' };
    document.head.append(Object.assign(document.createElement('link'), kind, { href }));
  }

  // Who signed out without a network is still signed in for the server: nothing is asked in their name.
  if ((kept('irori-left') ?? '[]') !== '[]') return;
  const asked = /** @type {Map<string, Promise<Response>>} */ (new Map());
  /** @param {string} path @param {Promise<Response>} [after] */
  const ask = (path, after) => {
    const asking = () => fetch(path, { headers: { 'Accept-Language': language }, signal: AbortSignal.timeout(20_000) });
    const answer = after ? after.then((first) => (first.ok ? asking() : first)) : asking();
    answer.catch(() => undefined);
    asked.set(path, answer);
    return answer;
  };
  const api = `/${tenant}/api/v1`;
  ask('/tenants');
  ask(`${api}/me`);
  const list = ask(`${api}/rooms?limit=200`);
  // After the list, so that nothing falls between the two: a change that is in neither would never be asked for.
  if (room) ask(`${api}/rooms/${room}/messages?limit=60`, list);
  if (place === 'addressbook') ask(`${api}/orgUnits`);
  window.early = { asked, account: kept(`irori-account-${tenant}`), at: performance.now() };
})();
