// The catalogues of strings: every language has every string, with the same parameters, and every string is shown somewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '..');
const messages = join(src, '../messages');

function catalogue(name: string): Map<string, string> {
  const all = JSON.parse(readFileSync(join(messages, name), 'utf8')) as Record<string, string>;
  return new Map(Object.entries(all).filter(([key]) => key !== '$schema'));
}

function sources(): string {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' });
  const ours = files.filter((file) => /\.(ts|svelte)$/u.test(file) && !file.includes('paraglide') && !file.endsWith('.test.ts'));
  return ours.map((file) => readFileSync(join(src, file), 'utf8')).join('\n');
}

const parameters = (text: string | undefined) => [...(text ?? '').matchAll(/\{\w+\}/gu)].map(([name]) => name).sort();

describe.each([['ja.json', 'en.json'], ['talk.ja.json', 'talk.en.json'], ['files.ja.json', 'files.en.json'], ['later.ja.json', 'later.en.json']])('%s and %s', (ja, en) => {
  const [japanese, english] = [catalogue(ja), catalogue(en)];

  it('hold the same strings with the same parameters', () => {
    expect([...english.keys()].sort()).toEqual([...japanese.keys()].sort());
    for (const [key, text] of japanese) expect([key, parameters(english.get(key))]).toEqual([key, parameters(text)]);
  });

  it('hold nothing that is shown nowhere', () => {
    const used = new Set([...sources().matchAll(/\bm\.(\w+)/gu)].map(([, key]) => key));
    expect(used.size).toBeGreaterThan(100);
    expect([...japanese.keys()].filter((key) => !used.has(key))).toEqual([]);
  });
});
