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

/** A fresh browser in which somebody has signed in. */
export async function come(browser: Browser, loginId: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await signIn(page, loginId);
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
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}
