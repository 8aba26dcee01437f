import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dropEarly, keepEarlyFor, takeEarly } from './early.ts';

const answer = Promise.resolve(new Response());

beforeEach(() => {
  vi.stubGlobal('location', { href: 'http://city.example/city/talk' });
  vi.stubGlobal('early', { asked: new Map([['/city/api/v1/rooms?limit=200', answer]]), account: '"aiko"', at: performance.now() });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('what was asked for early', () => {
  it('is taken once, by its whole address', () => {
    expect(takeEarly('http://city.example/city/api/v1/rooms')).toBeUndefined();
    expect(takeEarly('http://city.example/city/api/v1/rooms?limit=200')).toBe(answer);
    expect(takeEarly('http://city.example/city/api/v1/rooms?limit=200')).toBeUndefined();
  });

  it('is for whoever was noted then', () => {
    keepEarlyFor('aiko');
    expect(takeEarly('/city/api/v1/rooms?limit=200')).toBe(answer);
  });

  it.each([undefined, 'kenji'])('is not for whoever is noted now: %s', (account) => {
    keepEarlyFor(account);
    expect(takeEarly('/city/api/v1/rooms?limit=200')).toBeUndefined();
  });

  it('is not taken after a change', () => {
    dropEarly();
    expect(takeEarly('/city/api/v1/rooms?limit=200')).toBeUndefined();
  });

  it('is not taken when it has grown old', () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['performance'] });
    vi.advanceTimersByTime(60_000);
    expect(takeEarly('/city/api/v1/rooms?limit=200')).toBeUndefined();
  });
});
