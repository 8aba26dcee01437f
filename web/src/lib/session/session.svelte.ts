import { goto } from '$app/navigation';
import { type Api, createApi } from '#lib/api/client.ts';
import { keepEarlyFor } from '#lib/api/early.ts';
import { ApiProblem, isAway, unwrap } from '#lib/api/problem.ts';
import type { Actor, Me, Settings } from '#lib/api/shapes.ts';
import { m } from '#lib/paraglide/messages.js';
import { applyLanguage, applyTheme } from '#lib/settings/apply.ts';
import { type Account, leaveDevice } from '#lib/sync/start.ts';
import { tenants } from '#lib/shell/tenants.svelte.ts';
import { toast } from '#lib/ui/toasts.svelte.ts';
import { forgetMe, isAboutAccount, keepMe, keptMe, leftUntold, noteAccount, notedAccount, noteLeft } from './kept.ts';
import { signInPath } from './paths.ts';

/** One stay at an organisation. The browser's tabs share one cookie: what a stay asks may go out as somebody else. */
class Visit {
  me = $state.raw<Me>();
  /** Nothing more is asked in its name. */
  isOver = false;
  /** Whether other tabs see who is signed in, and this one sees it of them. */
  isKept = false;

  constructor(
    readonly tenant: string,
    readonly api: Api,
  ) {}
}

/** Who is signed in to the organisation on screen. */
class Session {
  #visit = $state.raw<Visit>();
  /** True while somebody has to say who acts for a shared account. */
  choosingActor = $state(false);

  get tenant(): string {
    return this.#visit?.tenant ?? '';
  }

  /** Never missing on a page behind the sign-in: its layout waits for it. */
  get me(): Me {
    const me = this.#visit?.me;
    if (!me) throw new Error('Nobody is signed in.');
    return me;
  }

  get signedIn(): boolean {
    return this.#visit?.me !== undefined;
  }

  get api(): Api {
    return this.#open.api;
  }

  /** What sync needs, for as long as this account stays. */
  account(): Account {
    const visit = this.#open;
    const me = this.me;
    return {
      tenant: visit.tenant,
      me,
      api: visit.api,
      isStill: () => this.#isStill(visit) && visit.me?.actorId === me.actorId,
      expired: () => this.#expired(visit),
      actorRequired: () => this.#actorRequired(visit),
    };
  }

  /** Opens an organisation without asking who one is: for its sign-in page. */
  visit(tenant: string) {
    if (tenant !== this.tenant) this.#begin(tenant);
  }

  /**
   * Makes sure who is signed in. Whoever was last need not wait for the server to say so: what is on their device can be read
   * without it as well. Its answer ends the stay of whoever is signed in no more.
   */
  async enter(tenant: string): Promise<'in' | 'out'> {
    this.visit(tenant);
    const visit = this.#open;
    if (visit.me) return this.#isStill(visit) ? 'in' : 'out';
    if (!(await this.tellLeft())) return 'out';
    keepEarlyFor(notedAccount(tenant));
    const kept = keptMe(tenant);
    if (!kept) return this.#ask(visit);
    visit.isKept = true;
    visit.me = kept;
    this.#ask(visit).catch(() => undefined);
    return 'in';
  }

  async signIn(loginId: string, password: string): Promise<void> {
    await this.tellLeft();
    const visit = this.#begin(this.tenant);
    const { user } = await unwrap(visit.api.POST('/session', { body: { loginId, password, deviceName: deviceName() } }));
    // From here on the cookie is theirs: tabs of another account end before they ask anything with it.
    noteAccount(visit.tenant, user.id);
    this.#take(visit, await unwrap(visit.api.GET('/me')));
    this.choosingActor = this.me.kind === 'shared' && !this.me.actorId;
  }

  /** Also without a network: this device forgets at once, the server is told as soon as it answers. */
  async signOut(): Promise<void> {
    const visit = this.#open;
    const { id } = this.me;
    const isTold = await this.#end(visit);
    visit.isOver = true;
    noteLeft(visit.tenant, !isTold);
    forgetMe(visit.tenant);
    tenants.leave(visit.tenant);
    await leaveDevice(visit.tenant, id, 'drop');
    this.#begin(visit.tenant);
    if (!isTold) toast.info(m.more_signout_later());
    await goto(signInPath(visit.tenant));
  }

