// Voice notes: recorded, given up, sent, heard, and not lost.
import { expect, type Page, test } from './test.ts';
import { launchOptions } from '../playwright.config.ts';
import { cast, enter, group, line } from './cast.ts';
import { expectAccessible } from './people.ts';
import { tray } from './pictures.ts';

// A microphone that hears a beep, and a browser that does not ask.
test.use({
  launchOptions: { ...launchOptions, args: [...launchOptions.args, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
});

const bar = (page: Page) => page.getByRole('region', { name: 'ボイスメッセージ' });
const player = (page: Page) => page.getByRole('group', { name: /^音声：ボイスメッセージ/ });

async function record(page: Page) {
  await page.getByRole('button', { name: '添付' }).click();
  await page.getByRole('menuitem', { name: 'ボイスメッセージ' }).click();
  await expect(bar(page).getByRole('timer')).toHaveText('0:02');
}

test('what is said is sent, and heard by the other', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  const other = await enter(browser, players[1]!, project.use, room.id);
  const list = await enter(browser, players[1]!, project.use);
  await record(page);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(bar(page)).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'メッセージを入力' })).toBeFocused();
  await expect(player(page)).toHaveCount(0);

  await record(page);
  await bar(page).getByRole('button', { name: '送信' }).click();
  const heard = player(other);
  await expect(heard).toBeVisible();
  await expect(heard).toContainText(/0:0[23]/);
  await expect(line(list, room.title)).toContainText('ボイスメッセージ');
  const place = heard.getByRole('slider', { name: '再生位置' });
  await heard.getByRole('button', { name: '再生速度 1x' }).click();
  await expect(heard.getByRole('button', { name: '再生速度 1.5x' })).toBeVisible();
  await heard.getByRole('button', { name: '再生', exact: true }).click();
  await expect(heard.getByRole('button', { name: '一時停止' })).toBeVisible();
  await expect.poll(async () => Number(await place.inputValue())).toBeGreaterThan(0.3);
  await expect(heard.getByRole('button', { name: '再生', exact: true })).toBeVisible();
  await place.fill('1.5');
  await expect(place).toHaveAttribute('aria-valuetext', /0:01$/);
  await expectAccessible(other);
});

test('what was said when one went elsewhere waits', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [here, there] = [await group(players), await group(players)];
  const page = await enter(browser, players[0]!, project.use, here.id);
  await record(page);
  if (project.name === 'phone') await page.getByRole('link', { name: '戻る' }).click();
  await line(page, there.title).click();
  await expect(page.getByRole('heading', { name: there.title, level: 2 })).toBeVisible();
  if (project.name === 'phone') await page.getByRole('link', { name: '戻る' }).click();
  await line(page, here.title).click();
  await expect(tray(page)).toContainText('ボイスメッセージ');
});

test('a microphone that may not be used is told of', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  await page.getByRole('button', { name: '添付' }).click();
  await page.getByRole('menuitem', { name: 'ボイスメッセージ' }).click();
  await expect(bar(page)).toContainText('マイクを使えません');
  await expect(bar(page).getByRole('button', { name: '送信' })).toBeDisabled();
  await bar(page).getByRole('button', { name: '録音を取り消す' }).click();
  await expect(page.getByRole('textbox', { name: 'メッセージを入力' })).toBeVisible();
});
