// A browser under the conditions of an old tablet: the CPU slowed down 6 times, 1.6 Mbit/s down, 150 ms.
import { type Browser, type BrowserContext, type CDPSession, type Page } from '@playwright/test';
import { address } from '../e2e/people.ts';
import { PASSWORD } from '../e2e/serve.ts';

export const SLOWDOWN = 6;
export const LATENCY_MS = 150;
export const DOWN_KBIT = 1_600;
export const VIEWPORT = { width: 1024, height: 768 };

/** A browser without anything of ours but a session. */
export async function tablet(browser: Browser, loginId: string, serviceWorkers: 'allow' | 'block' = 'allow'): Promise<BrowserContext> {
  const context = await browser.newContext({ serviceWorkers, viewport: VIEWPORT, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
  await signIn(context, loginId);
  return context;
}

export async function signIn(context: BrowserContext, loginId: string): Promise<void> {
  const answer = await context.request.post(address('/city/api/v1/session'), {
    data: { loginId, password: PASSWORD, deviceName: 'bench' },
    headers: { Origin: address('') },
  });
  if (!answer.ok()) throw new Error(`${loginId} cannot sign in: ${answer.status()} ${await answer.text()}`);
}

/** A slow tab. */
export async function slowPage(context: BrowserContext): Promise<{ page: Page; cdp: CDPSession }> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false, latency: LATENCY_MS, downloadThroughput: (DOWN_KBIT * 1_000) / 8, uploadThroughput: (DOWN_KBIT * 1_000) / 16,
  });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  return { page, cdp };
}

export const inTalk = (roomId: string) => address(`/city/talk/${roomId}`);
