// Before the app is there: asks what it will ask, and for the files of the page that most people open. One after the other, each would
// cost a slow line a way there and back. What is between the two marks is put in at the build (hooks.server.ts).
(function () {
  const [, tenant, room] = /^\/([a-z0-9-]+)\/talk(?:\/([0-9a-f-]{36}))?$/.exec(location.pathname) || [];
  if (!tenant) return;
  /** @type {[href: string, rel: string][]} */
  const files = /* files */ [] /* files */;
  for (const [href, rel] of files) {
    const link = document.createElement('link');
    link.rel = rel;
    link.href = href;
    if (rel === 'preload') link.as = 'style';
    document.head.append(link);
  }
  const key = `irori-account-${tenant}`;
  let left = null;
  let language = null;
  let account = null;
  try {
    left = localStorage.getItem('irori-left');
    language = localStorage.getItem('irori-language');
    account = localStorage.getItem(key);
  } catch (_) {
    // Storage may be refused.
  }
  // Who was signed out of without a network is still signed in for the server: nothing is asked in their name.
  if (left && left !== '[]') return;
  /** @param {string} path */
  const ask = (path) => fetch(path, { headers: { Accept: 'application/json', 'Accept-Language': language || 'ja' } });
  const api = `/${tenant}/api/v1`;
  const list = ask(`${api}/rooms?limit=200`);
  /** @type {Map<string, Promise<Response>>} */
  const asked = new Map([['/tenants', ask('/tenants')], [`${api}/me`, ask(`${api}/me`)], [`${api}/rooms?limit=200`, list]]);
  // After the list, so that what the list does not name yet is not missed in between.
  const page = `${api}/rooms/${room}/messages?limit=60`;
  if (room) asked.set(page, list.then((answer) => (answer.ok ? ask(page) : Promise.reject(answer))));
  for (const answer of asked.values()) answer.catch(() => undefined);
  window.irori = { asked, at: performance.now(), key, account };
})();
