// The server is killed and comes back: nothing is missing, and nothing comes twice.
import { expect, test } from './test.ts';
import { field, said, unique } from './cast.ts';
import { say } from './people.ts';
import { ownServer, PASSWORD } from './serve.ts';

test('after the server was killed both go on where they were', async ({ browser }, { project }) => {
  test.setTimeout(90_000);
  const server = await ownServer();
  try {
    const come = async (loginId: string) => {
      const page = await (await browser.newContext(project.use)).newPage();
      await page.goto(`${server.origin}/city/signin`);
      await page.getByLabel('ログインID').fill(loginId);
      await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'ログイン' }).click();
      await expect(page.getByRole('heading', { name: 'トーク', level: 1 })).toBeVisible();
      return page;
    };
    const [aiko, kenji] = [await come('staff001'), await come('staff002')];
    const name = await kenji.evaluate(async () => ((await (await fetch('/city/api/v1/me')).json()) as { name: string }).name);
    await aiko.getByRole('searchbox', { name: '名前・ことばで検索' }).fill(name);
    await aiko.getByRole('button', { name }).first().click();
    await expect(field(aiko)).toBeVisible();
    await kenji.goto(aiko.url());
    await expect(field(kenji)).toBeVisible();

    const before = `停電の前 ${unique()}`;
    await say(aiko, before);
    await expect(said(kenji, before)).toHaveCount(1);
    await server.kill();
    const during = `停電の間 ${unique()}`;
    await say(aiko, during);
    await expect(aiko.getByText(during, { exact: true })).toBeVisible();
    await server.start();
    await expect(said(kenji, during)).toHaveCount(1, { timeout: 30_000 });
    await expect(said(aiko, during)).toHaveCount(1);
    const after = `停電の後 ${unique()}`;
    await say(kenji, after);
    await expect(said(aiko, after)).toHaveCount(1, { timeout: 20_000 });
    for (const page of [aiko, kenji]) {
      await page.reload();
      for (const words of [before, during, after]) await expect(said(page, words)).toHaveCount(1);
    }
  } finally {
    await server.end();
  }
});
