// Albums: photos of a room that belong together.
import { expect, type Page, test } from './test.ts';
import { cast, enter, group, said } from './cast.ts';
import { expectAccessible } from './people.ts';
import { attach, expectShown, jpeg, send } from './pictures.ts';

const pane = (page: Page) => page.getByRole('complementary', { name: '詳細' });

test('photos of the room and of the device are gathered, looked at, taken out, and the album deleted', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await attach(page, '写真・動画', [await jpeg(page, '橋.jpg'), await jpeg(page, '用水路.jpg')]);
  await send(page);
  await expectShown(page, '橋.jpg');
  await page.getByRole('button', { name: '詳細' }).click();
  await pane(page).getByRole('tab', { name: '写真' }).click();
  await pane(page).getByRole('button', { name: 'アルバムをつくる' }).click();
  await pane(page).getByRole('textbox', { name: 'アルバム名' }).fill('2026年の冠水箇所');
  await pane(page).getByRole('button', { name: /^写真：橋.jpg/ }).click();
  const third = await jpeg(page, '駅前.jpg');
  await pane(page).locator('input[type=file]').setInputFiles(third);
  await expect(pane(page).getByText('2枚を選択中')).toBeVisible();
  await expectAccessible(page);
  await pane(page).getByRole('button', { name: '2枚でつくる' }).click();
  await expect(pane(page).getByRole('button', { name: /^写真：/ })).toHaveCount(2);
  await expectAccessible(page);
  const other = await enter(browser, players[1]!, project.use, room.id);
  await other.getByRole('button', { name: `${players[0]!.name}がアルバム「2026年の冠水箇所」を作成しました` }).click();
  await pane(other).getByRole('button', { name: /^写真：駅前.jpg/ }).click();
  const viewer = other.getByRole('dialog', { name: '写真を見る' });
  await expect(viewer.getByRole('img', { name: /駅前.jpg/ })).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'メッセージへ' }), 'it came with no message').toHaveCount(0);
  await viewer.getByRole('button', { name: '前の写真' }).click();
  await expect(viewer.getByRole('button', { name: 'メッセージへ' })).toBeVisible();
  await other.keyboard.press('Escape');
  await pane(other).getByRole('button', { name: '写真を追加' }).click();
  await pane(other).getByRole('button', { name: /^写真：用水路.jpg/ }).click();
  await pane(other).getByRole('button', { name: '1枚を追加' }).click();
  await expect(pane(page).getByRole('button', { name: /^写真：/ }), 'without asking').toHaveCount(3);
  await pane(page).getByRole('button', { name: 'アルバムの操作' }).click();
  await page.getByRole('menuitem', { name: '写真を外す' }).click();
  await pane(page).getByRole('button', { name: /^写真：駅前.jpg/ }).click();
  await pane(page).getByRole('button', { name: '1枚を外す' }).click();
  await expect(pane(page).getByRole('button', { name: /^写真：/ })).toHaveCount(2);
  await pane(page).getByRole('button', { name: 'アルバムの操作' }).click();
  await page.getByRole('menuitem', { name: 'アルバムを削除' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'アルバムを削除' }).click();
  await expect(pane(page).getByRole('button', { name: /^写真：橋.jpg/ }), 'in the talk it stays').toBeVisible();
  await expect(pane(other).getByText('このアルバムは削除されています')).toBeVisible();
});

test('a photo in the conversation is put into an album', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await attach(page, '写真・動画', [await jpeg(page, '橋.jpg')]);
  await send(page);
  await expectShown(page, '橋.jpg');
  await said(page, '').last().click({ button: 'right', position: { x: 4, y: 4 } });
  await page.getByRole('menuitem', { name: 'アルバムに追加' }).click();
  await page.getByRole('textbox', { name: 'アルバム名' }).fill('橋');
  await page.getByRole('button', { name: '1枚でつくる' }).click();
  await page.getByRole('button', { name: 'アルバム', exact: true }).click();
  await expect(pane(page).getByRole('heading', { name: '橋' })).toBeVisible();
});
