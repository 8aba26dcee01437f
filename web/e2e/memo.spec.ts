// 自分だけのメモ: messages kept by one press, found and written in as in any room.
import { expect, test } from './test.ts';
import { cast, enter, field, group, line, open, speak, stored, unique } from './cast.ts';
import { act, dialog, menu, talkMenu } from './later.ts';
import { expectAccessible } from './people.ts';

test('a message is kept in the notes, which one finds and writes in as in any room', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const [{ id }, other] = [await group([aiko!, kenji!]), await group([aiko!, kenji!])];
  const [kept, forwarded] = [`避難所の鍵は3番 ${unique()}`, `毛布は倉庫の奥 ${unique()}`];
  await speak(kenji!, id, kept);
  await speak(kenji!, id, forwarded);
  const page = await enter(browser, aiko!, project.use, id);
  await act(page, kept, '保存（自分だけのメモ）');
  await page.getByRole('status').filter({ hasText: '自分だけのメモに保存しました' }).getByRole('button', { name: '見る' }).click();
  await expect(page.getByRole('heading', { name: '自分だけのメモ', level: 2 })).toBeVisible();
  await expect(stored(page, kept)).toContainText('さんのメッセージを転送');
  const own = `電池を買う ${unique()}`;
  await field(page).fill(own);
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(stored(page, own)).toBeVisible();
  // Nobody else reads here.
  await stored(page, own).locator('.bubble').last().dispatchEvent('contextmenu');
  await expect(menu(page, 'リプライ')).toBeVisible();
  for (const name of ['既読の確認', '保存（自分だけのメモ）']) await expect(menu(page, name)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expectAccessible(page);
  await page.screenshot({ path: test.info().outputPath('memo.png') });

  await open(page, id);
  await stored(page, forwarded).focus();
  await page.keyboard.press('f');
  await dialog(page, '転送').getByRole('button', { name: '自分だけのメモに送る' }).click();
  await expect(dialog(page, '転送').getByText('送信済み')).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('memo-forward.png') });
  await page.keyboard.press('Escape');
  await page.goto(page.url().replace(/talk.*/u, 'talk'));
  await expect(line(page, '自分だけのメモ')).toContainText(forwarded);
  await talkMenu(page, '自分だけのメモ');
  await expect(stored(page, forwarded)).toBeVisible();
  expect(other.id).not.toBe(id);
});
