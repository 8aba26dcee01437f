// Photos and files in talk: chosen, seen, looked at, passed on, found again, taken back.
import { expect, test } from './test.ts';
import { call, cast, enter, group, line, said, unique } from './cast.ts';
import { expectAccessible, message, say } from './people.ts';
import { attach, drag, expectShown, jpeg, paste, photo, send, textFile, tray } from './pictures.ts';

test('a photo with a word reaches the other, and stands in the list of rooms', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  const list = await enter(browser, kenji!, project.use);
  const words = `冠水しています ${unique()}`;
  await attach(page, '写真・動画', await jpeg(page, '用水路.jpg'));
  await expect(tray(page)).toContainText('用水路.jpg');
  await expect(tray(page).getByRole('button', { name: '用水路.jpgを外す' })).toBeVisible();
  await say(page, words);
  await expect(tray(page)).toHaveCount(0);
  await expectShown(other, '用水路.jpg');
  await expect(message(other, words)).toContainText(words);
  await expect(photo(other, '用水路.jpg')).toHaveAttribute('alt', `写真：用水路.jpg、${aiko!.name}`);
  await expectShown(page, '用水路.jpg');
  await expect(line(list, room.title)).toContainText(words);
  // Without a word the photo speaks for itself.
  await attach(page, '写真・動画', await jpeg(page, '二枚目.jpg'));
  await send(page);
  await expectShown(other, '二枚目.jpg');
  await expect(line(list, room.title)).toContainText('写真を送信しました');
});

test('several photos stand together, a document stands as a card, and what was taken out stays out', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  const pictures = [await jpeg(page, 'あ.jpg'), await jpeg(page, 'い.jpg'), await jpeg(page, 'う.jpg')];
  await attach(page, '写真・動画', pictures);
  await attach(page, 'ファイル', textFile('避難所一覧.csv'));
  await expect(tray(page).getByRole('listitem')).toHaveCount(4);
  await tray(page).getByRole('button', { name: 'い.jpgを外す' }).click();
  await expect(tray(page).getByRole('listitem')).toHaveCount(3);
  await send(page);
  await expectShown(other, 'あ.jpg');
  await expectShown(other, 'う.jpg');
  await expect(photo(other, 'い.jpg')).toHaveCount(0);
  const saving = other.waitForEvent('download');
  await other.getByRole('link', { name: '避難所一覧.csvを保存' }).click();
  expect((await saving).suggestedFilename()).toBe('避難所一覧.csv');
});

test('what is dropped or pasted is attached; words that come with a picture are words @keyboard', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  const dropped = await jpeg(page, '落とした.jpg');
  await drag(page, 'dragenter', dropped, 'section.talk');
  await expect(page.getByText('ここに放すと添付します')).toBeVisible();
  await drag(page, 'dragleave', dropped, '.target');
  await expect(page.getByText('ここに放すと添付します')).toHaveCount(0);
  await drag(page, 'dragenter', dropped, 'section.talk');
  await drag(page, 'drop', dropped, '.target');
  await paste(page, await jpeg(page, '表.jpg'), '避難所\t収容');
  await paste(page, await jpeg(page, '貼った.jpg'));
  await expect(tray(page).getByRole('listitem')).toHaveCount(2);
  await page.keyboard.press('Enter');
  await expectShown(other, '落とした.jpg');
  await expectShown(other, '貼った.jpg');
});

test('what is refused stays, red, with the reason; what can’t be sent is said before', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await attach(page, '写真・動画', { name: 'IMG_0001.HEIC', mimeType: 'image/heic', buffer: Buffer.from('ftypheic') });
  await expect(page.getByRole('alert')).toContainText('HEIC形式');
  await attach(page, 'ファイル', textFile('空.txt', ''));
  await expect(page.getByRole('alert')).toContainText('中身がありません');
  await attach(page, 'ファイル', { name: 'setup.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ\u0090\u0000 This program cannot be run in DOS mode.') });
  await send(page);
  await expect(page.getByRole('article', { name: '送れません' })).toContainText('setup.exe');
  await expect(page.getByRole('article', { name: '送れません' }).getByRole('alert')).not.toBeEmpty();
  await expect(page.getByRole('button', { name: '再送' })).toBeVisible();
  await page.getByRole('button', { name: '削除', exact: true }).click();
  await expect(page.getByRole('article', { name: '送れません' })).toHaveCount(0);
});

test('a forwarded photo is seen by those of the other room', async ({ browser }, { project }) => {
  const players = await cast(3);
  const [aiko, kenji, mei] = players;
  const room = await group([aiko!, kenji!]);
  const elsewhere = await group([aiko!, mei!]);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, mei!, project.use, elsewhere.id);
  await attach(page, '写真・動画', await jpeg(page, '転送する.jpg'));
  await send(page);
  await expectShown(page, '転送する.jpg');
  await page.locator('article[data-seq]').last().focus();
  await page.keyboard.press('f');
  await expect(page.getByRole('dialog')).toContainText('写真を送信しました');
  await page.getByRole('button', { name: `${elsewhere.title}に送る` }).click();
  await expectShown(other, '転送する.jpg');
});

