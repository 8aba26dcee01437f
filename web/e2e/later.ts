// What is done with messages for later, as people do it.
import type { Page } from '@playwright/test';
import { stored } from './cast.ts';

export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
export const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });
export const menu = (page: Page, name: string) => page.getByRole('menuitem', { name });

/** The menu of a message, as a right click or a long press opens it. */
export async function act(page: Page, words: string, name: string) {
  await stored(page, words).locator('.bubble').last().dispatchEvent('contextmenu');
  await menu(page, name).click();
}
/** The other ways to send what is written. */
export async function sendOtherwise(page: Page, name: string) {
  await page.getByRole('button', { name: '送信', exact: true }).click({ button: 'right' });
  await menu(page, name).click();
}
export async function talkMenu(page: Page, name: string) {
  await page.getByRole('button', { name: 'トークのメニュー' }).click();
  await menu(page, name).click();
}