  /** Ends at the server what was ended here without a network. False: it is still away. */
  async tellLeft(): Promise<boolean> {
    const visit = this.#open;
    if (!leftUntold().includes(visit.tenant)) return true;
    const isTold = await this.#end(visit);
    noteLeft(visit.tenant, !isTold);
    return isTold;
  }

  /** Another tab has noted something: perhaps that somebody else is signed in now. */
  heardFromTab({ key }: StorageEvent) {
    const visit = this.#visit;
    if (visit?.me && isAboutAccount(visit.tenant, key)) this.#isStill(visit);
  }

  async change(settings: Settings): Promise<void> {
    const me = await unwrap(this.api.PATCH('/me', { body: { settings } }));
    this.#take(this.#open, { ...this.me, settings: me.settings });
  }

  async actAs(actor: Actor): Promise<void> {
    await unwrap(this.api.PUT('/session/actor', { body: { actorId: actor.id } }));
    this.#take(this.#open, { ...this.me, actorId: actor.id });
    this.choosingActor = false;
  }

  get #open(): Visit {
    if (!this.#visit) throw new Error('No organisation is open.');
    return this.#visit;
  }

  #begin(tenant: string): Visit {
    const visit: Visit = new Visit(
      tenant,
      createApi(tenant, {
        isOurs: () => this.#isStill(visit),
        expired: () => this.#expired(visit),
        actorRequired: () => this.#actorRequired(visit),
      }),
    );
    this.choosingActor = false;
    this.#visit = visit;
    return visit;
  }

  async #ask(visit: Visit): Promise<'in' | 'out'> {
    try {
      this.#take(visit, await unwrap(visit.api.GET('/me')));
      return 'in';
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || problem.status !== 401) throw problem;
      return 'out';
    }
  }

  /** True: the server knows that the session is over. */
  #end(visit: Visit): Promise<boolean> {
    return unwrap(visit.api.DELETE('/session')).then(
      () => true,
      (problem: unknown) => {
        if (problem instanceof ApiProblem && problem.status === 401) return true;
        if (isAway(problem)) return false;
        throw problem;
      },
    );
  }

  /** Whether whom this stay is for is whom the browser's cookie is of. If not, the stay ends here and now. */
  #isStill(visit: Visit): boolean {
    if (visit.isOver) return false;
    if (!visit.me || !visit.isKept) return true;
    if (notedAccount(visit.tenant) !== visit.me.id) {
      this.#expired(visit);
      return false;
    }
    // Another tab has said who acts for the shared account.
    const kept = keptMe(visit.tenant);
    if (kept && kept.actorId !== visit.me.actorId) visit.me = kept;
    return true;
  }

  /** The session is over, or no longer this account's: back to the sign-in page, and from there to where one was. */
  #expired(visit: Visit) {
    if (visit.isOver || !visit.me) return;
    visit.isOver = true;
    const { tenant, me } = visit;
    const noted = notedAccount(tenant);
    // What another tab has signed out of or in to, that tab has also cleared away.
    if (noted === me.id || !visit.isKept) this.#forget(tenant, me.id);
    if (visit !== this.#visit) return;
    this.#begin(tenant);
    if (noted && noted !== me.id) toast.info(m.signin_displaced());
    void goto(signInPath(tenant, location.pathname + location.search));
  }

  #actorRequired(visit: Visit) {
    if (visit === this.#visit && visit.me) this.choosingActor = true;
  }

  #take(visit: Visit, me: Me) {
    if (visit.isOver) return;
    visit.me = me;
    visit.isKept = keepMe(visit.tenant, me);
    tenants.visit(visit.tenant);
    applyTheme(me.settings.theme ?? 'system');
    if (me.settings.language) applyLanguage(me.settings.language);
  }

  /** What was written and not sent stays on the device, for the same account only. */
  #forget(tenant: string, account: string) {
    forgetMe(tenant);
    tenants.leave(tenant);
    void leaveDevice(tenant, account, 'keep');
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
