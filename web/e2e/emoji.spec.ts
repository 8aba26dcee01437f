// Emoji, found by what they mean in Japanese, for reactions and in what is written; and who reacted.
import { expect, type Page, test } from './test.ts';
import { call, cast, enter, field, group, speak, stored, unique } from './cast.ts';
import { expectAccessible } from './people.ts';

const picker = (page: Page) => page.getByRole('dialog', { name: /^絵文字/ });
const search = (page: Page) => picker(page).getByRole('searchbox', { name: '絵文字を検索' });

test('an emoji is found by its reading and reacts; the ones used last come first', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const words = `水位が下がりました ${unique()}`;
  await speak(aiko!, id, words);
  const page = await enter(browser, kenji!, project.use, id);
  const react = async () => {
    await stored(page, words).focus();
    await page.keyboard.press('e');
    await expect(picker(page)).toBeVisible();
  };
  await react();
  await search(page).fill('しょうぼうしゃ');
  await expect(picker(page).getByRole('status')).toHaveText(/件見つかりました$/);
  await page.keyboard.press('Enter');
  await expect(stored(page, words).getByRole('button', { name: '🚒 1人' })).toBeVisible();

  await react();
  await search(page).fill('ほげほげ');
  await expect(picker(page).getByText('見つかりませんでした', { exact: true })).toBeVisible();
  await search(page).fill('fire engine');
  await expect(picker(page).getByRole('button', { name: '消防車' })).toBeVisible();
  await search(page).fill('');
  await expect(picker(page).getByRole('group', { name: '最近・よく使うもの' }).getByRole('button').first()).toHaveAccessibleName('消防車');
  await picker(page).getByRole('tab', { name: '食べ物' }).click();
  await picker(page).getByRole('button', { name: 'おにぎり', exact: true }).click();
  await expect(stored(page, words).getByRole('button', { name: '🍙 1人' })).toBeVisible();
});

test('an emoji goes where the caret is, in the tone one chose @keyboard', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, project.use, id);
  await field(page).fill('了解です');
  await field(page).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(2, 2));
  await page.getByRole('button', { name: '絵文字', exact: true }).click();
  await picker(page).getByRole('combobox', { name: '肌の色' }).selectOption('3');
  await search(page).fill('サムズアップ');
  await search(page).press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(picker(page).getByRole('group', { name: '見つかった絵文字' }).getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(field(page)).toHaveValue('了解👍🏽です');
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(field(page)).toHaveValue('了解です');
});

test('who reacted is told by a tip and by a long press', async ({ browser }, { project }) => {
  const [aiko, kenji, mei] = await cast(3);
  const { id } = await group([aiko!, kenji!, mei!]);
  const words = `集合してください ${unique()}`;
  const { seq } = await speak(aiko!, id, words);
  for (const one of [kenji!, mei!]) await call(one.token, 'PUT', `/rooms/${id}/messages/${seq}/reactions/${encodeURIComponent('👍')}`);
  const page = await enter(browser, aiko!, project.use, id);
  const pill = stored(page, words).getByRole('button', { name: '👍 2人' });
  await expect(pill).toHaveAttribute('title', `${kenji!.name}、${mei!.name}`);
  if (project.use.hasTouch) await pill.dispatchEvent('contextmenu');
  else await pill.click({ button: 'right' });
  const dialog = page.getByRole('dialog', { name: 'リアクションした人' });
  await expect(dialog.getByText(kenji!.name)).toBeVisible();
  await expect(dialog.getByText(mei!.name)).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the picker has no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const [aiko, kenji] = await cast(2);
    const { id } = await group([aiko!, kenji!]);
    const page = await enter(browser, aiko!, { ...project.use, colorScheme }, id);
    await page.getByRole('button', { name: '絵文字', exact: true }).click();
    await expect(picker(page).getByRole('button', { name: '消防車' })).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: test.info().outputPath('emoji.png') });
    await search(page).fill('わらい');
    await expect(picker(page).getByRole('group', { name: '見つかった絵文字' })).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: test.info().outputPath('emoji-found.png') });
  });
}
