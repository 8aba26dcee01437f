import { describe, expect, it } from 'vitest';
import { addressOf, type Shown, shownIn } from './address.ts';

describe('what the address book shows', () => {
  it.each<Shown>([{}, { unit: 'u', person: 'p' }, { group: 'g' }, { often: '1', person: 'p' }, { unit: 'u', q: '防災 課' }])('%j is kept in the address', (shown) => {
    const url = new URL(addressOf('city', shown), 'http://localhost');
    expect(url.pathname).toBe('/city/addressbook');
    expect(JSON.parse(JSON.stringify(shownIn(url)))).toEqual(shown);
  });
});
