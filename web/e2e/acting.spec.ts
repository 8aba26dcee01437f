// What one does with a message and a room, and what the others see of it.
import { expect, test } from './test.ts';
import { call, cast, enter, field, group, line, said, speak, stored, unique } from './cast.ts';
import { expectAccessible, say } from './people.ts';

test('an edit, a reaction, a notice and a recall are seen by others at once', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const [page, other] = [await enter(browser, aiko!, project.use, room.id), await enter(browser, kenji!, project.use, room.id)];
  const words = `十時に集合 ${unique()}`;
  await say(page, words);
  await expect(said(other, words)).toBeVisible();

  await menu(page, words);
  await page.getByRole('menuitem', { name: '編集', exact: true }).click();
  await expect(field(page)).toHaveValue(words);
  await field(page).fill(`${words} 変更`);
  await page.getByRole('button', { name: '編集を保存' }).click();
  await expect(said(other, `${words} 変更`)).toContainText('編集済み');

  await menu(other, words);
  await other.getByRole('menuitem', { name: '👍でリアクション' }).click();
  await expect(said(page, words).getByRole('button', { name: /👍/ })).toBeVisible();

  await menu(page, words);
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'アナウンスに登録' }).click();
  await expect(other.getByRole('region', { name: 'アナウンス' }).getByText(words)).toBeVisible();

  await menu(page, words);
  await page.getByRole('menuitem', { name: '送信取消' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '送信取消' }).click();
  await expect(said(other, words)).toHaveCount(0);
  await expect(said(other, 'メッセージの送信を取り消しました')).toBeVisible();
});

async function menu(page: import('@playwright/test').Page, words: string): Promise<void> {
  await stored(page, words).focus();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu', { name: 'メッセージの操作' })).toBeVisible();
}

test('several messages are forwarded to several rooms, and taken back', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const [from, to] = [await group(players), await group(players)];
  const marks = [unique(), unique()];
  for (const mark of marks) await speak(aiko!, from.id, `転送する ${mark}`);
  const page = await enter(browser, aiko!, project.use, from.id);
  const other = await enter(browser, kenji!, project.use, to.id);
  await menu(page, marks[0]!);
  await page.getByRole('menuitem', { name: 'いくつか選ぶ' }).click();
  for (const mark of marks) {
    const box = said(page, mark).getByRole('checkbox');
    if (!(await box.isChecked())) await box.check();
  }
  await page.getByRole('button', { name: '転送' }).last().click();
  const dialog = page.getByRole('dialog', { name: '転送' });
  await expect(dialog.getByText('2件のメッセージ')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: `${to.title}に送る` }).click();
  await expect(dialog.getByText('送信済み')).toBeVisible();
  for (const mark of marks) await expect(said(other, mark)).toHaveCount(1);
  await dialog.getByRole('button', { name: '取り消す' }).click();
  for (const mark of marks) await expect(said(other, mark)).toHaveCount(0);
});

test('a mention is chosen from the list, marked for the one it names, and counted', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use);
  await field(page).pressSequentially(`@${kenji!.name.slice(0, 2)}`);
  const choices = page.getByRole('listbox', { name: 'メンションする相手' });
  await expect(choices).toBeVisible();
  await choices.getByRole('option', { name: new RegExp(kenji!.name) }).click();
  await field(page).pressSequentially('見てください');
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(line(other, room.title).getByLabel('自分へのメンション').or(line(other, room.title).getByText('自分へのメンション')).first()).toBeAttached();
});

test('somebody is asked in with the past, and the room is renamed, muted, hidden and left', async ({ browser }, { project }) => {
  const players = await cast(3);
  const [aiko, kenji, mei] = players;
  const room = await group([aiko!, kenji!]);
  const past = `これまでの話 ${unique()}`;
  await speak(aiko!, room.id, past);
  const page = await enter(browser, aiko!, project.use, room.id);
  const newcomer = await enter(browser, mei!, project.use);
  await page.getByRole('button', { name: '詳細' }).click();
  await page.getByRole('button', { name: 'メンバーを追加' }).click();
  const dialog = page.getByRole('dialog', { name: 'メンバーを追加' });
  await dialog.getByRole('searchbox', { name: '相手' }).fill(mei!.name);
  await dialog.getByRole('list', { name: '候補' }).getByRole('button', { name: new RegExp(mei!.name) }).click();
  await dialog.getByLabel('すべて見せる').check();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: '1人を追加' }).click();
  await line(newcomer, room.title).click();
  await expect(said(newcomer, past)).toBeVisible();

  const title = `改名 ${unique()}`;
  await page.getByRole('button', { name: 'トーク名を変える' }).click();
  await page.getByRole('dialog').getByLabel('トーク名').fill(title);
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await expect(newcomer.getByRole('heading', { name: title }).first()).toBeVisible();

  await page.getByRole('switch', { name: '通知オフ' }).click();
  await expect(page.getByRole('switch', { name: '通知オフ' })).toBeChecked();
  await page.getByRole('button', { name: '退出する' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '退出する' }).click();
  await expect(line(page, title)).toHaveCount(0);
  await expect(newcomer.getByRole('region', { name: 'メッセージ' }).getByText(/退出しました/)).toBeVisible();
  await expect(call(aiko!.token, 'GET', `/rooms/${room.id}/messages`)).rejects.toThrow('404');
});

test('adding a third to a direct talk asks the other before the past is shown', async ({ browser }, { project }) => {
  const [aiko, kenji, mei] = await cast(3);
  const { id } = await call<{ id: string }>(aiko!.token, 'POST', '/rooms', { kind: 'direct', memberIds: [kenji!.id], clientId: crypto.randomUUID() });
  const past = `ふたりの話 ${unique()}`;
  await speak(aiko!, id, past);
  await call(aiko!.token, 'POST', `/rooms/${id}/members`, { userIds: [mei!.id], history: 'all' });
  const asked = await enter(browser, kenji!, project.use, id);
  const newcomer = await enter(browser, mei!, project.use, id);
  await expect(said(newcomer, past)).toHaveCount(0);
  await asked.getByRole('button', { name: '詳細' }).click();
  await asked.getByRole('region', { name: '履歴を見せることへの同意' }).getByRole('button', { name: '見せる', exact: true }).click();
  await expect(said(newcomer, past)).toBeVisible({ timeout: 20_000 });
});

test('odd texts are shown as they were typed', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  const long = `長文${unique()} ${'あ'.repeat(9_980)}`;
  const odd = [`<img src=x onerror="document.title='破れた'"> ${unique()}`, `\u202Eわたし\u202C 逆 ${unique()}`, `𠮷野家 𩸽 👨‍👩‍👧‍👦 ${unique()}`, long];
  for (const text of odd) {
    await field(page).fill(text);
    await page.getByRole('button', { name: '送信', exact: true }).click();
    await expect(said(other, text.slice(-6) === 'ああああああ' ? long.slice(0, 8) : text.slice(-6))).toBeVisible();
  }
  await expect(other).not.toHaveTitle(/破れた/);
  await said(other, long.slice(0, 8)).getByRole('button', { name: 'もっと見る' }).click();
  const width = await other.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(width).toBeLessThanOrEqual(0);
  await field(page).fill('い'.repeat(10_001));
  await expect(page.getByRole('alert')).toContainText('10,000文字まで');
  await expect(page.getByRole('button', { name: '送信', exact: true })).toBeDisabled();
});
