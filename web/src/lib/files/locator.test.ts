import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Locator } from './locator.svelte.ts';

type Found = (position: { coords: object }) => void;
type Refused = (problem: { code: number }) => void;
let asked: { found: Found; refused: Refused }[];
const coords = { latitude: 35.6812361, longitude: 139.7671248, accuracy: 11.6 };

beforeEach(() => {
  asked = [];
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { geolocation: { getCurrentPosition: (found: Found, refused: Refused) => asked.push({ found, refused }) } });
});

describe('the place of a photo', () => {
  it('is asked for only when somebody wants it', async () => {
    const locator = new Locator(false);
    locator.wake();
    expect(asked).toHaveLength(0);
    locator.turn(true);
    asked[0]!.found({ coords });
    await vi.waitFor(() => expect(locator.place).toEqual({ latitude: 35.68124, longitude: 139.76712, accuracyMeters: 12 }));
    expect(locator.take()).toMatchObject({ isWanted: true, place: { accuracyMeters: 12 } });
    expect(locator.isOn).toBe(false);
  });

  it('is asked for by itself on a patrol’s device, unless somebody said no', () => {
    const locator = new Locator(true);
    locator.wake();
    expect(locator.isOn).toBe(true);
    locator.turn(false);
    locator.wake();
    expect(locator.isOn).toBe(false);
    // The next message is another matter.
    locator.take();
    locator.wake();
    expect(locator.isOn).toBe(true);
  });

  it('says why there is none', async () => {
    const locator = new Locator(false);
    locator.turn(true);
    asked[0]!.refused({ code: 1 });
    await vi.waitFor(() => expect(locator.finding).toBe('denied'));
    expect(locator.take()).toMatchObject({ isWanted: true, place: undefined, look: undefined });
  });

  it('may still be looked for when the message leaves', async () => {
    const locator = new Locator(false);
    locator.turn(true);
    const { look } = locator.take();
    asked[0]!.found({ coords });
    expect(await look).toMatchObject({ latitude: 35.68124 });
    expect(locator.place).toBeUndefined();
  });

  it('is not shown when it comes after somebody thought better of it', async () => {
    const locator = new Locator(false);
    locator.turn(true);
    locator.turn(false);
    asked[0]!.found({ coords });
    await Promise.resolve();
    expect(locator).toMatchObject({ isOn: false, place: undefined });
  });

  it('is not offered where browsers tell nobody', () => {
    vi.stubGlobal('isSecureContext', false);
    expect(new Locator(true).isOffered).toBe(false);
  });
});
