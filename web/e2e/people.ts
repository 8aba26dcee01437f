// Somebody in a browser of their own.
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, expect, type Page } from '@playwright/test';
import { PASSWORD } from './serve.ts';

export function address(path: string): string {
  return `${process.env.IRORI_E2E_ORIGIN}${path}`;
}

export async function signIn(page: Page, loginId: string, password = PASSWORD): Promise<void> {
  await page.goto(address('/city/signin'));
  await page.getByLabel('ログインID').fill(loginId);
  await page.getByLabel('パスワード', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'ログイン' }).click();
}

/** As after {@link signIn}, without its screen: the cookie is what the browser keeps of it. */
export async function signedIn(page: Page, loginId: string): Promise<void> {
  const answer = await page.request.post(address('/city/api/v1/session'), { data: { loginId, password: PASSWORD }, headers: { Origin: address('') } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** A fresh browser in which somebody has signed in. */
export async function come(browser: Browser, loginId: string, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await signedIn(page, loginId);
  await page.goto(address('/city/talk'));
  await expect(page.getByRole('heading', { name: 'トーク', level: 1 })).toBeVisible();
  return page;
}

/** Opens the direct talk with somebody, found by name. */
export async function talkWith(page: Page, name: string): Promise<void> {
  await page.getByRole('searchbox', { name: '名前・ことばで検索' }).fill(name);
  await page.getByRole('button', { name }).first().click();
  await expect(page.getByRole('textbox', { name: 'メッセージを入力' })).toBeVisible();
}

export async function say(page: Page, words: string): Promise<void> {
  await page.getByRole('textbox', { name: 'メッセージを入力' }).fill(words);
  await page.getByRole('button', { name: '送信', exact: true }).click();
}

/** The bubble with these words. */
export function message(page: Page, words: string) {
  return page.getByRole('article').filter({ hasText: words }).last();
}

export async function expectAccessible(page: Page): Promise<void> {
  // A colour on its way to another is neither.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity).map((one) => one.finished)));
  // What passes is not gathered: of a full screen that takes as long as the looking.
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}
