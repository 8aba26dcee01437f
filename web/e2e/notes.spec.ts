// Notes: what a room looks up again and again.
import { expect, type Page, test } from './test.ts';
import { call, cast, enter, field, group, type Player, said, speak } from './cast.ts';
import { expectAccessible } from './people.ts';

const pane = (page: Page) => page.getByRole('complementary', { name: '詳細' });
const openNotes = async (page: Page) => {
  await page.getByRole('button', { name: '詳細' }).click();
  await pane(page).getByRole('tab', { name: 'ノート' }).click();
};
const write = (player: Player, roomId: string, title: string, body: string) =>
  call<{ no: number; rev: number }>(player.token, 'POST', `/rooms/${roomId}/notes`, { clientId: crypto.randomUUID(), title, body });

async function isPhone(page: Page): Promise<boolean> {
  return (page.viewportSize()?.width ?? 0) < 768;
}

test('a note is written with marks and a file, told in the room, opened by another, and talked about', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await openNotes(page);
  await expect(pane(page).getByText('ノートはまだありません')).toBeVisible();
  await pane(page).getByRole('button', { name: 'ノートを書く' }).click();
  await pane(page).getByRole('textbox', { name: '題名' }).fill('土のうの置き場');
  const body = pane(page).getByRole('textbox', { name: '本文' });
  await body.fill('東倉庫に300');
  await body.selectText();
  await pane(page).getByRole('toolbar').getByRole('button', { name: '太字' }).click();
  await expect(body).toHaveValue('**東倉庫に300**');
  await pane(page).locator('input[type=file]').setInputFiles({ name: '一覧.csv', mimeType: 'text/csv', buffer: Buffer.from('品名,数\n土のう,300') });
  await pane(page).getByRole('button', { name: '保存', exact: true }).click();
  const shown = pane(page).getByRole('article', { name: '土のうの置き場' });
  await expect(shown.locator('strong')).toHaveText('東倉庫に300');
  await expect(shown.getByText('一覧.csv')).toBeVisible();
  await expectAccessible(page);
  const other = await enter(browser, players[1]!, project.use, room.id);
  await other.getByRole('button', { name: `${players[0]!.name}がノート「土のうの置き場」を作成しました` }).click();
  await pane(other).getByRole('textbox', { name: 'コメントを入力' }).fill('北倉庫にもあります');
  await pane(other).getByRole('button', { name: 'コメントを送信' }).click();
  await expect(pane(page).getByText('北倉庫にもあります'), 'without asking').toBeVisible();
  await pane(other).getByRole('button', { name: 'ノートの操作' }).click();
  await expect(other.getByRole('menuitem', { name: 'ノートを削除' }), 'another made it').toHaveCount(0);
  await other.getByRole('menuitem', { name: '上に固定' }).click();
  await expect(pane(other).getByText('固定', { exact: true })).toBeVisible();
  await pane(other).getByRole('button', { name: 'ノートの一覧へ' }).click();
  await expect(pane(other).getByRole('button', { name: /土のうの置き場/ })).toContainText('コメント 1件');
  await expectAccessible(other);
  await pane(page).getByRole('button', { name: 'ノートの操作' }).click();
  await page.getByRole('menuitem', { name: 'ノートを削除' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'ノートを削除' }).click();
  await expect(pane(page).getByText('ノートはまだありません')).toBeVisible();
  await expect(pane(other).getByText('ノートはまだありません'), 'there too').toBeVisible();
});

