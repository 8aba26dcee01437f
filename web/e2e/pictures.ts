// Pictures and other files for the tests of photos, and where they are chosen and seen.
import { expect, type Locator, type Page } from '@playwright/test';

export interface Chosen {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A JPEG of this browser's making. `noise` makes it large: about a byte a pixel. */
export async function jpeg(page: Page, name: string, { width = 320, height = 200, noise = false } = {}): Promise<Chosen> {
  const base64 = await page.evaluate(
    ({ width, height, noise }) => {
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext('2d')!;
      const paint = context.createLinearGradient(0, 0, 0, height);
      paint.addColorStop(0, '#6f7b86');
      paint.addColorStop(0.5, '#4c5a4f');
      paint.addColorStop(1, '#8d8069');
      context.fillStyle = paint;
      context.fillRect(0, 0, width, height);
      context.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
      context.fillRect(width / 3, height / 4, width / 3, height / 2);
      if (noise) {
        const pixels = context.getImageData(0, 0, width, height);
        for (let at = 0; at < pixels.data.length; at += 1) if (at % 4 !== 3) pixels.data[at] = Math.random() * 256;
        context.putImageData(pixels, 0, 0);
      }
      return canvas.toDataURL('image/jpeg', 0.92).split(',')[1]!;
    },
    { width, height, noise },
  );
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}

/** Half a second of film, of this browser's making. */
export async function film(page: Page, name: string): Promise<Chosen> {
  const base64 = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 180;
    const context = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm;codecs=vp8' });
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    const over = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let at = 0; at < 12; at += 1) {
      context.fillStyle = `hsl(${at * 30} 60% 50%)`;
      context.fillRect(0, 0, 320, 180);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await over;
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
  });
  return { name, mimeType: 'video/webm', buffer: Buffer.from(base64, 'base64') };
}

/** Large enough that it goes in several pieces. */
export const largeJpeg = (page: Page, name: string) => jpeg(page, name, { width: 2400, height: 1800, noise: true });

export const textFile = (name: string, text = '避難所,収容\n公民館,80\n'): Chosen => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

/** As people do: 添付, then what it is. */
export async function attach(page: Page, what: '写真・動画' | 'ファイル', files: Chosen | Chosen[]): Promise<void> {
  await page.getByRole('button', { name: '添付', exact: true }).click();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: what }).click();
  await (await choosing).setFiles(files);
}

export const tray = (page: Page) => page.getByRole('region', { name: /^添付するもの/ });
export const send = (page: Page) => page.getByRole('button', { name: '送信', exact: true }).click();

/** The photo in a message that the server has, by its file's name. */
export const photo = (page: Page, name: string) => page.locator('article[data-seq]').getByRole('img', { name: new RegExp(`^写真：${name}`) });

/** Its bytes have come, and it is a picture. */
export async function expectShown(page: Page, name: string): Promise<void> {
  await expect(photo(page, name)).toHaveCount(1, { timeout: 20_000 });
  await photo(page, name).scrollIntoViewIfNeeded();
  // Pictures are made smaller by a thread that gives way to all else, which a browser's tests are much of.
  await expect.poll(() => photo(page, name).evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 30_000 }).toBeGreaterThan(0);
}

/** A drag from outside of the browser, at the conversation. */
export async function drag(page: Page, type: 'dragenter' | 'drop' | 'dragleave', file: Chosen, onto: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, mimeType, base64 }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], name, { type: mimeType }));
      return data;
    },
    { name: file.name, mimeType: file.mimeType, base64: file.buffer.toString('base64') },
  );
  await page.locator(onto).dispatchEvent(type, { dataTransfer: transfer });
}

/** A picture from the clipboard, with or without the words that a table gives along. */
export async function paste(page: Page, file: Chosen, words?: string): Promise<void> {
  await page.getByRole('textbox', { name: 'メッセージを入力' }).evaluate(
    (field, { name, mimeType, base64, words }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], name, { type: mimeType }));
      if (words) data.setData('text/plain', words);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    },
    { name: file.name, mimeType: file.mimeType, base64: file.buffer.toString('base64'), words },
  );
}

interface Way {
  dx: number;
  dy: number;
}

/** Fingers on an element, each moved on its own way from its middle. */
export async function fingers(page: Page, on: Locator, from: Way[], to: Way[]): Promise<void> {
  const box = (await on.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number; id: number }[]) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
  const between = (a: number, b: number, share: number) => a + (b - a) * share;
  const at = (share: number) => from.map((way, id) => ({ id, x: x + between(way.dx, to[id]?.dx ?? 0, share), y: y + between(way.dy, to[id]?.dy ?? 0, share) }));
  await touch('touchStart', at(0));
  for (let step = 1; step <= 8; step += 1) {
    await touch('touchMove', at(step / 8));
    await page.waitForTimeout(16);
  }
  await touch('touchEnd', []);
  await session.detach();
}
