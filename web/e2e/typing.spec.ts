// The keyboard, the input method, and the finger.
import { expect, type Page, test } from './test.ts';
import { cast, enter, field, group, line, said, speak, stored, unique } from './cast.ts';
import { address, signIn } from './people.ts';

test('Enter sends on a keyboard, breaks the line on touch, and never sends while the input method composes', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  const words = `改行 ${unique()}`;
  await field(page).fill(words);
  await field(page).evaluate((input) => {
    const press = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
    input.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    input.dispatchEvent(new KeyboardEvent('keydown', { ...press, isComposing: true, keyCode: 229 }));
    input.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
  });
  await expect(field(page)).toHaveValue(words);
  await field(page).press('Shift+Enter');
  await expect(field(page)).toHaveValue(`${words}\n`);
  await field(page).fill(words);
  await field(page).press('Enter');
  if (project.name === 'phone') await expect(field(page)).toHaveValue(`${words}\n`);
  else await expect(said(page, words)).toBeVisible();
});

test('the whole of a talk is done by keyboard', { tag: '@keyboard' }, async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const words = `上の話 ${unique()}`;
  await speak(players[1]!, room.id, words);
  const page = await enter(browser, players[0]!, project.use);
  await line(page, room.title).focus();
  await page.keyboard.press('Enter');
  await expect(field(page)).toBeFocused();
  await stored(page, words).focus();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'リプライ' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('下の話');
  await page.keyboard.press('Enter');
  await expect(said(page, '下の話').last()).toContainText(words);
});

test('a bubble swiped to the left replies, a long press opens the menu, and a scroll does neither', { tag: '@touch' }, async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const words = `なでる ${unique()}`;
  await speak(players[1]!, room.id, words);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await expect(said(page, words)).toBeVisible();
  await drag(page, words, 0, 0, 700);
  await expect(page.getByRole('menu', { name: 'メッセージの操作' })).toBeVisible();
  await page.keyboard.press('Escape');
  await drag(page, words, 0, -120);
  await expect(page.getByText('さんへのリプライ')).toHaveCount(0);
  await drag(page, words, -120, 4);
  await expect(page.getByText(`${players[1]!.name}さんへのリプライ`)).toBeVisible();
});

/** A finger put on a bubble, moved and lifted. */
async function drag(page: Page, words: string, dx: number, dy: number, hold = 0): Promise<void> {
  const box = (await said(page, words).getByText(words).boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const finger = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: { x: number; y: number }[]) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: at });
  await touch('touchStart', [{ x, y }]);
  for (let step = 1; step <= 8 && (dx !== 0 || dy !== 0); step += 1) {
    await touch('touchMove', [{ x: x + (dx * step) / 8, y: y + (dy * step) / 8 }]);
    await page.waitForTimeout(16);
  }
  if (hold) await page.waitForTimeout(hold);
  await touch('touchEnd', []);
  await finger.detach();
}

test('where sockets are broken the event stream carries the talk', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const context = await browser.newContext(project.use);
  const page = await context.newPage();
  // As a proxy does that does not know the upgrade.
  await page.routeWebSocket(/\/live$/, (socket) => socket.close());
  const streamed = page.waitForRequest(/\/live\/stream\?/, { timeout: 40_000 });
  await signIn(page, aiko!.loginId);
  await streamed;
  await page.goto(address(`/city/talk/${room.id}`));
  await expect(field(page)).toBeVisible();
  const [to, back] = [`行き ${unique()}`, `帰り ${unique()}`];
  await speak(kenji!, room.id, to);
  await expect(said(page, to)).toHaveCount(1, { timeout: 30_000 });
  await field(page).fill(back);
  await page.getByRole('button', { name: '送信', exact: true }).click();
  const other = await enter(browser, kenji!, project.use, room.id);
  await expect(said(other, back)).toHaveCount(1);
});
