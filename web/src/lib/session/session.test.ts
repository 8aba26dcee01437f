import { beforeEach, describe, expect, it, vi } from 'vitest';

const ME = { id: 'aiko', kind: 'person', settings: {} };
const KENJI = { id: 'kenji', kind: 'person', settings: {} };

const { goto, leaveDevice, calls, watches, toast } = vi.hoisted(() => ({
  goto: vi.fn(),
  leaveDevice: vi.fn(async () => {}),
  /** What the server answers, by method and path. */
  calls: new Map<string, () => Promise<unknown>>(),
  watches: new Map<string, { isOurs: () => boolean; expired: () => void }>(),
  toast: { info: vi.fn(), error: vi.fn() },
}));

vi.mock('$app/navigation', () => ({ goto }));
vi.mock('#lib/ui/toasts.svelte.ts', () => ({ toast }));
vi.mock('#lib/settings/apply.ts', () => ({ applyTheme: () => {}, applyLanguage: () => {} }));
vi.mock('#lib/sync/start.ts', () => ({ leaveDevice }));
vi.mock('#lib/shell/tenants.svelte.ts', () => ({ tenants: { visit: () => {}, leave: () => {} } }));
vi.mock('#lib/api/client.ts', () => ({
  createApi(tenant: string, watch: { isOurs: () => boolean; expired: () => void }) {
    watches.set(tenant, watch);
    const call = (method: string) => async (path: string) => {
      const answer = watch.isOurs() ? await calls.get(`${method} ${path}`)?.() : 401;
      if (answer === 401) watch.expired();
      return typeof answer === 'number' ? { response: new Response(null, { status: answer }) } : { data: answer, response: new Response() };
    };
    return { GET: call('GET'), POST: call('POST'), DELETE: call('DELETE'), PUT: call('PUT'), PATCH: call('PATCH') };
  },
}));

const answers = (method: string, path: string, answer: () => Promise<unknown>) => calls.set(`${method} ${path}`, answer);
/** Status 0: no network. */
const refusal = (status: number) => () => (status === 0 ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(status));
/** What another tab of the browser writes. */
const otherTab = { signsIn: (id: string) => localStorage.setItem('irori-account-city', JSON.stringify(id)), signsOut: () => localStorage.removeItem('irori-account-city') };
const heard = (session: Session) => session.heardFromTab({ key: 'irori-account-city' } as StorageEvent);

type Session = Awaited<ReturnType<typeof tab>>;
/** A tab as it starts: nothing in memory. */
async function tab() {
  vi.resetModules();
  return (await import('./session.svelte.ts')).session;
}

beforeEach(() => {
  const held = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
  });
  vi.stubGlobal('location', { pathname: '/city/talk', search: '' });
  vi.clearAllMocks();
  calls.clear();
  answers('GET', '/me', async () => ME);
});

describe('another account in the same browser', () => {
  it('ends the stay at once, and takes nothing of the other’s away', async () => {
    const session = await tab();
    await session.enter('city');
    otherTab.signsIn(KENJI.id);
    heard(session);
    expect(session.signedIn).toBe(false);
    expect(toast.info).toHaveBeenCalledOnce();
    expect(leaveDevice).not.toHaveBeenCalled();
    expect(localStorage.getItem('irori-account-city')).toBe('"kenji"');
  });

  it('is noticed by a request before it goes out, also where no event came', async () => {
    const session = await tab();
    await session.enter('city');
    const { api } = session;
    const account = session.account();
    otherTab.signsIn(KENJI.id);
    const asked = vi.fn(async () => ({}));
    answers('PATCH', '/me', asked);
    await expect(session.change({})).rejects.toMatchObject({ status: 401 });
    expect(asked).not.toHaveBeenCalled();
    expect(account.isStill()).toBe(false);
    expect((await api.GET('/me')).response.status).toBe(401);
  });

  it('is told to other tabs before the one who signs in asks anything', async () => {
    const session = await tab();
    session.visit('city');
    answers('POST', '/session', async () => ({ user: KENJI }));
    answers('GET', '/me', async () => {
      expect(localStorage.getItem('irori-account-city')).toBe('"kenji"');
      return KENJI;
    });
    await session.signIn('kenji', 'x');
    expect(session.me.id).toBe('kenji');
  });

  it('that signs out elsewhere ends this tab too', async () => {
    const session = await tab();
    await session.enter('city');
    otherTab.signsOut();
    heard(session);
    expect(session.signedIn).toBe(false);
    expect(toast.info).not.toHaveBeenCalled();
  });
});

describe('a session that is over', () => {
  it('leaves on the device only what was written and not sent', async () => {
    const session = await tab();
    await session.enter('city');
    watches.get('city')!.expired();
    expect(leaveDevice).toHaveBeenCalledExactlyOnceWith('city', 'aiko', 'keep');
    expect(localStorage.getItem('irori-me-city')).toBeNull();
    expect(goto).toHaveBeenCalledWith('/city/signin?back=%2Fcity%2Ftalk');
  });

  it('ends the stay of whom the device knew, when the server says so', async () => {
    await (await tab()).enter('city');
    answers('GET', '/me', refusal(401));
    const session = await tab();
    expect(await session.enter('city')).toBe('in');
    await vi.waitFor(() => expect(session.signedIn).toBe(false));
    expect(leaveDevice).toHaveBeenCalledExactlyOnceWith('city', 'aiko', 'keep');
    expect(goto).toHaveBeenCalledWith('/city/signin?back=%2Fcity%2Ftalk');
  });

  it('that one has left for another organisation does not end the stay there', async () => {
    const session = await tab();
    await session.enter('city');
    await session.enter('clinics');
    watches.get('city')!.expired();
    expect(session.signedIn).toBe(true);
    expect(goto).not.toHaveBeenCalled();
  });
});

describe('a server that is away', () => {
  it('keeps nobody out whom the device knows', async () => {
    await (await tab()).enter('city');
    for (const status of [0, 502, 503]) {
      answers('GET', '/me', refusal(status));
      expect(await (await tab()).enter('city')).toBe('in');
    }
    localStorage.removeItem('irori-me-city');
    await expect((await tab()).enter('city')).rejects.toMatchObject({ status: 503 });
  });

  it('is not waited for', async () => {
    await (await tab()).enter('city');
    answers('GET', '/me', () => new Promise(() => {}));
    expect(await (await tab()).enter('city')).toBe('in');
  });

  it('is told of a sign-out later; until then nobody gets in', async () => {
    const session = await tab();
    await session.enter('city');
    answers('DELETE', '/session', refusal(0));
    await session.signOut();
    expect(leaveDevice).toHaveBeenCalledExactlyOnceWith('city', 'aiko', 'drop');
    expect(session.signedIn).toBe(false);
    expect(await (await tab()).enter('city')).toBe('out');
    const ended = vi.fn(async () => ({}));
    answers('DELETE', '/session', ended);
    answers('GET', '/me', refusal(401));
    expect(await (await tab()).enter('city')).toBe('out');
    expect(ended).toHaveBeenCalledOnce();
    await session.tellLeft();
    expect(ended).toHaveBeenCalledOnce();
  });
});
