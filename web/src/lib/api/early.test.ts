import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { early } from './early.ts';

const ME = '/city/api/v1/me';
const answer = Promise.resolve(new Response('{}'));
const kept = new Map<string, string>();

function asked(account: string | null, at = performance.now()) {
  window.irori = { asked: new Map([[ME, answer]]), at, key: 'irori-account-city', account };
}

describe('what was asked for early', () => {
  beforeEach(() => {
    vi.stubGlobal('window', globalThis);
    vi.stubGlobal('location', { href: 'http://talk.example/city/talk' });
    vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null });
    kept.set('irori-account-city', '"a"');
  });
  afterEach(() => {
    window.irori = undefined;
    vi.unstubAllGlobals();
  });

  it('answers once, and this address alone', () => {
    asked('"a"');
    expect(early('http://talk.example/city/api/v1/rooms')).toBeUndefined();
    expect(early(`http://talk.example${ME}`)).toBe(answer);
    expect(early(`http://talk.example${ME}`)).toBeUndefined();
  });

  it('answers nobody else than in whose name it was asked', () => {
    asked('"a"');
    kept.set('irori-account-city', '"b"');
    expect(early(ME)).toBeUndefined();
    asked('"a"');
    kept.delete('irori-account-city');
    expect(early(ME)).toBeUndefined();
  });

  it('answers whoever was not known here yet', () => {
    asked(null);
    expect(early(ME)).toBe(answer);
  });

  it('does not answer late', () => {
    asked('"a"', performance.now() - 11_000);
    expect(early(ME)).toBeUndefined();
  });
});
