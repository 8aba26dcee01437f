// The other places: アドレス帳, その他, the set-up, and every screen for everybody.
import { expect, type Page, test } from './test.ts';
import { call, cast, enter, field, group, line, tokenOf, unique } from './cast.ts';
import { address, come, expectAccessible, signIn } from './people.ts';
import { emptyServer, PASSWORD } from './serve.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`アドレス帳 and その他 have no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const page = await come(browser, 'staff001', { ...project.use, colorScheme });
    await page.goto(address('/city/addressbook'));
    await expect(page.getByRole('heading', { name: 'アドレス帳' })).toBeVisible();
    await expectAccessible(page);
    await page.goto(address('/city/more'));
    await expect(page.getByRole('heading', { name: 'その他', level: 1 })).toBeVisible();
    await expectAccessible(page);
    await page.goto(address('/ui'));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);
  });

  test(`dialogs, search and a lost network have no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const players = await cast(2);
    const room = await group(players);
    const page = await enter(browser, players[0]!, { ...project.use, colorScheme });
    await page.getByRole('button', { name: '新しいトーク' }).first().click();
    await expect(page.getByRole('dialog', { name: '新しいトーク' })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox', { name: '名前・ことばで検索' }).fill('芝居');
    await expect(page.getByRole('button', { name: /芝居/ }).first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('searchbox', { name: '名前・ことばで検索' }).fill('');
    await line(page, room.title).click();
    await expect(field(page)).toBeVisible();
    await page.context().setOffline(true);
    await field(page).fill('つながるまで待つ');
    await page.getByRole('button', { name: '送信', exact: true }).click();
    await expect(page.getByText('送信待ち', { exact: true })).toBeVisible();
    await expect(page.getByText(/つながっていません/).first()).toBeVisible();
    await expectAccessible(page);
  });
}

test('a person is found by kanji, kana and romaji, and talked to', async ({ browser }, { project }) => {
  const page = await come(browser, 'staff001', project.use);
  const { name, kana } = await call<{ items: { name: string; kana: string }[] }>(await tokenOf('staff001'), 'GET', '/users?q=staff002').then(({ items }) => items[0]!);
  await page.goto(address('/city/addressbook'));
  const search = page.getByRole('searchbox', { name: '名前・かな・部署・内線' });
  for (const typed of [name, name.replace(/\s/g, ''), kana.split(' ')[0]!]) {
    await search.fill(typed);
    await expect(people(page).getByText(name).first()).toBeVisible();
  }
  await search.fill('shichou');
  await expect(people(page).getByText(/市長/).first()).toBeVisible();
  await search.fill('mayor');
  await expect(people(page).getByText(/市長/).first()).toBeVisible();
  // The address of a search shows it again.
  await page.goto(address(`/city/addressbook?q=${encodeURIComponent(name)}`));
  await people(page).getByRole('link', { name: new RegExp(name) }).first().click();
  await page.getByRole('button', { name: 'トーク', exact: true }).click();
  await expect(field(page)).toBeVisible();
  await expect(page.getByRole('heading', { name }).first()).toBeVisible();
});

test('a person opened while a search is still under way stays open', async ({ browser }, { project }) => {
  const page = await come(browser, 'staff001', project.use);
  const { name } = await call<{ items: { name: string }[] }>(await tokenOf('staff001'), 'GET', '/users?q=staff002').then(({ items }) => items[0]!);
  await page.goto(address('/city/addressbook'));
  const search = page.getByRole('searchbox', { name: '名前・かな・部署・内線' });
  await search.fill(name);
  const person = people(page).getByRole('link', { name: new RegExp(name) }).first();
  await expect(person).toBeVisible();
  await search.fill(name.slice(0, 1));
  await person.click();
  await page.waitForTimeout(500);
  await expect(page.getByRole('button', { name: 'トーク', exact: true })).toBeVisible();
});

const people = (page: Page) => page.getByRole('main');

test('a device that one does not know is signed out from その他', async ({ browser }, { project }) => {
  const [aiko] = await cast(1);
  const page = await enter(browser, aiko!, project.use);
  const lost = await enter(browser, aiko!, project.use);
  await page.goto(address('/city/more'));
  const others = page.getByRole('button', { name: /をログアウトさせる$/ });
  // The API's own session and the other browser's.
  await expect(others).toHaveCount(2);
  while ((await others.count()) > 0) {
    const count = await others.count();
    await others.first().click();
    await expect(others).toHaveCount(count - 1);
  }
  await expect(lost.getByLabel('ログインID')).toBeVisible({ timeout: 20_000 });
  await expect(call(aiko!.token, 'GET', '/me')).rejects.toThrow('401');
});

test('language, theme and password are one\'s own', async ({ browser }, { project }) => {
  const [aiko] = await cast(1);
  const page = await enter(browser, aiko!, project.use);
  await page.goto(address('/city/more'));
  await page.getByRole('radio', { name: 'ダーク' }).check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: 'パスワードを変える' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('今のパスワード').fill(PASSWORD);
  await dialog.getByLabel('新しいパスワード').fill(`新しい合言葉-${unique()}`);
  await dialog.getByRole('button', { name: '変更する' }).click();
  await expect(page.getByText('パスワードを変えました')).toBeVisible();
  await page.getByRole('radio', { name: 'English' }).check();
  await expect(page.getByRole('heading', { name: 'More', level: 1 })).toBeVisible();
  await expectAccessible(page);
  await page.goto(address('/city/talk'));
  await expect(page.getByRole('heading', { name: 'Talk', level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test('a shared account asks who is using it, and says who wrote', async ({ browser }, { project }) => {
  const page = await (await browser.newContext(project.use)).newPage();
  await signIn(page, 'nursery01');
  const dialog = page.getByRole('dialog', { name: '操作する人を選ぶ' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  const actor = dialog.getByRole('listitem').first().getByRole('button');
  const shown = await actor.innerText();
  await actor.click();
  await expect(dialog).toHaveCount(0);
  await page.locator('a[data-room]').first().click();
  const words = `園からです ${unique()}`;
  await field(page).fill(words);
  await page.getByRole('button', { name: '送信', exact: true }).click();
  const token = await tokenOf('nursery01');
  const roomId = page.url().split('/').at(-1)!.split('?')[0]!;
  await expect
    .poll(async () => {
      const { items } = await call<{ items: { text: string; actorName?: string }[] }>(token, 'GET', `/rooms/${roomId}/messages?limit=5`);
      const by = items.find((one) => one.text === words)?.actorName;
      return by !== undefined && shown.includes(by);
    })
    .toBe(true);
});

test('text at twice its size loses nothing', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  for (const control of [field(page), page.getByRole('button', { name: '送信', exact: true }), page.getByRole('button', { name: '詳細' })]) {
    await expect(control).toBeInViewport({ ratio: 0.95 });
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('the link of the first start makes the organisation and its administrator, once', async ({ browser }, { project }) => {
  const server = await emptyServer();
  try {
    await expect.poll(() => /https?:\/\/\S*\/setup\S*/.exec(server.printed())?.[0] ?? '').not.toBe('');
    const link = new URL(/https?:\/\/\S*\/setup\S*/.exec(server.printed())![0]);
    const address = `${server.origin}${link.pathname}${link.search}${link.hash}`;
    const page = await (await browser.newContext(project.use)).newPage();
    await page.goto(address);
    await expect(page.getByRole('heading', { name: '最初の設定' })).toBeVisible();
    await expectAccessible(page);
    const values = { 組織の名前: 'みさき町役場', アドレスに使う名前: 'misaki', 名前: '岬 はじめ', ふりがな: 'みさき はじめ', ログインID: 'admin' };
    for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByLabel('パスワード', { exact: true }).fill('hi');
    await page.getByRole('button', { name: 'つくって始める' }).click();
    await expect(page.getByLabel('パスワード', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'つくって始める' }).click();
    await expect(page.getByRole('heading', { name: 'トーク', level: 1 })).toBeVisible();
    const again = await (await browser.newContext(project.use)).newPage();
    await again.goto(address);
    // Followed again it leads to where one signs in.
    await expect(again.getByText('みさき町役場').first()).toBeVisible();
    await expect(again.getByRole('button', { name: 'つくって始める' })).toHaveCount(0);
  } finally {
    await server.end();
  }
});
