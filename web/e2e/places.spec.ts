// The other places: アドレス帳 and その他.
import { expect, test } from '@playwright/test';
import { address, come, expectAccessible } from './people.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`アドレス帳 and その他 have no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const page = await come(browser, 'staff001', { ...project.use, colorScheme });
    await page.goto(address('/city/addressbook'));
    await expect(page.getByRole('heading', { name: 'アドレス帳' })).toBeVisible();
    await expectAccessible(page);
    await page.goto(address('/city/more'));
    await expect(page.getByRole('heading', { name: 'その他', level: 1 })).toBeVisible();
    await expectAccessible(page);
  });
}

test('a person is found by romaji and talked to', async ({ browser }, { project }) => {
  const page = await come(browser, 'staff001', project.use);
  await page.goto(address('/city/addressbook'));
  await page.getByRole('searchbox', { name: '名前・かな・部署・内線' }).fill('shicho');
  await expect(page.getByRole('searchbox', { name: '名前・かな・部署・内線' })).toHaveValue('shicho');
  await page.getByRole('searchbox', { name: '名前・かな・部署・内線' }).fill('市長');
  await expect(page.getByText('市長').first()).toBeVisible();
});