test('two who write at once: nothing typed is lost, also over a reload', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const note = await write(players[0]!, room.id, '当番', '月曜 森');
  const page = await enter(browser, players[0]!, project.use, room.id);
  await openNotes(page);
  await pane(page).getByRole('button', { name: /当番/ }).click();
  await pane(page).getByRole('button', { name: 'ノートの操作' }).click();
  await page.getByRole('menuitem', { name: 'ノートを編集' }).click();
  await pane(page).getByRole('textbox', { name: '本文' }).fill('月曜 林');
  await call(players[1]!.token, 'PATCH', `/rooms/${room.id}/notes/${note.no}`, { body: '月曜 青木' });
  await pane(page).getByRole('button', { name: '保存', exact: true }).click();
  await expect(pane(page).getByText('このノートを変更しました')).toBeVisible();
  await pane(page).getByRole('button', { name: '新しい内容を見る' }).click();
  await expect(pane(page).getByText('月曜 青木')).toBeVisible();
  await expect(pane(page).getByRole('textbox', { name: '本文' })).toHaveValue('月曜 林');
  await page.waitForTimeout(500);
  await page.reload();
  await openNotes(page);
  await pane(page).getByRole('button', { name: /当番/ }).click();
  await pane(page).getByRole('button', { name: 'ノートの操作' }).click();
  await page.getByRole('menuitem', { name: 'ノートを編集' }).click();
  await expect(pane(page).getByText('書きかけの続きです')).toBeVisible();
  await expect(pane(page).getByRole('textbox', { name: '本文' })).toHaveValue('月曜 林');
  await pane(page).getByRole('button', { name: '保存', exact: true }).click();
  await pane(page).getByRole('button', { name: '自分の内容で保存' }).click();
  await expect(pane(page).getByRole('article', { name: '当番' })).toContainText('月曜 林');
});

test('a message becomes a note, and a note is found by search and opened', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  await speak(players[1]!, room.id, '冠水しやすい場所\n- 川東2丁目\n- 駅前の地下道');
  const page = await enter(browser, players[0]!, project.use, room.id);
  await said(page, '川東2丁目').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'ノートに登録' }).click();
  await expect(pane(page).getByRole('textbox', { name: '題名' })).toHaveValue('冠水しやすい場所');
  await expect(pane(page).getByRole('textbox', { name: '本文' })).toHaveValue('- 川東2丁目\n- 駅前の地下道');
  await pane(page).getByRole('button', { name: '保存', exact: true }).click();
  await expect(pane(page).getByRole('article', { name: '冠水しやすい場所' })).toBeVisible();
  await pane(page).getByRole('button', { name: '閉じる' }).click();
  await expect(field(page)).toBeVisible();
  await page.goto(page.url().replace(/\/talk\/.*/u, `/search?q=${encodeURIComponent('地下道')}&in=notes`));
  const hit = page.getByRole('region', { name: '検索結果' }).getByRole('link', { name: /地下道/ });
  await expect(hit).toHaveCount(1);
  await expectAccessible(page);
  if (await isPhone(page)) await hit.click();
  else {
    await expect(page.getByRole('region', { name: 'ノート' }).getByText('冠水しやすい場所')).toBeVisible();
    await page.getByRole('link', { name: 'ノートを開く' }).click();
  }
  await expect(pane(page).getByRole('article', { name: '冠水しやすい場所' })).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the notes have no barrier, ${scheme}`, async ({ browser }, { project }) => {
    const players = await cast(2);
    const room = await group(players);
    const note = await write(players[0]!, room.id, '当番', '- 月曜 **森**\n> 夜間は守衛室');
    await call(players[0]!.token, 'PATCH', `/rooms/${room.id}/notes/${note.no}`, { pinned: true });
    await call(players[1]!.token, 'POST', `/rooms/${room.id}/notes/${note.no}/comments`, { clientId: crypto.randomUUID(), text: '了解' });
    const page = await enter(browser, players[0]!, { ...project.use, colorScheme: scheme }, room.id);
    await openNotes(page);
    await expect(pane(page).getByRole('button', { name: /当番/ })).toBeVisible();
    await expectAccessible(page);
    await pane(page).getByRole('button', { name: /当番/ }).click();
    await expect(pane(page).getByText('了解')).toBeVisible();
    await expectAccessible(page);
    await pane(page).getByRole('button', { name: 'ノートの操作' }).click();
    await page.getByRole('menuitem', { name: 'ノートを編集' }).click();
    await expect(pane(page).getByRole('textbox', { name: '本文' })).toHaveValue(/月曜/);
    await expectAccessible(page);
  });
}
