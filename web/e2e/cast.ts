// People made for one test through the API, so that no test meets another's.
import { type Browser, type BrowserContextOptions, expect, type Page, request } from '@playwright/test';
import { address, signedIn } from './people.ts';
import { PASSWORD } from './serve.ts';

export interface Player {
  id: string;
  loginId: string;
  name: string;
  /** A session beside the browser's, to speak through the API. */
  token: string;
}

interface Message {
  roomId: string;
  seq: number;
  text: string;
}

export const unique = () => Math.random().toString(36).slice(2, 8);

/** Calls the API as somebody; throws what it refuses. */
export async function call<T>(token: string | undefined, method: string, path: string, data?: unknown): Promise<T> {
  const api = await request.newContext({ extraHTTPHeaders: token ? { Authorization: `Bearer ${token}` } : {} });
  try {
    const answer = await api.fetch(address(`/city/api/v1${path}`), { method, data });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    const text = await answer.text();
    return (text ? JSON.parse(text) : undefined) as T;
  } finally {
    await api.dispose();
  }
}

/** A session of somebody's beside any browser. */
export async function tokenOf(loginId: string): Promise<string> {
  return (await call<{ token: string }>(undefined, 'POST', '/session', { loginId, password: PASSWORD })).token;
}

let admin: Promise<string> | undefined;
const asAdmin = () => (admin ??= tokenOf('admin'));

/** New members of the city hall, in no section. */
export async function cast(count: number): Promise<Player[]> {
  const token = await asAdmin();
  const make = async (index: number): Promise<Player> => {
    const mark = unique();
    const body = { loginId: `play-${mark}`, name: `芝居 ${mark}`, kana: `しばい ${'あいうえお'[index % 5] ?? 'あ'}`, kind: 'person', password: PASSWORD, assignments: [] };
    const { id } = await call<{ id: string }>(token, 'POST', '/users', body);
    return { id, loginId: body.loginId, name: body.name, token: await tokenOf(body.loginId) };
  };
  const players: Player[] = [];
  for (let index = 0; index < count; index += 1) players.push(await make(index));
  return players;
}

/** A group room that the first of them makes. */
export async function group([maker, ...others]: Player[], title = `訓練 ${unique()}`): Promise<{ id: string; title: string }> {
  const { id } = await call<{ id: string }>(maker?.token, 'POST', '/rooms', { kind: 'group', title, memberIds: others.map((one) => one.id), clientId: crypto.randomUUID() });
  return { id, title };
}

export function speak(player: Player, roomId: string, text: string, more: object = {}): Promise<Message> {
  return call<Message>(player.token, 'POST', `/rooms/${roomId}/messages`, { clientId: crypto.randomUUID(), text, ...more });
}

/** A fresh browser, signed in, at a room or at the list. */
export async function enter(browser: Browser, player: Player, options: BrowserContextOptions, roomId?: string): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await arrive(page, player, roomId);
  return page;
}

/** Signs in within a browser that is open already. */
export async function arrive(page: Page, player: Player, roomId?: string): Promise<void> {
  await signedIn(page, player.loginId);
  if (roomId) return open(page, roomId);
  await page.goto(address('/city/talk'));
  await expect(page.getByRole('heading', { name: 'トーク', level: 1 })).toBeVisible();
}

export async function open(page: Page, roomId: string): Promise<void> {
  await page.goto(address(`/city/talk/${roomId}`));
  await expect(field(page)).toBeVisible();
}

export const field = (page: Page) => page.getByRole('textbox', { name: 'メッセージを入力' });
export const said = (page: Page, words: string) => page.getByRole('article').filter({ hasText: words });
/** What the server has taken: a message still under way can be given no focus. */
export const stored = (page: Page, words: string) => page.locator('article[data-seq]').filter({ hasText: words }).last();
/** A room's line in the list. */
export const line = (page: Page, title: string) => page.getByRole('region', { name: 'トークの一覧' }).getByRole('link', { name: new RegExp(title) });
