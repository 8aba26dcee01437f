// Where a room opens, what counts as read, and who is told.
import { expect, type Page, test } from './test.ts';
import { call, cast, enter, field, group, line, said, speak, unique } from './cast.ts';
import { address, expectAccessible, say } from './people.ts';

interface Room {
  unreadCount: number;
  readSeq: number;
}

const roomOf = (token: string, id: string) => call<Room>(token, 'GET', `/rooms/${id}`);

for (const unread of [3, 60]) {
  test(`a room with ${unread} unread opens at the line, and only what was seen counts as read`, async ({ browser }, { project }) => {
    const players = await cast(2);
    const [aiko, kenji] = players;
    const room = await group(players);
    await speak(aiko!, room.id, 'ここまでは読んである');
    const { lastSeq } = await call<{ lastSeq: number }>(kenji!.token, 'GET', `/rooms/${room.id}`);
    await call(kenji!.token, 'POST', `/rooms/${room.id}/read`, { seq: lastSeq });
    for (let index = 1; index <= unread; index += 1) await speak(aiko!, room.id, `未読その${index}。${'長い文です。'.repeat(12)}`);
    const page = await enter(browser, kenji!, project.use);
    await expect(line(page, room.title)).toContainText(String(unread));
    await line(page, room.title).click();
    await expect(page.getByText('ここから未読')).toBeInViewport();
    await expect(said(page, '未読その1。')).toBeInViewport();
    if (unread === 60) {
      await page.waitForTimeout(1_000);
      expect((await roomOf(kenji!.token, room.id)).unreadCount).toBeGreaterThan(20);
      await page.getByRole('button', { name: /最新のメッセージへ/ }).click();
      await expect(said(page, '未読その60。')).toBeInViewport();
    }
    await expect.poll(async () => (await roomOf(kenji!.token, room.id)).unreadCount).toBe(0);
  });
}

test('a message that comes while one reads older ones moves nothing', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  for (let index = 1; index <= 40; index += 1) await speak(aiko!, room.id, `その${index}。${'長い文です。'.repeat(12)}`);
  const { lastSeq } = await call<{ lastSeq: number }>(kenji!.token, 'GET', `/rooms/${room.id}`);
  await call(kenji!.token, 'POST', `/rooms/${room.id}/read`, { seq: lastSeq });
  const page = await enter(browser, kenji!, project.use, room.id);
  await expect(said(page, 'その40。')).toBeInViewport();
  await said(page, 'その40。').hover();
  await page.mouse.wheel(0, -1_500);
  const held = said(page, 'その30。');
  await expect(held).toBeVisible();
  await page.waitForTimeout(500);
  const before = (await held.boundingBox())!.y;
  await speak(aiko!, room.id, `あとから ${unique()}`);
  await expect(page.getByRole('button', { name: /最新のメッセージへ/ })).toBeVisible();
  await page.waitForTimeout(300);
  expect(Math.abs((await held.boundingBox())!.y - before)).toBeLessThan(3);
});

test('the lists name who has read and who has not, and a nudge reaches only those', async ({ browser }, { project }) => {
  const players = await cast(3);
  const [aiko, kenji, mei] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const reader = await enter(browser, kenji!, project.use, room.id);
  const late = await enter(browser, mei!, project.use);
  const words = `会議室が変わりました ${unique()}`;
  await say(page, words);
  await expect(said(reader, words)).toBeVisible();
  await said(page, words).getByRole('button', { name: '既読 1' }).click();
  const pane = page.getByRole('complementary', { name: '既読の確認' });
  await expect(pane.getByText(kenji!.name)).toBeVisible();
  await expect(pane.getByText(mei!.name)).toHaveCount(0);
  await expectAccessible(page);
  await pane.getByRole('tab', { name: /未読/ }).click();
  await expect(pane.getByText(mei!.name)).toBeVisible();
  await pane.getByRole('button', { name: '未読の1人にそっと知らせる' }).click();
  await expect(late.getByText(/お手すきの際にご確認ください/)).toBeVisible();
  await expect(reader.getByText(/お手すきの際にご確認ください/)).toHaveCount(0);
});

test('unread is counted beside the place in every place', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, kenji!, project.use);
  await page.goto(address('/city/addressbook'));
  await expect(page.getByRole('heading', { name: 'アドレス帳' })).toBeVisible();
  await speak(aiko!, room.id, `通知 ${unique()}`);
  await expect(places(page).getByText(/^[1-9]/).first()).toBeVisible();
});

const places = (page: Page) => page.getByRole('navigation', { name: '主な画面' });

test('nothing is read while the tab is hidden', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, kenji!, project.use, room.id);
  await setVisible(page, false);
  const { seq } = await speak(aiko!, room.id, `見ていない間に ${unique()}`);
  await page.waitForTimeout(1_500);
  expect((await roomOf(kenji!.token, room.id)).readSeq).toBeLessThan(seq);
  await setVisible(page, true);
  await expect.poll(async () => (await roomOf(kenji!.token, room.id)).readSeq).toBe(seq);
});

/** Headless pages are never hidden; this is what a page can tell of it. */
async function setVisible(page: Page, visible: boolean): Promise<void> {
  await page.evaluate((shown) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (shown ? 'visible' : 'hidden') });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => !shown });
    document.hasFocus = () => shown;
    document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new Event(shown ? 'focus' : 'blur'));
  }, visible);
}

test('an own message is seen at once, wherever one was reading', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  for (let index = 1; index <= 60; index += 1) await speak(aiko!, room.id, `その${index}。${'長い文です。'.repeat(10)}`);
  const page = await enter(browser, kenji!, project.use, room.id);
  await expect(page.getByText('ここから未読')).toBeVisible();
  await field(page).fill('承知しました');
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(said(page, '承知しました')).toBeInViewport();
});