test('the details hold photos and files by days, live, and lead to the message', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  await other.getByRole('button', { name: '詳細' }).click();
  await other.getByRole('tab', { name: '写真' }).click();
  await expect(other.getByText('写真はまだありません')).toBeVisible();
  await attach(page, '写真・動画', [await jpeg(page, '一.jpg'), await jpeg(page, '二.jpg')]);
  await attach(page, 'ファイル', textFile('名簿.csv'));
  await say(page, 'まとめて送ります');
  const pane = other.getByRole('complementary', { name: '詳細' });
  await expect(pane.getByRole('button', { name: /^写真：/ })).toHaveCount(2);
  await expect(pane.getByRole('heading', { name: '今日' })).toBeVisible();
  await pane.getByRole('button', { name: /^写真：一.jpg/ }).click();
  const viewer = other.getByRole('dialog', { name: '写真を見る' });
  await expect(viewer.getByRole('img', { name: /^写真：一.jpg/ })).toBeVisible();
  await viewer.getByRole('button', { name: '次の写真' }).click();
  await expect(viewer.getByRole('img', { name: /^写真：二.jpg/ })).toBeVisible();
  await viewer.getByRole('button', { name: '閉じる' }).click();
  await expect(viewer).toHaveCount(0);
  await pane.getByRole('tab', { name: 'ファイル' }).click();
  await expect(pane).toContainText('名簿.csv');
  await pane.getByRole('button', { name: 'メッセージへ' }).click();
  await expect(said(other, 'まとめて送ります')).toBeInViewport();
  // Taken back: it is nowhere any more.
  const { items } = await call<{ items: { seq: number; text: string }[] }>(aiko!.token, 'GET', `/rooms/${room.id}/messages`);
  if (!(await pane.isVisible())) await other.getByRole('button', { name: '詳細' }).click();
  await other.getByRole('tab', { name: '写真' }).click();
  await expect(pane.getByRole('button', { name: /^写真：/ })).toHaveCount(2);
  await call(aiko!.token, 'DELETE', `/rooms/${room.id}/messages/${items.find(({ text }) => text === 'まとめて送ります')!.seq}`);
  await expect(pane.getByText('写真はまだありません')).toBeVisible();
});

test('a photo takes its place along when one wants it to, and goes without where it may not be known', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, { ...project.use, geolocation: { latitude: 35.681236, longitude: 139.767125, accuracy: 12 } }, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  await page.context().grantPermissions(['geolocation']);
  await attach(page, '写真・動画', await jpeg(page, '現場.jpg'));
  await expect(page.getByRole('switch', { name: '現在地を付ける' })).not.toBeChecked();
  await page.getByRole('switch', { name: '現在地を付ける' }).click();
  await expect(tray(page)).toContainText('35.68124, 139.76713（誤差 約12m）');
  await send(page);
  const link = other.getByRole('link', { name: /^地図で開く：35\.68124/ });
  await expect(link).toHaveAttribute('href', 'geo:35.68124,139.76713');
  await page.context().clearPermissions();
  await attach(page, '写真・動画', await jpeg(page, '場所なし.jpg'));
  await page.getByRole('switch', { name: '現在地を付ける' }).click();
  await expect(tray(page)).toContainText('現在地の利用が許可されていません');
  await send(page);
  await expectShown(other, '場所なし.jpg');
  await expect(link).toHaveCount(1);
});

test('where an incident is dealt with, a photo bears its place by itself', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, { ...project.use, geolocation: { latitude: 35.681236, longitude: 139.767125, accuracy: 12 } }, room.id);
  await page.context().grantPermissions(['geolocation']);
  await page.getByRole('button', { name: '詳細' }).click();
  await page.getByRole('switch', { name: '災害対応のトーク' }).click();
  await expect(page.getByRole('switch', { name: '災害対応のトーク' })).toBeChecked();
  await page.getByRole('complementary', { name: '詳細' }).getByRole('button', { name: '閉じる' }).click();
  await attach(page, '写真・動画', await jpeg(page, '冠水.jpg'));
  await expect(page.getByRole('switch', { name: '現在地を付ける' })).toBeChecked();
  await expect(tray(page)).toContainText('35.68124, 139.76713');
  await page.getByRole('switch', { name: '現在地を付ける' }).click();
  await send(page);
  await expectShown(page, '冠水.jpg');
  await expect(page.getByRole('link', { name: /^地図で開く/ })).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no screen of photos has a barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const players = await cast(2);
    const room = await group(players);
    const page = await enter(browser, players[0]!, { ...project.use, colorScheme }, room.id);
    await attach(page, '写真・動画', [await jpeg(page, 'は.jpg'), await jpeg(page, 'に.jpg')]);
    await attach(page, 'ファイル', textFile('ほ.csv'));
    await expect(tray(page).getByRole('listitem')).toHaveCount(3);
    await expectAccessible(page);
    await page.route('**/api/v1/files/*', (route) => (route.request().method() === 'PATCH' ? route.abort() : route.fallback()));
    await say(page, '見てください');
    await expect(page.getByText('0%・止まっています')).toBeVisible();
    await expectAccessible(page);
    await page.unroute('**/api/v1/files/*');
    await expectShown(page, 'は.jpg');
    await expectAccessible(page);
    await page.getByRole('button', { name: /^写真：は.jpg/ }).click();
    await expect(page.getByRole('dialog', { name: '写真を見る' }).getByRole('img')).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '詳細' }).click();
    for (const tab of ['写真', 'ファイル']) {
      await page.getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('tabpanel')).toContainText('今日');
      await expectAccessible(page);
    }
  });
}
