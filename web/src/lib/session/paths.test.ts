import { describe, expect, it } from 'vitest';
import { pathAfterSignIn, signInPath } from './paths.ts';

describe('pathAfterSignIn', () => {
  it('goes back to where one was', () => {
    expect(pathAfterSignIn('city', '/city/addressbook?unit=1')).toBe('/city/addressbook?unit=1');
  });

  it('never leaves the organisation', () => {
    for (const back of [null, '', 'https://evil.example/', '//evil.example/city/', '/clinics/talk', '/city/signin', '/city/\\evil']) {
      expect(pathAfterSignIn('city', back)).toBe('/city/talk');
    }
  });
});

describe('signInPath', () => {
  it('carries the way back whole', () => {
    const path = signInPath('city', '/city/addressbook?q=防災&x=1');
    expect(new URL(path, 'http://host').searchParams.get('back')).toBe('/city/addressbook?q=防災&x=1');
  });
});
