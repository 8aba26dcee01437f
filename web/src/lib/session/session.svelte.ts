import { goto } from '$app/navigation';
import { type Api, createApi } from '#lib/api/client.ts';
import { ApiProblem, unwrap } from '#lib/api/problem.ts';
import type { Actor, Me, Settings } from '#lib/api/shapes.ts';
import { applyLanguage, applyTheme } from '#lib/settings/apply.ts';
import { wipeDevice } from '#lib/sync/start.ts';
import { tenants } from '#lib/shell/tenants.svelte.ts';
import { forgetMe, keepMe, keptMe } from './kept.ts';
import { signInPath } from './paths.ts';

/** Who is signed in to the organisation on screen. */
class Session {
  tenant = $state('');
  #me = $state<Me>();
  /** True while somebody has to say who acts for a shared account. */
  choosingActor = $state(false);
  #api: Api | undefined;

  /** Never missing on a page behind the sign-in: its layout waits for it. */
  get me(): Me {
    if (!this.#me) throw new Error('Nobody is signed in.');
    return this.#me;
  }

  get signedIn(): boolean {
    return this.#me !== undefined;
  }

  get api(): Api {
    if (!this.#api) throw new Error('No organisation is open.');
    return this.#api;
  }

  /** Opens an organisation without asking who one is: for its sign-in page. */
  visit(tenant: string) {
    if (tenant === this.tenant) return;
    this.tenant = tenant;
    this.#me = undefined;
    this.choosingActor = false;
    this.#api = createApi(tenant, { expired: () => this.expired(), actorRequired: () => (this.choosingActor = true) });
  }

  /** Makes sure who is signed in. Without network, whoever was last: what is on the device can still be read. */
  async enter(tenant: string): Promise<'in' | 'out'> {
    this.visit(tenant);
    if (this.#me) return 'in';
    try {
      this.#take(await unwrap(this.api.GET('/me')));
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      if (problem.status === 401) return 'out';
      const kept = keptMe(tenant);
      if (problem.status !== 0 || !kept) throw problem;
      this.#me = kept;
    }
    return 'in';
  }

  async signIn(loginId: string, password: string): Promise<void> {
    await unwrap(this.api.POST('/session', { body: { loginId, password, deviceName: deviceName() } }));
    this.#take(await unwrap(this.api.GET('/me')));
    this.choosingActor = this.me.kind === 'shared' && !this.me.actorId;
  }

  async signOut(): Promise<void> {
    await unwrap(this.api.DELETE('/session'));
    await wipeDevice(this.tenant);
    this.#leave();
    await goto(signInPath(this.tenant));
  }

  /** The server no longer knows this session: back to the sign-in page, and from there to where one was. */
  expired() {
    if (!this.#me) return;
    this.#leave();
    void goto(signInPath(this.tenant, location.pathname + location.search));
  }

  async change(settings: Settings): Promise<void> {
    const me = await unwrap(this.api.PATCH('/me', { body: { settings } }));
    this.#take({ ...this.me, settings: me.settings });
  }

  async actAs(actor: Actor): Promise<void> {
    await unwrap(this.api.PUT('/session/actor', { body: { actorId: actor.id } }));
    this.#take({ ...this.me, actorId: actor.id });
    this.choosingActor = false;
  }

  #take(me: Me) {
    this.#me = me;
    keepMe(this.tenant, me);
    tenants.visit(this.tenant);
    applyTheme(me.settings.theme ?? 'system');
    if (me.settings.language) applyLanguage(me.settings.language);
  }

  #leave() {
    forgetMe(this.tenant);
    tenants.leave(this.tenant);
    this.#me = undefined;
    this.choosingActor = false;
  }
}

/** What the list of sessions calls this device. */
function deviceName(): string {
  const agent = navigator.userAgent;
  const device = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0].replace('Macintosh', 'Mac') ?? '';
  const browser = /Edg|Firefox|Chrome|Safari/.exec(agent)?.[0].replace('Edg', 'Edge') ?? '';
  return [device, browser].filter(Boolean).join(' ・ ');
}

export const session = new Session();
