// Documents: seen by their first page, found by what they say.
import { expect, type Page, test } from './test.ts';
import { cast, enter, group, unique } from './cast.ts';
import { expectAccessible } from './people.ts';
import { attach, type Chosen, send } from './pictures.ts';

const results = (page: Page) => page.getByRole('region', { name: '検索結果' });

async function pdf(page: Page, name: string, text: string): Promise<Chosen> {
  const paper = await page.context().newPage();
  await paper.setContent(`<h1 style="font-family:'Noto Sans CJK JP'">避難所運営マニュアル</h1><p>${text}</p>`);
  const buffer = await paper.pdf({ format: 'A4' });
  await paper.close();
  return { name, mimeType: 'application/pdf', buffer };
}

test('a PDF shows its first page, and is found by what it says', async ({ browser }, { project }) => {
  const players = await cast(2);
  const room = await group(players);
  const page = await enter(browser, players[0]!, project.use, room.id);
  const other = await enter(browser, players[1]!, project.use, room.id);
  const mark = unique();
  const text = `川東小学校の体育館に受付を置き、備蓄倉庫の鍵${mark}は防災課が保管します。`;
  await attach(page, 'ファイル', await pdf(page, 'マニュアル.pdf', text));
  await send(page);
  const way = other.getByRole('link', { name: 'マニュアル.pdfを開く' });
  await expect(way).toHaveAttribute('target', '_blank');
  await expect.poll(() => way.locator('img').evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBeGreaterThan(800);
  await expectAccessible(other);

  await other.getByRole('button', { name: '詳細' }).click();
  await other.getByRole('tab', { name: 'ファイル' }).click();
  const shelf = other.getByRole('complementary', { name: '詳細' });
  await expect(shelf.getByRole('link', { name: 'マニュアル.pdfを開く' })).toBeVisible();
  await shelf.getByRole('button', { name: '閉じる' }).click();

  await other.getByRole('link', { name: '検索', exact: true }).click();
  await other.getByRole('searchbox', { name: '検索', exact: true }).fill(`鍵${mark}`);
  const hit = results(other).getByRole('link').filter({ hasText: 'マニュアル.pdf' });
  await expect(hit.locator('mark')).toHaveText(`鍵${mark}`);
  await other.getByRole('button', { name: 'メッセージ', exact: true }).click();
  await expect(hit).toHaveCount(0);
  await other.getByRole('button', { name: 'ファイル', exact: true }).click();
  await expect(hit).toBeVisible();
  await expectAccessible(other);
  await hit.focus();
  await other.keyboard.press('Enter');
  await expect(other.getByRole('link', { name: 'マニュアル.pdfを開く' })).toBeInViewport();
});
