// Messages without a sound, messages that are sent later, and reminders.
import { expect, test } from './test.ts';
import { call, cast, enter, field, group, line, open, said, speak, stored, unique } from './cast.ts';
import { act, dialog, inHours, menu, sendOtherwise, talkMenu } from './later.ts';
import { expectAccessible } from './people.ts';

test('what is sent silently says so to both', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id, title } = await group([aiko!, kenji!]);
  const [one, two] = [await enter(browser, aiko!, project.use, id), await enter(browser, kenji!, project.use)];
  const words = `朝になったら見てください ${unique()}`;
  await field(one).fill(words);
  await sendOtherwise(one, '通知なしで送信');
  await expect(stored(one, words).getByRole('img', { name: '通知なしで送信' })).toBeVisible();
  await expect(line(two, title)).toContainText(words);
  await expect(line(two, title)).toHaveAccessibleName(/未読/u);
  await open(two, id);
  await expect(stored(two, words).getByRole('img', { name: '通知なしで送信' })).toBeVisible();
});

test('the other ways to send are reached by keyboard @keyboard', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, project.use, id);
  const words = `静かに ${unique()}`;
  await field(page).fill(words);
  await page.getByRole('button', { name: '送信', exact: true }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(menu(page, '通知なしで送信')).toBeFocused();
  await page.screenshot({ path: test.info().outputPath('send-ways.png') });
  await page.keyboard.press('Enter');
  await expect(stored(page, words).getByRole('img', { name: '通知なしで送信' })).toBeVisible();
});

test('a long press on the button opens the other ways, and sends nothing @touch', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, project.use, id);
  const words = `まだ ${unique()}`;
  await field(page).fill(words);
  const button = page.getByRole('button', { name: '送信', exact: true });
  const at = { pointerType: 'touch', isPrimary: true, bubbles: true };
  await button.dispatchEvent('pointerdown', at);
  await expect(menu(page, '予約送信')).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('send-ways.png') });
  await page.keyboard.press('Escape');
  await expect(field(page)).toHaveValue(words);
  await expect(said(page, words)).toHaveCount(0);
});

test('a message is scheduled, changed, cancelled, or sent at once', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const [one, two] = [await enter(browser, aiko!, project.use, id), await enter(browser, kenji!, project.use, id)];
  const words = `避難訓練は9時からです ${unique()}`;
  await field(one).fill(words);
  await sendOtherwise(one, '予約送信');
  await expectAccessible(one);
  await one.screenshot({ path: test.info().outputPath('send-later.png') });
  await dialog(one, '予約送信').getByRole('button', { name: /明日 8:30/u }).click();
  await expect(one.getByRole('status').filter({ hasText: '明日 8:30に送信します' })).toBeVisible();
  await expect(field(one)).toHaveValue('');
  await expect(said(one, words)).toHaveCount(0);

  await one.getByRole('button', { name: /予約 1件/u }).click();
  const list = dialog(one, '予約送信');
  const item = list.getByRole('listitem').filter({ hasText: '避難訓練' });
  const choose = async (name: string) => {
    await item.getByRole('button', { name: /への予約/u }).click();
    await menu(one, name).click();
  };
  await expect(item).toContainText('明日 8:30');
  await choose('編集');
  await list.getByRole('textbox', { name: '予約した本文' }).fill(`${words}（雨天中止）`);
  await list.getByRole('button', { name: '保存' }).click();
  await expect(item).toContainText('雨天中止');
  await choose('時刻を変更');
  const when = dialog(one, '時刻を変更');
  await when.getByLabel('時刻').fill('09:45');
  await when.getByLabel('日付').fill(inHours(72).slice(0, 10));
  await when.getByRole('button', { name: 'この日時にする' }).click();
  await expect(item).toContainText('9:45');
  await expectAccessible(one);
  await one.screenshot({ path: test.info().outputPath('scheduled.png') });
  await choose('今すぐ送信');
  await expect(said(two, `${words}（雨天中止）`)).toBeVisible();
  await one.keyboard.press('Escape');
  await expect(one.getByRole('button', { name: /予約 \d件/u })).toHaveCount(0);

  // What another device schedules is here at once, and is cancelled here.
  const body = { sendAt: inHours(1), message: { clientId: crypto.randomUUID(), text: 'やめておく' } };
  await call(aiko!.token, 'POST', `/rooms/${id}/scheduledMessages`, body);
  await one.getByRole('button', { name: /予約 1件/u }).click();
  await list.getByRole('button', { name: /への予約/u }).click();
  await menu(one, '取り消し').click();
  await one.getByRole('dialog', { name: '予約を取り消しますか？' }).getByRole('button', { name: '取り消し' }).click();
  await expect(list.getByText('予約した送信はありません')).toBeVisible();
});

test('what is scheduled with a photo and without a network leaves when there is one', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const page = await enter(browser, aiko!, project.use, id);
  await field(page).fill('資料です');
  await page.locator('input[type=file]').setInputFiles({ name: '資料.txt', mimeType: 'text/plain', buffer: Buffer.from('議題 1') });
  await expect(page.getByText('資料.txt')).toBeVisible();
  // The parts that come when they are first wanted are there already.
  await sendOtherwise(page, '予約送信');
  await page.keyboard.press('Escape');
  await page.context().setOffline(true);
  await sendOtherwise(page, '予約送信');
  await dialog(page, '予約送信').getByRole('button', { name: /明日 8:30/u }).click();
  await expect(said(page, '資料です')).toContainText('送信待ち');
  await page.context().setOffline(false);
  await expect(page.getByRole('button', { name: /予約 1件/u })).toBeVisible({ timeout: 30_000 });
  await expect(said(page, '資料です')).toHaveCount(0);
});

