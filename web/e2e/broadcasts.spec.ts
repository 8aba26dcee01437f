// まとめて送信: one message to many rooms, and what came of all of them in one place.
import { expect, type Page, test } from './test.ts';
import { call, cast, enter, group, said, speak, unique } from './cast.ts';
import { talkMenu } from './later.ts';
import { address, expectAccessible } from './people.ts';

interface Sent {
  id: string;
  rooms: { roomId: string; seq: number }[];
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'まとめて送る' });
const outcomeOf = (page: Page) => page.getByRole('region', { name: '届いたあとの様子' });

test('one message goes to several talks, and their answers come together', async ({ browser }, { project }) => {
  const mark = unique();
  const [mayor, aiko, kenji] = await cast(3);
  const rivers = await group([mayor!, aiko!], `河川班 ${mark}`);
  const roads = await group([mayor!, aiko!, kenji!], `道路班 ${mark}`);
  const page = await enter(browser, mayor!, project.use);
  await talkMenu(page, 'まとめて送信');
  await expect(page.getByText('まだ何も送っていません')).toBeVisible();
  await page.getByRole('button', { name: 'まとめて送る' }).click();
  const dialog = dialogOf(page);
  await expect(dialog.getByText('送り先を選んでください')).toBeVisible();
  await expect(dialog.getByRole('button', { name: '送信' })).toBeDisabled();
  await dialog.getByRole('searchbox', { name: '送り先を探す' }).fill(mark);
  await dialog.getByRole('button', { name: '2件すべて選ぶ' }).click();
  await expect(dialog.getByText('2のトーク・2人')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'メッセージ' }).fill('点検の結果を返信してください');
  await dialog.getByRole('button', { name: '送信' }).click();
  const outcome = outcomeOf(page);
  await expect(outcome.getByText('点検の結果を返信してください')).toBeVisible();
  await expect(outcome.getByText('まだ返信はありません')).toBeVisible();

  const { items } = await call<{ items: Sent[] }>(mayor!.token, 'GET', '/broadcasts');
  const { rooms } = await call<Sent>(mayor!.token, 'GET', `/broadcasts/${items[0]!.id}`);
  for (const { roomId, seq } of rooms) await speak(aiko!, roomId, '異常ありません', { replyToSeq: seq });
  const ofRivers = rooms.find(({ roomId }) => roomId === rivers.id)!;
  await call(aiko!.token, 'PUT', `/rooms/${rivers.id}/messages/${ofRivers.seq}/reactions/🙏`);
  await expect(outcome.getByText('異常ありません')).toHaveCount(2);
  await expect(outcome.getByText('🙏 1')).toBeVisible();
  await outcome.getByRole('tab', { name: 'トーク別 2' }).click();
  const line = outcome.getByRole('link', { name: new RegExp(roads.title) });
  await expect(line).toContainText('返信 1');
  await line.click();
  await expect(said(page, '点検の結果を返信してください').first()).toBeVisible();
});

test('what was sent everywhere is taken back everywhere', async ({ browser }, { project }) => {
  const [mayor, aiko] = await cast(2);
  const rooms = [await group([mayor!, aiko!]), await group([mayor!, aiko!])];
  const roomIds = rooms.map(({ id }) => id);
  const { id } = await call<Sent>(mayor!.token, 'POST', '/broadcasts', { clientId: crypto.randomUUID(), roomIds, text: '誤った知らせ' });
  const page = await enter(browser, mayor!, project.use);
  await page.goto(address(`/city/broadcasts/${id}`));
  const outcome = outcomeOf(page);
  await outcome.getByRole('button', { name: 'すべて送信取消' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '送信取消' }).click();
  await expect(outcome.getByText('誤った知らせ')).toHaveCount(0);
  await expect(outcome.getByRole('button', { name: 'すべて送信取消' })).toHaveCount(0);
  const seen = await call<{ items: { text: string }[] }>(aiko!.token, 'GET', `/rooms/${roomIds[0]}/messages`);
  expect(seen.items.filter(({ text }) => text === '誤った知らせ')).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`まとめて送信 has no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const [mayor, aiko] = await cast(2);
    const room = await group([mayor!, aiko!]);
    const body = { clientId: crypto.randomUUID(), roomIds: [room.id], text: '**至急** 確認を' };
    const { id, rooms } = await call<Sent>(mayor!.token, 'POST', '/broadcasts', body);
    await speak(aiko!, room.id, '確認しました', { replyToSeq: rooms[0]!.seq });
    const page = await enter(browser, mayor!, { ...project.use, colorScheme });
    await page.goto(address(`/city/broadcasts/${id}`));
    await expect(outcomeOf(page).getByText('確認しました')).toBeVisible();
    await expectAccessible(page);
    await page.goto(address('/city/broadcasts'));
    await page.getByRole('button', { name: 'まとめて送る' }).click();
    await expect(dialogOf(page).getByRole('checkbox').first()).toBeVisible();
    await expectAccessible(page);
  });
}
