// Photos and films looked at: large, under fingers and keys, and as they are played.
import { expect, test } from './test.ts';
import { cast, enter, group } from './cast.ts';
import { attach, expectShown, film, fingers, jpeg, send } from './pictures.ts';

test('the viewer is walked through by keys, and closed by Escape and by going back', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await attach(page, '写真・動画', [await jpeg(page, 'い.jpg'), await jpeg(page, 'ろ.jpg')]);
  await send(page);
  await expectShown(page, 'い.jpg');
  const first = page.getByRole('button', { name: /^写真：い.jpg/ });
  await first.click();
  const viewer = page.getByRole('dialog', { name: '写真を見る' });
  await expect(viewer.getByRole('img', { name: /い.jpg/ })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(viewer.getByRole('img', { name: /ろ.jpg/ })).toBeVisible();
  await page.keyboard.press('+');
  await expect(viewer.getByRole('img')).toHaveCSS('scale', '1.5');
  await page.keyboard.press('ArrowLeft');
  await expect(viewer.getByRole('img', { name: /い.jpg/ })).toHaveCSS('scale', '1');
  await page.keyboard.press('Escape');
  await expect(viewer).toHaveCount(0);
  await expect(first).toBeFocused();
  await first.click();
  await expect(viewer).toBeVisible();
  await page.goBack();
  await expect(viewer).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'メッセージを入力' })).toBeVisible();
  await first.click();
  const saving = page.waitForEvent('download');
  await viewer.getByRole('link', { name: '保存' }).click();
  expect((await saving).suggestedFilename()).toBe('い.jpg');
  await viewer.getByRole('button', { name: '転送' }).click();
  await expect(page.getByRole('dialog', { name: '転送' })).toBeVisible();
});

test('fingers turn the page, draw near, and put the picture away', { tag: '@touch' }, async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await attach(page, '写真・動画', [await jpeg(page, 'い.jpg'), await jpeg(page, 'ろ.jpg')]);
  await send(page);
  await expectShown(page, 'い.jpg');
  await page.getByRole('button', { name: /^写真：い.jpg/ }).tap();
  const viewer = page.getByRole('dialog', { name: '写真を見る' });
  const shown = viewer.getByRole('img');
  const middle = [{ dx: 0, dy: 0 }];
  await fingers(page, shown, middle, [{ dx: -140, dy: 6 }]);
  await expect(shown).toHaveAttribute('alt', /ろ.jpg/);
  await fingers(page, shown, middle, [{ dx: 140, dy: 6 }]);
  await expect(shown).toHaveAttribute('alt', /い.jpg/);
  await fingers(page, shown, [{ dx: -30, dy: 0 }, { dx: 30, dy: 0 }], [{ dx: -90, dy: 0 }, { dx: 90, dy: 0 }]);
  await expect.poll(() => shown.evaluate((image) => Number(getComputedStyle(image).scale))).toBeGreaterThan(2);
  // Near, a finger moves the picture and turns no page.
  await fingers(page, shown, middle, [{ dx: -140, dy: 0 }]);
  await expect(shown).toHaveAttribute('alt', /い.jpg/);
  await page.keyboard.press('0');
  await fingers(page, shown, middle, [{ dx: 4, dy: 200 }]);
  await expect(viewer).toHaveCount(0);
});

test('a film is played where it stands, and large', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  await attach(page, '写真・動画', await film(page, '水位.webm'));
  await send(page);
  const played = other.locator('article[data-seq]').getByLabel(`動画：水位.webm、${aiko!.name}`);
  await expect.poll(() => played.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(320);
  await other.getByRole('button', { name: '詳細' }).click();
  await other.getByRole('tab', { name: '写真' }).click();
  await other.getByRole('button', { name: /^動画：水位.webm/ }).click();
  const large = other.getByRole('dialog', { name: '写真を見る' }).getByLabel(/^動画：水位.webm/);
  await expect.poll(() => large.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(320);
});