test('one sets a reminder, sees its mark and its list, and takes it away', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const words = `金曜までに報告書をお願いします ${unique()}`;
  await speak(kenji!, id, words);
  const page = await enter(browser, aiko!, project.use, id);
  await act(page, words, 'あとで知らせる');
  await expectAccessible(page);
  await page.screenshot({ path: test.info().outputPath('remind.png') });
  await dialog(page, 'あとで知らせる').getByRole('button', { name: /明日 8:30/u }).click();
  await expect(page.getByRole('status').filter({ hasText: '明日 8:30にお知らせします' })).toBeVisible();
  await expect(stored(page, words).getByRole('img', { name: 'リマインダー: 明日 8:30' })).toBeVisible();
  await page.goto(page.url().replace(/talk.*/u, 'talk'));
  await talkMenu(page, 'リマインダー');
  const list = dialog(page, '予約とリマインダー');
  await expect(list.getByRole('link', { name: new RegExp(words, 'u') })).toContainText('明日 8:30');
  await expectAccessible(page);
  await page.screenshot({ path: test.info().outputPath('reminders.png') });
  await list.getByRole('link', { name: new RegExp(words, 'u') }).click();
  await expect(stored(page, words)).toBeVisible();
  await act(page, words, 'あとで知らせる');
  await dialog(page, 'あとで知らせる').getByRole('button', { name: 'リマインダーを解除' }).click();
  await expect(stored(page, words).getByRole('img', { name: /リマインダー/u })).toHaveCount(0);
});

test('what is to come has no barrier in the dark', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const asked = await speak(kenji!, id, '見積もりを見ておいてください', { silent: true });
  await call(aiko!.token, 'PUT', `/rooms/${id}/messages/${asked.seq}/reminder`, { at: inHours(26) });
  for (const text of ['朝礼の資料です', '本日の当番表です']) {
    const message = { clientId: crypto.randomUUID(), text, silent: text.startsWith('朝') };
    await call(aiko!.token, 'POST', `/rooms/${id}/scheduledMessages`, { sendAt: inHours(3), message });
  }
  const page = await enter(browser, aiko!, { ...project.use, colorScheme: 'dark' }, id);
  await expect(page.getByRole('button', { name: /予約 2件/u })).toBeVisible();
  await field(page).fill('書きかけ');
  await expectAccessible(page);
  await page.screenshot({ path: test.info().outputPath('dark-room.png') });
  await page.getByRole('button', { name: /予約 2件/u }).click();
  await dialog(page, '予約送信').getByRole('button', { name: /への予約/u }).first().click();
  await expectAccessible(page);
  await page.screenshot({ path: test.info().outputPath('dark-scheduled.png') });
  await menu(page, '時刻を変更').click();
  await expectAccessible(page);
  await page.screenshot({ path: test.info().outputPath('dark-when.png') });
});

test('when its time has come a message is sent, and a reminder stays until one has seen to it', async ({ browser }, { project }) => {
  const [aiko, kenji] = await cast(2);
  const { id } = await group([aiko!, kenji!]);
  const [asked, silently] = [`見積もりの確認 ${unique()}`, `時間になりました ${unique()}`];
  const { seq } = await speak(kenji!, id, asked);
  const taken = await speak(kenji!, id, '取り消される言葉');
  const at = new Date(Date.now() + 15_000).toISOString();
  for (const each of [seq, taken.seq]) await call(aiko!.token, 'PUT', `/rooms/${id}/messages/${each}/reminder`, { at });
  await call(aiko!.token, 'POST', `/rooms/${id}/scheduledMessages`, { sendAt: at, message: { clientId: crypto.randomUUID(), text: silently } });
  await call(kenji!.token, 'DELETE', `/rooms/${id}/messages/${taken.seq}`);
  const left = await group([kenji!, aiko!]);
  await call(aiko!.token, 'POST', `/rooms/${left.id}/scheduledMessages`, { sendAt: at, message: { clientId: crypto.randomUUID(), text: '届かない言葉' } });
  await call(aiko!.token, 'DELETE', `/rooms/${left.id}/members/${aiko!.id}`);
  const [one, two] = [await enter(browser, aiko!, project.use), await enter(browser, kenji!, project.use, id)];
  await expect(said(two, silently)).toBeVisible({ timeout: 40_000 });
  const notices = one.getByRole('region', { name: 'リマインダー' });
  await expect(notices).toContainText(asked);
  await expect(notices).not.toContainText('取り消される言葉');
  // Also to whoever comes later.
  await one.reload();
  await expect(notices).toContainText(asked);
  await expectAccessible(one);
  await one.screenshot({ path: test.info().outputPath('reminded.png') });
  await expect(notices).toContainText('予約を送れませんでした');
  await notices.getByRole('button', { name: '見る' }).click();
  const list = dialog(one, '予約とリマインダー');
  await expect(list.getByRole('listitem').filter({ hasText: '届かない言葉' })).toContainText('このトークに参加していなかったため、送れませんでした');
  await one.screenshot({ path: test.info().outputPath('failed.png') });
  await one.keyboard.press('Escape');
  await notices.getByRole('button', { name: '開く' }).click();
  await expect(stored(one, asked)).toBeVisible();
  await expect(notices.getByText(asked)).toHaveCount(0);
  await one.reload();
  await expect(stored(one, asked)).toBeVisible();
  // What failed is said again, until one has seen to it in the list.
  await expect(notices).toContainText('予約を送れませんでした');
  await expect(notices).not.toContainText(asked);
});
