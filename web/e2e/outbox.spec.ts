// Nothing typed is lost: drafts, and messages that wait for a network, a reload, another tab.
import { expect, test } from './test.ts';
import { cast, enter, field, group, open, said, stored, unique } from './cast.ts';
import { address, say } from './people.ts';

test('a message that waits survives a reload and a closed tab, and is sent once', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  // The page itself must be there without a network.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.context().setOffline(true);
  const words = [`一つめ ${unique()}`, `二つめ ${unique()}`];
  for (const text of words) await say(page, text);
  await page.reload();
  for (const text of words) await expect(page.getByText(text, { exact: true })).toBeVisible();
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await context.setOffline(false);
  await again.goto(address('/city/talk'));
  for (const text of words) {
    await expect(said(other, text)).toHaveCount(1, { timeout: 20_000 });
  }
  // In the order written.
  const texts = await other.getByRole('article').allInnerTexts();
  expect(texts.findIndex((text) => text.includes(words[0]!))).toBeLessThan(texts.findIndex((text) => text.includes(words[1]!)));
});

test('two tabs of one person send once and show once', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const first = await enter(browser, players[0]!, project.use, room.id);
  const second = await first.context().newPage();
  await open(second, room.id);
  const words = `どちらのタブでも ${unique()}`;
  await say(second, words);
  await expect(said(first, words)).toHaveCount(1);
  await expect(said(second, words)).toHaveCount(1);
  await first.reload();
  await expect(said(first, words)).toHaveCount(1);
});

test('a draft is there after a reload, with what it answers', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  const question = `水位は ${unique()}`;
  await say(page, question);
  await stored(page, question).focus();
  await page.keyboard.press('r');
  await expect(page.getByText('自分のメッセージへのリプライ')).toBeVisible();
  await field(page).fill('書きかけの返事');
  await page.waitForTimeout(600);
  await page.reload();
  await expect(field(page)).toHaveValue('書きかけの返事');
  await expect(page.getByText('自分のメッセージへのリプライ')).toBeVisible();
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(said(page, '書きかけの返事').last()).toContainText(question);
});
