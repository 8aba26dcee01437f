// Where one stands, for a photo: asked for only when somebody wants it to go along, and shown before it does.
import type { Place } from '#lib/sync/types.ts';

/** A message waits so long for its place, no longer. */
export const LOOK_MS = 10_000;

/** `unwanted`: somebody has said no to it for this message. */
type Finding = 'found' | 'denied' | 'failed' | 'unwanted' | 'looking';

export class Locator {
  isOn = $state(false);
  place: Place | undefined = $state.raw();
  finding: Finding | undefined = $state();
  /** Whether one says where one is unless one does not want it. */
  byItself: boolean;
  #look: Promise<Place | undefined> | undefined;
  #asked = 0;

  constructor(byItself: boolean) {
    this.byItself = byItself;
  }

  /** Over plain http browsers tell nobody where they are. */
  get isOffered(): boolean {
    return isSecureContext && 'geolocation' in navigator;
  }

  /** A photo lies in the tray. */
  wake(): void {
    if (this.byItself && !this.isOn && this.finding === undefined && this.isOffered) this.turn(true);
  }

  turn(on: boolean): void {
    this.rest();
    this.isOn = on;
    this.finding = on ? undefined : 'unwanted';
    if (on) this.#look = this.#ask();
  }

  /** Nothing is left that a place could go with. */
  rest(): void {
    this.#asked += 1;
    this.isOn = false;
    this.place = this.finding = this.#look = undefined;
  }

  /** What goes with the message now: the place, or the search for it. */
  take(): { isWanted: boolean; place?: Place; look?: Promise<Place | undefined> } {
    const { isOn: isWanted, place, finding } = this;
    const look = finding === 'looking' ? this.#look : undefined;
    this.rest();
    return { isWanted, place, look };
  }

  async #ask(): Promise<Place | undefined> {
    this.finding = 'looking';
    const asked = ++this.#asked;
    const { place, finding } = await this.#position();
    // Turned off, or off and on again, meanwhile: this is nobody's answer any more.
    if (asked === this.#asked) {
      this.place = place;
      this.finding = finding;
    }
    return place;
  }

  #position(): Promise<{ place?: Place; finding: Finding }> {
    return new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => resolve({ place: placeOf(coords), finding: 'found' }),
        ({ code }) => resolve({ finding: code === 1 ? 'denied' : 'failed' }),
        { enableHighAccuracy: true, timeout: LOOK_MS, maximumAge: 30_000 },
      );
    });
  }
}

/** To about a metre: more digits would only look exact. */
function placeOf({ latitude, longitude, accuracy }: GeolocationCoordinates): Place {
  const short = (degrees: number) => Math.round(degrees * 1e5) / 1e5;
  return { latitude: short(latitude), longitude: short(longitude), accuracyMeters: Math.round(accuracy) };
}
