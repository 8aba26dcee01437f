// Behind a proxy that breaks WebSockets the event stream takes over, and talk goes on as ever.
import { expect, test } from './test.ts';
import { call, cast, field, group, said, speak, unique } from './cast.ts';
import { address, say } from './people.ts';
import { type Breaks, proxyBefore } from './proxy.ts';
import { PASSWORD } from './serve.ts';

for (const breaks of ['refused', 'swallowed'] satisfies Breaks[]) {
  test(`where WebSockets are ${breaks} the event stream brings what is said`, async ({ browser }, { project }) => {
    const players = await cast(2);
    const [aiko, kenji] = players;
    const room = await group(players);
    const proxy = await proxyBefore(address(''), breaks);
    try {
      const page = await (await browser.newContext(project.use)).newPage();
      const streams = page.waitForResponse((answer) => answer.url().endsWith('/live/streams') && answer.status() === 201);
      await page.goto(`${proxy.origin}/city/signin`);
      await page.getByLabel('ログインID').fill(kenji!.loginId);
      await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'ログイン' }).click();
      await expect(page.getByRole('heading', { name: 'トーク', level: 1 })).toBeVisible();
      await page.goto(`${proxy.origin}/city/talk/${room.id}`);
      await expect(field(page)).toBeVisible();
      await streams;
      expect(proxy.upgrades()).toBeGreaterThan(0);

      const heard = `流れで届く ${unique()}`;
      const { seq } = await speak(aiko!, room.id, heard);
      await expect(said(page, heard)).toHaveCount(1, { timeout: 20_000 });
      const written = `流れで送る ${unique()}`;
      await say(page, written);
      await expect(page.locator('article[data-seq]').filter({ hasText: written })).toHaveCount(1, { timeout: 20_000 });
      const { items } = await call<{ items: { text: string }[] }>(aiko!.token, 'GET', `/rooms/${room.id}/messages`);
      expect(items.filter(({ text }) => text === written)).toHaveLength(1);
      await call(aiko!.token, 'DELETE', `/rooms/${room.id}/messages/${seq}`);
      await expect(said(page, heard)).toHaveCount(0, { timeout: 20_000 });
    } finally {
      proxy.end();
    }
  });
}
