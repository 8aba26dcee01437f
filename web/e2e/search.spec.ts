// 検索: from the list, from a conversation, as one types, by keyboard; and the jump to where it was said.
import { expect, type Page, test } from './test.ts';
import { call, cast, enter, group, line, said, speak, tokenOf, unique } from './cast.ts';
import { address, come, expectAccessible } from './people.ts';

interface Hit {
  roomTitle: string;
  seq: number;
}

const search = (page: Page) => page.getByRole('searchbox', { name: '検索', exact: true });
const results = (page: Page) => page.getByRole('region', { name: '検索結果' });
const hit = (page: Page, words: string | RegExp) => results(page).getByRole('link').filter({ hasText: words });
const isPhone = (name: string) => name === 'phone';

const aMonthAgo = () => new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);

test('a message a month old is found by two characters, and jumped to', async ({ browser }, { project }) => {
  const token = await tokenOf('staff001');
  const q = `点検 before:${aMonthAgo()}`;
  let found: Hit | undefined;
  // The demo's year of talk is read into the index when somebody first searches.
  await expect(async () => {
    const answer = await call<{ items: Hit[]; indexing: boolean }>(token, 'GET', `/search?in=messages&q=${encodeURIComponent(q)}`);
    expect(answer.indexing).toBe(false);
    found = answer.items[0];
  }).toPass();
  const page = await come(browser, 'staff001', project.use);
  await page.getByRole('searchbox', { name: '名前・ことばで検索' }).fill('点検');
  await page.getByRole('link', { name: '「点検」をくわしく検索' }).click();
  await expect(search(page)).toHaveValue('点検');
  await search(page).fill(q);
  const first = results(page).locator(`a[href$="?seq=${found!.seq}"]`).filter({ hasText: found!.roomTitle });
  await expect(page).toHaveURL(/before/);
  await expect(first.locator('mark').first()).toHaveText('点検');
  await first.click();
  if (!isPhone(project.name)) {
    const place = page.getByRole('region', { name: 'その場所' });
    await expect(place.locator('mark').first()).toHaveText('点検');
    const way = place.getByRole('link', { name: '会話で開く' });
    await expect(way).toHaveAttribute('href', new RegExp(`seq=${found!.seq}$`));
    await way.click();
  }
  await expect(page.getByRole('heading', { name: found!.roomTitle, level: 2 })).toBeVisible();
  const message = page.locator(`article[data-seq="${found!.seq}"]`);
  await expect(message).toBeInViewport();
  await expect(message).toContainText('点検');
  await page.goBack();
  await expect(search(page)).toHaveValue(q);
});

test('what has just been said is found as one types, in this conversation alone', async ({ browser }, { project }) => {
  const players = await cast(2);
  const [here, there] = [await group(players), await group(players)];
  const mark = unique();
  await speak(players[1]!, there.id, `避難所${mark}の向こう`);
  await speak(players[1]!, here.id, `避難所${mark}を開設`);
  for (let count = 0; count < 70; count += 1) await speak(players[1]!, here.id, `その後 ${count}`);
  const page = await enter(browser, players[0]!, project.use, here.id);
  await page.getByRole('link', { name: '検索', exact: true }).click();
  await expect(search(page)).toBeFocused();
  await search(page).fill(mark);
  await expect(hit(page, '開設').locator('mark')).toHaveText(mark);
  await expect(hit(page, '向こう')).toHaveCount(0);
  await page.getByRole('button', { name: /の絞り込みを外す/ }).click();
  await expect(hit(page, '向こう')).toBeVisible();
  await page.getByRole('button', { name: 'メッセージ', exact: true }).click();
  await expect(page.getByRole('button', { name: 'メッセージ 2' })).toBeVisible();
  if (isPhone(project.name)) await page.getByRole('combobox', { name: '並び順' }).selectOption('関連順');
  else await page.getByRole('button', { name: '関連順' }).click();
  await expect(hit(page, mark)).toHaveCount(2);
  await search(page).fill('どこにもない言葉');
  await expect(results(page).getByText('「どこにもない言葉」は見つかりませんでした')).toBeVisible();
  await search(page).fill('after:昨日');
  await expect(results(page).getByText(/日付は/)).toBeVisible();
});

test('a hit in the list leads to the message, in a conversation that is open already too', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const mark = unique();
  await speak(players[1]!, room.id, `点検${mark}の結果`);
  for (let count = 0; count < 90; count += 1) await speak(players[1]!, room.id, `その後 ${count}`);
  const page = await enter(browser, players[0]!, project.use);
  const field = page.getByRole('searchbox', { name: '名前・ことばで検索' });
  const found = page.getByRole('region', { name: 'トークの一覧' }).getByRole('link').filter({ hasText: `点検${mark}の結果` });
  await field.fill(`点検${mark}`);
  await found.click();
  await expect(said(page, `点検${mark}の結果`)).toBeInViewport();
  if (isPhone(project.name)) return;
  await field.fill('');
  await line(page, room.title).click();
  await page.getByRole('region', { name: 'メッセージ', exact: true }).press('End');
  await field.fill(`点検${mark}`);
  await found.click();
  await expect(said(page, `点検${mark}の結果`)).toBeInViewport();
});

test('the keyboard walks through what was found @keyboard', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const mark = unique();
  await speak(players[1]!, room.id, `訓練${mark}の一`);
  await speak(players[1]!, room.id, `訓練${mark}の二`);
  const page = await enter(browser, players[0]!, project.use);
  await page.goto(address(`/city/search?q=${mark}`));
  await expect(hit(page, '訓練')).toHaveCount(2);
  await search(page).press('ArrowDown');
  await expect(hit(page, 'の二')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(hit(page, 'の一')).toBeFocused();
  await expect(page.getByRole('region', { name: 'その場所' }).locator('[data-found]')).toContainText('の一');
  await page.keyboard.press('Escape');
  await expect(search(page)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(said(page, `訓練${mark}の一`)).toBeInViewport();
  await page.goBack();
  await search(page).press('Escape');
  await expect(search(page)).toHaveValue('');
  await expect(results(page).getByText('言葉を入力してください')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`検索 has no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const page = await come(browser, 'staff001', { ...project.use, colorScheme });
    await page.goto(address('/city/search'));
    await expect(results(page).getByText('言葉を入力してください')).toBeVisible();
    await expectAccessible(page);
    await search(page).fill('点検');
    await expect(hit(page, '点検').first()).toBeVisible();
    if (!isPhone(project.name)) await expect(page.getByRole('region', { name: 'その場所' }).locator('mark').first()).toBeVisible();
    await expectAccessible(page);
    await page.goto(address('/city/talk'));
    await page.getByRole('searchbox', { name: '名前・ことばで検索' }).fill('点検');
    await expect(page.getByRole('link', { name: '「点検」をくわしく検索' })).toBeVisible();
    await expectAccessible(page);
  });
}
