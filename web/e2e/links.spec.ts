// Links in talk: their cards under the message, and their shelf in the room's details.
import { type Browser, type BrowserContextOptions, expect, type Page, test } from './test.ts';
import { arrive, call, cast, group, type Player, said, speak, unique } from './cast.ts';
import { expectAccessible, message, say } from './people.ts';
import { jpeg } from './pictures.ts';

interface Card {
  id: string;
  url: string;
  title: string;
  description?: string;
  site?: string;
  hasImage: boolean;
}
interface Answer {
  items: Card[];
  pending?: boolean;
  enabled?: boolean;
}

const URL = 'https://city.example.jp/shelters';
const card = (more: Partial<Card> = {}): Card => ({
  id: 'a1',
  url: URL,
  title: '指定避難所の一覧と地図（令和8年度版）',
  description: '市内の指定避難所と、収容できる人数、備えてあるものの一覧です。',
  site: 'ひのき市',
  hasImage: true,
  ...more,
});

/** A browser in which cards are answered as told, since no test asks the world. Gives how often they were asked for. */
async function enterWith(browser: Browser, player: Player, options: BrowserContextOptions, roomId: string, answer: (asked: string) => Answer | Promise<Answer>) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  let asked = 0;
  await context.route(/\/messages\/\d+\/cards$/, async (route) => {
    asked += 1;
    const said = await answer(route.request().url());
    await route.fulfill({ json: { pending: false, enabled: true, ...said } });
  });
  const picture = (await jpeg(page, 'i.jpg', { width: 320, height: 168 })).buffer;
  await context.route(/\/cards\/\w+\/image$/, (route) => route.fulfill({ contentType: 'image/jpeg', body: picture }));
  await arrive(page, player, roomId);
  return { page, asked: () => asked };
}

const cardOf = (page: Page, title: string) => page.getByRole('article').getByRole('link', { name: new RegExp(title) });

test('a link shows what its page says of itself, and leads there', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const { page, asked } = await enterWith(browser, players[1]!, project.use, room.id, (url) =>
    url.includes('/messages/') ? { items: [card(), card({ id: 'b2', url: 'https://evil.example/', title: '<script>alert(1)</script>', site: 'ひのき市', hasImage: false })] } : { items: [] },
  );
  await speak(players[0]!, room.id, `避難所は${URL}です。https://evil.example/ は開かないで`);
  const shown = cardOf(page, '指定避難所の一覧');
  await expect(shown).toHaveAccessibleName(/市内の指定避難所.*city\.example\.jp・ひのき市/);
  await expect(shown).toHaveAttribute('href', URL);
  await expect(shown).toHaveAttribute('target', '_blank');
  await expect(shown).toHaveAttribute('rel', /noopener noreferrer/);
  await expect(shown.locator('img')).toHaveJSProperty('naturalWidth', 320);
  await expect(cardOf(page, '<script>alert')).toContainText('evil.example');
  await expectAccessible(page);
  // Without a link nothing is asked, and what is known is not asked again.
  const before = asked();
  await say(page, 'リンクのない返事');
  await page.reload();
  await expect(shown).toBeVisible();
  expect(asked()).toBe(before + 1);
});

test('the card goes with the words: edited it is another, taken back it is gone', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  let items = [card()];
  const { page } = await enterWith(browser, players[1]!, project.use, room.id, () => ({ items }));
  const { seq } = await speak(players[0]!, room.id, `地図 ${URL}`);
  await expect(cardOf(page, '指定避難所の一覧')).toBeVisible();
  items = [card({ url: 'https://city.example.jp/new', title: '新しい地図' })];
  await call(players[0]!.token, 'PATCH', `/rooms/${room.id}/messages/${seq}`, { text: '地図 https://city.example.jp/new' });
  await expect(cardOf(page, '新しい地図')).toBeVisible();
  await expect(cardOf(page, '指定避難所の一覧')).toHaveCount(0);
  await call(players[0]!.token, 'DELETE', `/rooms/${room.id}/messages/${seq}`);
  await expect(cardOf(page, '新しい地図')).toHaveCount(0);
});

