// A photo's whole way: taken, sent with a word, found again by two characters after much else was said, passed on, seen on a shelf.
import { expect, test } from './test.ts';
import { cast, enter, group, line, said, speak, unique } from './cast.ts';
import { say } from './people.ts';
import { attach, expectShown, jpeg, photo } from './pictures.ts';

test('a photo is sent with a word, found again, passed on, and stands on the shelf', async ({ browser }, { project }) => {
  const players = await cast(3);
  const [aiko, kenji, mei] = players;
  const room = await group([aiko!, kenji!]);
  const elsewhere = await group([kenji!, mei!]);
  const taking = await enter(browser, aiko!, project.use, room.id);
  const words = `用水路が冠水${unique()}しています`;
  await attach(taking, '写真・動画', await jpeg(taking, '現場.jpg'));
  await say(taking, words);
  await expectShown(taking, '現場.jpg');
  for (let count = 0; count < 80; count += 1) await speak(aiko!, room.id, `経過 ${count}`);

  const page = await enter(browser, kenji!, project.use);
  await page.getByRole('searchbox', { name: '名前・ことばで検索' }).fill('冠水');
  await page.getByRole('region', { name: 'トークの一覧' }).getByRole('link').filter({ hasText: words }).click();
  await expect(said(page, words)).toBeInViewport();
  await expect(photo(page, '現場.jpg')).toBeVisible();
  await said(page, words).focus();
  await page.keyboard.press('f');
  await page.getByRole('button', { name: `${elsewhere.title}に送る` }).click();

  const other = await enter(browser, mei!, project.use, elsewhere.id);
  await expectShown(other, '現場.jpg');
  await expect(said(other, words)).toBeVisible();
  await other.getByRole('button', { name: '詳細' }).click();
  await other.getByRole('tab', { name: '写真' }).click();
  await expect(other.getByRole('complementary', { name: '詳細' }).getByRole('button', { name: /^写真：現場\.jpg/ })).toBeVisible();
  if (project.name !== 'phone') await expect(line(other, elsewhere.title)).toContainText('用水路');
});
