// Two people in two browsers: what one writes the other sees, at once and after everything that may happen to a network.
import { expect, test } from './test.ts';
import { address, come, expectAccessible, message, say, signIn, talkWith } from './people.ts';

const unique = () => Math.random().toString(36).slice(2, 8);

/** Names of two accounts, as the directory has them. */
async function nameOf(page: import('@playwright/test').Page): Promise<string> {
  return page.evaluate(async () => ((await (await fetch('/city/api/v1/me')).json()) as { name: string }).name);
}

test('a message, its 既読, a reply and a forward go both ways at once', async ({ browser }, { project }) => {
  const [aiko, kenji] = [await come(browser, 'staff001', project.use), await come(browser, 'staff002', project.use)];
  const [aikosName, kenjisName] = [await nameOf(aiko), await nameOf(kenji)];
  await talkWith(aiko, kenjisName);
  await talkWith(kenji, aikosName);

  const question = `川の水位を見てきてください ${unique()}`;
  await say(aiko, question);
  await expect(message(kenji, question)).toBeVisible();
  await expect(message(aiko, question).getByRole('button', { name: '既読 1' })).toBeVisible();

  await message(kenji, question).focus();
  await kenji.keyboard.press('r');
  const answer = `確認しました ${unique()}`;
  await say(kenji, answer);
  await expect(message(aiko, answer)).toContainText(question);

  await message(aiko, answer).focus();
  await aiko.keyboard.press('f');
  const dialog = aiko.getByRole('dialog', { name: '転送' });
  await dialog.getByRole('button', { name: /に送る$/ }).nth(1).click();
  await expect(dialog.getByText('送信済み')).toBeVisible();

  // After a reload nothing is missing.
  await kenji.reload();
  await expect(message(kenji, question)).toBeVisible();
  await expect(message(kenji, answer)).toBeVisible();
});

test('what is written without a network is kept, shown, and sent once there is one', async ({ browser }, { project }) => {
  const [aiko, kenji] = [await come(browser, 'staff003', project.use), await come(browser, 'staff004', project.use)];
  await talkWith(aiko, await nameOf(kenji));
  await talkWith(kenji, await nameOf(aiko));
  await aiko.context().setOffline(true);
  const words = `圏外から ${unique()}`;
  await say(aiko, words);
  await expect(aiko.getByText(words).last()).toBeVisible();
  await expect(message(kenji, words)).toHaveCount(0);
  await aiko.context().setOffline(false);
  await expect(message(kenji, words)).toBeVisible({ timeout: 30_000 });
  for (const page of [aiko, kenji]) await expect(page.getByRole('article').filter({ hasText: words })).toHaveCount(1);
});

test('HTML, marks and a long text are shown as they are typed', async ({ browser }, { project }) => {
  const page = await come(browser, 'staff005', project.use);
  await page.locator('a[data-room]').first().click();
  const odd = `<b onclick="x">太字</b> 𠮷 👨‍👩‍👧‍👦 ${unique()}`;
  await say(page, odd);
  await expect(message(page, odd)).toBeVisible();
  await expect(page.locator('b[onclick]')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no screen of talk has a barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const page = await come(browser, 'staff001', { ...project.use, colorScheme });
    await expectAccessible(page);
    await page.locator('a[data-room]').first().click();
    await expect(page.getByRole('article').first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: '詳細' }).click();
    await expect(page.getByRole('complementary', { name: '詳細' })).toBeVisible();
    await expectAccessible(page);
  });
}

test('a wrong password says what to do and not which part was wrong', async ({ page }) => {
  await signIn(page, 'staff001', 'ちがうパスワード');
  await expect(page.getByText('ログインIDかパスワードが違います').first()).toBeVisible();
  await expectAccessible(page);
  await page.goto(address('/city/talk'));
  await expect(page.getByLabel('ログインID')).toBeVisible();
});
