// A sound that is played: one at a time, as people listen.

const SPEEDS = [1, 1.5, 2] as const;
/** Beyond any sound: a browser that is sent there finds out where the end is. */
const FAR = 1e7;

/** Ends what is heard now. */
let hush: (() => void) | undefined;

export class Player {
  element: HTMLAudioElement | undefined = $state();
  isPlaying = $state(false);
  hasFailed = $state(false);
  /** In seconds. */
  at = $state(0);
  length = $state(0);
  speed: (typeof SPEEDS)[number] = $state(1);
  #isLookingForEnd = false;
  readonly #hush = () => this.element?.pause();

  constructor(seconds = 0) {
    this.length = seconds;
  }

  async toggle(): Promise<void> {
    const { element } = this;
    if (!element) return;
    if (this.isPlaying) return element.pause();
    try {
      await this.#ready(element);
      element.playbackRate = this.speed;
      await element.play();
    } catch (cause) {
      // A pause that comes before the beginning ends it too.
      if (!(cause instanceof DOMException && cause.name === 'AbortError')) this.hasFailed = true;
    }
  }

  async seek(to: number): Promise<void> {
    this.at = to;
    if (!this.element) return;
    await this.#ready(this.element).catch(() => (this.hasFailed = true));
    this.element.currentTime = to;
  }

  faster(): void {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length] ?? 1;
    if (this.element) this.element.playbackRate = this.speed;
  }

  began(): void {
    if (hush !== this.#hush) hush?.();
    hush = this.#hush;
    this.isPlaying = true;
    this.hasFailed = false;
  }

  ended(): void {
    this.isPlaying = false;
    this.at = 0;
    if (this.element) this.element.currentTime = 0;
  }

  moved(): void {
    if (this.element && !this.#isLookingForEnd) this.at = this.element.currentTime;
  }

  measured(): void {
    if (this.element && Number.isFinite(this.element.duration)) this.length = this.element.duration;
  }

  /** A recording of a browser says nowhere how long it is; without that nobody can seek in it. */
  async #ready(element: HTMLAudioElement): Promise<void> {
    if (element.readyState < HTMLMediaElement.HAVE_METADATA) {
      element.load();
      await once(element, 'loadedmetadata');
    }
    if (element.duration !== Infinity || this.#isLookingForEnd) return;
    this.#isLookingForEnd = true;
    const from = this.at;
    element.currentTime = FAR;
    await once(element, 'seeked');
    element.currentTime = from;
    this.#isLookingForEnd = false;
  }
}

function once(element: HTMLAudioElement, event: 'loadedmetadata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      element.removeEventListener(event, came);
      element.removeEventListener('error', failed);
      done();
    };
    const came = () => settle(resolve);
    const failed = () => settle(() => reject(new Error('The sound could not be loaded.')));
    element.addEventListener(event, came);
    element.addEventListener('error', failed);
  });
}
