// Text set off by marks: written by hand or by buttons, shown safely, raw where it is edited and copied.
import { expect, type Page, test } from './test.ts';
import { cast, enter, field, group, line, said, speak, stored, unique } from './cast.ts';
import { expectAccessible, say } from './people.ts';

const press = (page: Page, name: string) => page.getByRole('toolbar', { name: '書式' }).getByRole('button', { name }).click();

test('marks become bold, lists, quotes, code and links, and what is no mark stays', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id, title } = await group([aiko!, kenji!]);
  const mark = unique();
  await speak(aiko!, id, [
    `**至急** ~~中止~~ です ${mark}`, '- 土のう', '- 水', '3. 三つめ', '> 水位は？', '```', '**raw** <b>x</b>', '```',
    '[要綱](https://city.example.jp/a) と「https://example.jp/」。 [罠](javascript:alert(1)) 5*3*2 __ 1．は',
  ].join('\n'));
  const page = await enter(browser, kenji!, project.use, id);
  const row = said(page, mark);
  await expect(row.locator('strong')).toHaveText('至急');
  await expect(row.locator('del')).toHaveText('中止');
  await expect(row.getByRole('list').first().getByRole('listitem')).toHaveText(['•土のう', '•水']);
  await expect(row.getByRole('list').nth(1).getByRole('listitem')).toHaveText(['3.三つめ']);
  await expect(row.locator('blockquote')).toHaveText('水位は？');
  await expect(row.locator('pre')).toHaveText('**raw** <b>x</b>');
  await expect(row.getByRole('link')).toHaveText(['要綱', 'https://example.jp/']);
  await expect(row.getByRole('link', { name: '要綱' })).toHaveAttribute('href', 'https://city.example.jp/a');
  await expect(row).toContainText('要綱（city.example.jp）');
  await expect(row).toContainText('[罠](javascript:alert(1)) 5*3*2 __ 1．は');
  // One line of it, without marks.
  if (!project.name.includes('phone')) await expect(line(page, title)).toContainText(`至急 中止 です ${mark} ・土のう`);
});

test('buttons put marks that undo takes back, and the list goes on by itself', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, project.use, id);
  const box = field(page);
  await page.getByRole('button', { name: '書式' }).click();
  await box.pressSequentially('これは重要です');
  await box.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(3, 5));
  await press(page, '太字');
  await expect(box).toHaveValue('これは**重要**です');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(box).toHaveValue('これは重要です');
  await box.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(3, 5));
  await page.keyboard.press('ControlOrMeta+b');
  await expect(box).toHaveValue('これは**重要**です');

  await box.press('End');
  await box.press('Shift+Enter');
  await press(page, '箇条書き');
  await box.pressSequentially('土のう');
  await box.press('Shift+Enter');
  await expect(box).toHaveValue('これは**重要**です\n- 土のう\n- ');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(box).toHaveValue('これは**重要**です\n- 土のう');
  await box.press('Shift+Enter');
  await box.pressSequentially('水');
  await box.press('Shift+Enter');
  await box.press('Shift+Enter');
  const mark = unique();
  await box.pressSequentially(mark);
  const raw = `これは**重要**です\n- 土のう\n- 水\n${mark}`;
  await expect(box).toHaveValue(raw);
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(stored(page, mark).locator('strong')).toHaveText('重要');
  await expect(stored(page, mark).getByRole('listitem')).toHaveCount(2);

  // What is edited is what was written.
  await expect(box).toHaveValue('');
  await box.press('ArrowUp');
  await expect(box).toHaveValue(raw);
  await page.keyboard.press('Escape');
});

test('a link is written by its button', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, project.use, id);
  await field(page).fill('要綱');
  await field(page).selectText();
  await page.getByRole('button', { name: '書式' }).click();
  await press(page, 'リンク');
  await page.keyboard.type('https://city.example.jp/youkou');
  await expect(field(page)).toHaveValue('[要綱](https://city.example.jp/youkou)');
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(stored(page, '要綱').getByRole('link', { name: '要綱' })).toHaveAttribute('href', 'https://city.example.jp/youkou');
});

test('the input method writes in a list as anywhere', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, project.use, id);
  const typing = await page.context().newCDPSession(page);
  await field(page).fill('- 土のう');
  await field(page).press('End');
  await field(page).press('Shift+Enter');
  await typing.send('Input.imeSetComposition', { text: 'みず', selectionStart: 2, selectionEnd: 2 });
  await expect(field(page)).toHaveValue('- 土のう\n- みず');
  await typing.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 });
  await expect(field(page)).toHaveValue('- 土のう\n- みず');
  await typing.send('Input.insertText', { text: '水' });
  await expect(field(page)).toHaveValue('- 土のう\n- 水');
  await field(page).press('Shift+Enter');
  await expect(field(page)).toHaveValue('- 土のう\n- 水\n- ');
});

test('a copy is the raw text @keyboard', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, { ...project.use, permissions: ['clipboard-read', 'clipboard-write'] }, id);
  const mark = unique();
  await say(page, `**${mark}** と \`x\``);
  await stored(page, mark).focus();
  await page.keyboard.press('c');
  await expect(page.getByText('コピーしました')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`**${mark}** と \`x\``);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`set-off text and the bar have no barrier, ${colorScheme}`, async ({ browser }, { project }) => {
    const [aiko, kenji] = await cast(2);
    const { id } = await group([aiko!, kenji!]);
    const text = '**太字** ~~消した~~ `code` [要綱](https://city.example.jp/a)\n- 一\n- 二\n1. 一\n> 引用 `x`\n```\nls -a\n```';
    await speak(aiko!, id, text);
    await speak(kenji!, id, text);
    const page = await enter(browser, kenji!, { ...project.use, colorScheme }, id);
    await expect(page.locator('pre').last()).toBeVisible();
    await page.getByRole('button', { name: '書式' }).click();
    await expect(page.getByRole('toolbar', { name: '書式' })).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: test.info().outputPath('richtext.png') });
  });
}
