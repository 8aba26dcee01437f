// Photos on their way over bad lines: nothing is lost, nothing arrives twice, nothing else waits for them.
import { expect, test } from './test.ts';
import { cast, enter, group, said, unique } from './cast.ts';
import { say } from './people.ts';
import { attach, expectShown, jpeg, largeJpeg, send } from './pictures.ts';

const waiting = (name: string) => `送信する写真：${name}`;

test('a lost network halts an upload; it goes on by itself and arrives once, and words go first', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  let pieces = 0;
  await page.route('**/api/v1/files/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback();
    pieces += 1;
    return pieces > 1 ? route.abort('connectionreset') : route.continue();
  });
  await attach(page, '写真・動画', await largeJpeg(page, '大きな写真.jpg'));
  await send(page);
  await expect(page.getByText(/^\d+%・止まっています$/)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('progressbar', { name: '送信の進み具合' })).not.toHaveAttribute('aria-valuenow', '0');
  const words = `写真はあとから ${unique()}`;
  await say(page, words);
  await expect(said(other, words)).toHaveCount(1);
  await page.context().setOffline(true);
  await page.unroute('**/api/v1/files/*');
  const offsets: (string | undefined)[] = [];
  page.on('request', (request) => request.method() === 'PATCH' && offsets.push(request.headers()['upload-offset']));
  await page.context().setOffline(false);
  await expectShown(other, '大きな写真.jpg');
  // On from where it was: nothing was sent a second time.
  expect(offsets).not.toContain('0');
  await page.reload();
  await expectShown(page, '大きな写真.jpg');
  await expect(page.getByRole('img', { name: waiting('大きな写真.jpg') })).toHaveCount(0);
});

test('a reload in the middle loses nothing', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const page = await enter(browser, aiko!, project.use, room.id);
  const other = await enter(browser, kenji!, project.use, room.id);
  await page.route('**/api/v1/files/*', (route) => (route.request().method() === 'PATCH' ? undefined : route.fallback()));
  await attach(page, '写真・動画', await largeJpeg(page, '途中.jpg'));
  await say(page, '送っている途中です');
  await expect(page.getByRole('img', { name: waiting('途中.jpg') })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('img', { name: waiting('途中.jpg') })).toBeVisible();
  await page.unroute('**/api/v1/files/*');
  await page.reload();
  await expectShown(other, '途中.jpg');
  await expect(said(other, '送っている途中です')).toHaveCount(1);
});

test('an upload can be halted, go on, and be given up', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await page.route('**/api/v1/files/*', (route) => (route.request().method() === 'PATCH' ? undefined : route.fallback()));
  await attach(page, '写真・動画', await jpeg(page, '止める.jpg'));
  await send(page);
  await page.getByRole('button', { name: '一時停止' }).click();
  await expect(page.getByText('0%・一時停止中')).toBeVisible();
  await page.reload();
  await expect(page.getByText('0%・一時停止中')).toBeVisible();
  await page.unroute('**/api/v1/files/*');
  await page.getByRole('button', { name: '続きを送る' }).click();
  await expectShown(page, '止める.jpg');
  await page.route('**/api/v1/files/*', (route) => (route.request().method() === 'PATCH' ? undefined : route.fallback()));
  await attach(page, '写真・動画', await jpeg(page, 'やめる.jpg'));
  await send(page);
  await page.getByRole('button', { name: '送るのをやめる' }).click();
  await expect(page.getByRole('img', { name: waiting('やめる.jpg') })).toHaveCount(0);
  await page.reload();
  await expectShown(page, '止める.jpg');
  await expect(page.getByText('やめる.jpg')).toHaveCount(0);
});
