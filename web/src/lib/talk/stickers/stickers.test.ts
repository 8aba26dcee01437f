// One list in four places: the server's, the names in both languages, the pictures.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import english from '../../../../messages/stickers.en.json';
import japanese from '../../../../messages/stickers.ja.json';

const root = join(import.meta.dirname, '../../../../..');
const pictures = join(root, 'web/static/assets/stickers');
const ids = Object.keys(japanese);

describe('stickers', () => {
  it('are those that the server knows, with names in both languages and a picture', () => {
    const list = /STICKERS: \[&str; \d+\] = \[([^\]]+)\]/u.exec(readFileSync(join(root, 'crates/talk/src/model/stickers.rs'), 'utf8'))?.[1] ?? '';
    expect([...list.matchAll(/"([^"]+)"/gu)].map(([, id]) => id)).toEqual(ids);
    expect(Object.keys(english)).toEqual(ids);
    expect(readdirSync(pictures).sort()).toEqual(ids.map((id) => `${id}.svg`).sort());
    expect(ids.length).toBeGreaterThanOrEqual(24);
  });
  it('are small pictures that fetch and run nothing', () => {
    for (const id of ids) {
      const picture = readFileSync(join(pictures, `${id}.svg`), 'utf8');
      expect(picture.length, id).toBeLessThan(8_000);
      expect(picture, id).not.toMatch(/<script|<image|<foreignObject|href|url\(|\son\w+=/u);
    }
  });
});
