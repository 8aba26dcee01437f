// Signs in to the demo city as a member of a section and photographs a talk, on a PC and on a phone.
import { createRequire } from 'node:module';

const { chromium, devices } = createRequire(new URL('../web/package.json', import.meta.url))('@playwright/test');
const { IRORI_URL: url, IRORI_PASSWORD: password } = process.env;
const pictures = new URL('../docs/images/', import.meta.url).pathname;

const shots = [
  { name: 'talk-pc.png', context: { viewport: { width: 1280, height: 800 } } },
  { name: 'talk-phone.png', context: devices['iPhone 13'] },
];

/** The server may still be starting. */
async function untilReady() {
  for (let tries = 0; tries < 100; tries++) {
    const ready = await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false);
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server did not become ready');
}

async function shoot(browser, { name, context: { defaultBrowserType, ...settings } }) {
  const context = await browser.newContext({ ...settings, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(`${url}/city/`);
  await page.getByLabel('ログインID').fill('staff001');
  await page.getByLabel('パスワード', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'ログイン' }).click();
  const rooms = page.getByRole('region', { name: 'トークの一覧' });
  await rooms.getByRole('link', { name: /防災課/ }).first().click();
  await page.getByRole('textbox', { name: 'メッセージを入力' }).waitFor();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: pictures + name });
  await context.close();
}

await untilReady();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] });
for (const shot of shots) await shoot(browser, shot);
await browser.close();
