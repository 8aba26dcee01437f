// What happens while one is away is as it is for those who were there; what one may no longer see is gone.
import { expect, test } from './test.ts';
import { arrive, call, cast, enter, field, group, line, open, said, speak, unique } from './cast.ts';
import { address, say } from './people.ts';
import { PASSWORD } from './serve.ts';

test('a message recalled while one is away is gone from the screen and the device', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const secret = `まちがえて送りました ${unique()}`;
  const { seq } = await speak(aiko!, room.id, secret);
  const page = await enter(browser, kenji!, project.use, room.id);
  await expect(said(page, secret)).toBeVisible();
  await page.context().setOffline(true);
  await call(aiko!.token, 'DELETE', `/rooms/${room.id}/messages/${seq}`);
  await expect(said(page, secret)).toBeVisible();
  await page.context().setOffline(false);
  await expect(said(page, secret)).toHaveCount(0, { timeout: 20_000 });
  await expect(said(page, 'メッセージの送信を取り消しました')).toBeVisible();
  await expect.poll(() => onDevice(page, secret)).toBe(false);
});

test('a room that one was taken out of while away is gone from the screen and the device', async ({ browser }, { project }) => {
  const players = await cast(3);
  const [aiko, kenji] = players;
  const room = await group(players);
  const words = `部外秘 ${unique()}`;
  await speak(aiko!, room.id, words);
  const page = await enter(browser, kenji!, project.use, room.id);
  await expect(said(page, words)).toBeVisible();
  await expect.poll(() => onDevice(page, words)).toBe(true);
  await page.context().setOffline(true);
  await call(aiko!.token, 'DELETE', `/rooms/${room.id}/members/${kenji!.id}`);
  await page.context().setOffline(false);
  await expect(page.getByText('退出したか、なくなったトークです。')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(words)).toHaveCount(0);
  await expect(line(page, room.title)).toHaveCount(0);
  await expect.poll(() => onDevice(page, words)).toBe(false);
});

test('signing out leaves nothing on the device, and the next person sees nothing of it', async ({ browser }, { project }) => {
  const players = await cast(3);
  const [aiko, kenji, mei] = players;
  const room = await group([aiko!, kenji!]);
  const words = `前の人のメッセージ ${unique()}`;
  await speak(kenji!, room.id, words);
  const page = await enter(browser, aiko!, project.use, room.id);
  await expect(said(page, words)).toBeVisible();
  await expect.poll(() => onDevice(page, words)).toBe(true);
  await page.goto(address('/city/more'));
  await page.getByRole('button', { name: 'ログアウト', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'ログアウト' }).click();
  await expect(page.getByLabel('ログインID')).toBeVisible();
  expect(await onDevice(page, words)).toBe(false);
  await arrive(page, mei!);
  await expect(line(page, room.title)).toHaveCount(0);
  await page.goto(address(`/city/talk/${room.id}`));
  await expect(page.getByText('このトークは開けません')).toBeVisible();
});

test('another account that signs in in a second tab does not speak for the first', async ({ browser }, { project }) => {
  const players = await cast(3);
  const [aiko, kenji, mei] = players;
  const room = await group(players);
  const first = await enter(browser, aiko!, project.use, room.id);
  const watcher = await enter(browser, mei!, project.use, room.id);
  const second = await first.context().newPage();
  await second.goto(address('/city/signin'));
  await second.evaluate(
    ([loginId, password]) => fetch('/city/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ loginId, password }) }),
    [kenji!.loginId, PASSWORD],
  );
  await second.goto(address('/city/talk'));
  await expect(second.getByRole('heading', { name: 'トーク', level: 1 })).toBeVisible();
  // The first tab either asks to sign in again or goes on as the one who is now signed in; never as if aiko had written.
  const words = `だれの言葉 ${unique()}`;
  if (await field(first).isVisible()) {
    await field(first).fill(words).catch(() => undefined);
    await first.keyboard.press('Enter');
  }
  await open(second, room.id);
  await say(second, `確かに賢治 ${unique()}`);
  await expect(said(watcher, '確かに賢治')).toBeVisible();
  for (const article of await said(watcher, words).all()) await expect(article).not.toHaveAccessibleName(new RegExp(aiko!.name));
});

/** Whether any store on this device holds these words. */
async function onDevice(page: import('@playwright/test').Page, words: string): Promise<boolean> {
  return page.evaluate(async (wanted) => {
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const asked = indexedDB.open(name!);
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
      try {
        for (const store of db.objectStoreNames) {
          const all = await new Promise<unknown[]>((resolve, reject) => {
            const asked = db.transaction(store).objectStore(store).getAll();
            asked.onsuccess = () => resolve(asked.result);
            asked.onerror = () => reject(asked.error);
          });
          if (JSON.stringify(all).includes(wanted)) return true;
        }
      } finally {
        db.close();
      }
    }
    return JSON.stringify({ ...localStorage }).includes(wanted);
  }, words);
}