for (const [what, items] of [['that come', [card()]], ['that there are none of', []]] as const) {
  test(`cards ${what} move nothing that one reads`, async ({ browser }, { project }) => {
    const players = await cast(2);
    const [aiko, kenji] = players;
    const room = await group(players);
    for (let index = 1; index <= 40; index += 1) await speak(aiko!, room.id, index % 2 ? `その${index}。${'長い文です。'.repeat(12)}` : `その${index}。 ${URL}`);
    const { lastSeq } = await call<{ lastSeq: number }>(kenji!.token, 'GET', `/rooms/${room.id}`);
    await call(kenji!.token, 'POST', `/rooms/${room.id}/read`, { seq: lastSeq });
    let answer: (value: Answer) => void = () => {};
    let gate: Promise<Answer> = new Promise((resolve) => (answer = resolve));
    const { page, asked } = await enterWith(browser, kenji!, project.use, room.id, () => gate);
    await expect(said(page, 'その40。')).toBeInViewport();
    answer({ items: [card()] });
    await expect(said(page, 'その40。')).toBeInViewport();
    gate = new Promise((resolve) => (answer = resolve));
    await said(page, 'その40。').hover();
    await page.mouse.wheel(0, -2_500);
    await page.waitForTimeout(700);
    /** The tops of the messages in sight, by their seqs. */
    const places = async () => {
      const all = await page.locator('article[data-seq]').evaluateAll((rows) => rows.map((row) => ({ seq: row.getAttribute('data-seq')!, box: row.getBoundingClientRect() })));
      return Object.fromEntries(all.filter(({ box }) => box.bottom > 0 && box.top < 900).map(({ seq, box }) => [seq, Math.round(box.top)]));
    };
    const before = await places();
    expect(Object.keys(before).length).toBeGreaterThan(1);
    expect(asked()).toBeGreaterThan(2);
    answer({ items: [...items] });
    await page.waitForTimeout(500);
    const after = await places();
    for (const [name, top] of Object.entries(before)) expect(Math.abs(after[name]! - top), name).toBeLessThan(3);
  });
}

test('whoever is at the end stays there when cards come or are none', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  let items: Card[] = [card({ hasImage: false })];
  let seq = 0;
  for (let index = 1; index <= 12; index += 1) ({ seq } = await speak(players[0]!, room.id, `その${index}。${'長い文です。'.repeat(12)}`));
  await call(players[1]!.token, 'POST', `/rooms/${room.id}/read`, { seq });
  const { page } = await enterWith(browser, players[1]!, project.use, room.id, async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { items };
  });
  await expect(message(page, 'その12。')).toBeInViewport();
  await speak(players[0]!, room.id, `最後 ${URL}`);
  await expect(cardOf(page, '指定避難所の一覧')).toBeInViewport({ ratio: 0.9 });
  items = [];
  const words = `何もない ${unique()}`;
  await speak(players[0]!, room.id, `${words} https://nothing.example/`);
  await expect(message(page, words)).toBeInViewport({ ratio: 0.9 });
  await expect(message(page, words).locator('.coming')).toHaveCount(0);
  await expect(message(page, words).getByRole('link')).toHaveCount(1);
});

test('where there are no cards, links are links and no room is kept for more', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const { page, asked } = await enterWith(browser, players[1]!, project.use, room.id, () => ({ items: [], enabled: false }));
  await speak(players[0]!, room.id, `一つめ ${URL}`);
  await expect(message(page, '一つめ').getByRole('link')).toHaveCount(1);
  await expect.poll(asked).toBe(1);
  await expect(page.locator('.coming')).toHaveCount(0);
  await speak(players[0]!, room.id, `二つめ ${URL}`);
  await expect(message(page, '二つめ').getByRole('link')).toHaveCount(1);
  await page.waitForTimeout(400);
  expect(asked()).toBe(1);
});

test('the details hold links by days, live, and lead to the message', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [aiko, kenji] = players;
  const room = await group(players);
  const { page } = await enterWith(browser, kenji!, project.use, room.id, (url) => ({ items: url.includes('/messages/3/') ? [card({ hasImage: false })] : [] }));
  await page.getByRole('button', { name: '詳細' }).click();
  await page.getByRole('tab', { name: 'リンク' }).click();
  const pane = page.getByRole('complementary', { name: '詳細' });
  await expect(pane.getByText('リンクはまだありません')).toBeVisible();
  const first = await speak(aiko!, room.id, '資料 https://city.example.jp/避難所一覧.pdf を見て');
  const link = pane.getByRole('link', { name: /city\.example\.jp\/避難所一覧\.pdf/ });
  await expect(link).toHaveAttribute('rel', /noopener noreferrer/);
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toContainText(aiko!.name);
  const second = await speak(aiko!, room.id, `避難所 ${URL}`);
  await expect(pane.getByRole('link')).toHaveCount(2);
  await expect(pane.getByRole('link').first()).toContainText('city.example.jp/shelters');
  await expectAccessible(page);
  await call(aiko!.token, 'DELETE', `/rooms/${room.id}/messages/${second.seq}`);
  await expect(pane.getByRole('link')).toHaveCount(1);
  await pane.getByRole('button', { name: 'メッセージへ' }).click();
  await expect(page.locator(`article[data-seq="${first.seq}"]`)).toBeInViewport();
  // As the server has them.
  await page.reload();
  await page.getByRole('button', { name: '詳細' }).click();
  await page.getByRole('tab', { name: 'リンク' }).click();
  await expect(link).toBeVisible();
});
