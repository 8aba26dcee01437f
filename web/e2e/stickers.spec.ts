// Stickers: sent by one press, seen by the other, kept while there is no network, forwarded, taken back.
import { expect, type Page, test } from './test.ts';
import { cast, enter, field, group, line, open, speak, stored, unique } from './cast.ts';
import { expectAccessible } from './people.ts';

const picker = (page: Page) => page.getByRole('dialog', { name: '絵文字とスタンプ' });
const sticker = (page: Page, name: string) => page.locator('article[data-seq]').filter({ has: page.getByRole('img', { name }) }).last();

async function choose(page: Page, name: string) {
  await page.getByRole('button', { name: '絵文字', exact: true }).click();
  await picker(page).getByRole('tab', { name: 'スタンプ' }).click();
  await picker(page).getByRole('group', { name: 'いろり' }).getByRole('button', { name }).click();
  await expect(picker(page)).toBeHidden();
}

test('a sticker is sent by one press, seen, quoted, forwarded and taken back', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const [{ id, title }, other] = [await group([aiko!, kenji!]), await group([aiko!, kenji!])];
  const [one, two] = [await enter(browser, aiko!, project.use, id), await enter(browser, kenji!, project.use, id)];
  await field(one).fill('書きかけ');
  await choose(one, '了解しました');
  const picture = sticker(two, '了解しました').getByRole('img', { name: '了解しました' });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
  await expect(field(one)).toHaveValue('書きかけ');

  // Neither copied nor edited: it holds no words.
  await sticker(one, '了解しました').getByRole('img').dispatchEvent('contextmenu');
  await expect(one.getByRole('menuitem', { name: '転送' })).toBeVisible();
  for (const name of ['編集', 'コピー']) await expect(one.getByRole('menuitem', { name })).toHaveCount(0);
  await one.keyboard.press('Escape');
  await sticker(two, '了解しました').focus();
  await two.keyboard.press('r');
  const answer = `早いですね ${unique()}`;
  await field(two).fill(answer);
  await two.getByRole('button', { name: '送信', exact: true }).click();
  await expect(stored(one, answer)).toContainText('スタンプ: 了解しました');

  await sticker(one, '了解しました').focus();
  await one.keyboard.press('f');
  const dialog = one.getByRole('dialog', { name: '転送' });
  await expect(dialog.getByText('スタンプ: 了解しました')).toBeVisible();
  await dialog.getByRole('button', { name: `${other.title}に送る` }).click();
  await expect(dialog.getByText('送信済み')).toBeVisible();
  await one.keyboard.press('Escape');
  await open(two, other.id);
  await expect(sticker(two, '了解しました')).toContainText('を転送');

  await sticker(one, '了解しました').focus();
  await one.keyboard.press('Delete');
  await one.getByRole('dialog').getByRole('button', { name: '送信取消' }).click();
  await expect(one.getByText('メッセージの送信を取り消しました').first()).toBeVisible();
  await open(two, id);
  await expect(stored(two, answer)).toBeVisible();
  await expect(two.getByRole('img', { name: '了解しました' })).toHaveCount(0);
  expect(title).not.toBe(other.title);
});

test('a sticker waits for the network like words, and the list names it', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id, title } = await group([aiko!, kenji!]);
  const [one, two] = [await enter(browser, aiko!, project.use, id), await enter(browser, kenji!, project.use)];
  // Once seen, the pictures and the picker are on the device.
  await one.getByRole('button', { name: '絵文字', exact: true }).click();
  await picker(one).getByRole('tab', { name: 'スタンプ' }).click();
  await expect(picker(one).getByRole('button', { name: '向かっています' })).toBeVisible();
  await one.keyboard.press('Escape');
  await one.context().setOffline(true);
  await choose(one, '向かっています');
  await expect(one.getByRole('article').filter({ has: one.getByRole('img', { name: '向かっています' }) })).toContainText('送信待ち');
  await one.context().setOffline(false);
  await expect(sticker(one, '向かっています')).toBeVisible({ timeout: 30_000 });
  await expect(line(two, title)).toContainText('スタンプ: 向かっています');
  await one.getByRole('button', { name: '絵文字', exact: true }).click();
  await expect(picker(one).getByRole('group', { name: '最近使ったもの' }).getByRole('button')).toHaveAccessibleName('向かっています');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`stickers have no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const [aiko, kenji] = await cast(2);
    const { id } = await group([aiko!, kenji!]);
    const asked = await speak(aiko!, id, '土のうを積んだ車、出られますか？');
    await speak(aiko!, id, '', { text: undefined, stickerId: 'one-moment' });
    await speak(kenji!, id, '', { text: undefined, stickerId: 'on-my-way', replyToSeq: asked.seq });
    const page = await enter(browser, kenji!, { ...project.use, colorScheme }, id);
    await expect(sticker(page, '向かっています')).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: test.info().outputPath('stickers.png') });
    await page.getByRole('button', { name: '絵文字', exact: true }).click();
    await picker(page).getByRole('tab', { name: 'スタンプ' }).click();
    await expect(picker(page).getByRole('button', { name: '雪です' })).toBeAttached();
    await page.waitForLoadState('networkidle');
    await expectAccessible(page);
    await page.screenshot({ path: test.info().outputPath('stickers-picker.png') });
  });
}
