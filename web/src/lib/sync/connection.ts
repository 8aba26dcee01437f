// One live connection a tab: dials, backs off, notices a dead line, comes back after sleep and network changes.
import { type Dial, dialEvents, dialSocket, type Transport } from './transport.ts';
import type { ClientFrame, Hello, ServerFrame } from './types.ts';

export const OPEN_WITHIN_MS = 5_000;
export const PONG_WITHIN_MS = 5_000;
const PING_EVERY_MS = 25_000;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 30_000;
/** A network that broke WebSockets once is asked again after this. */
const SOCKET_AGAIN_MS = 600_000;

export interface Surroundings {
  dialSocket: Dial;
  dialEvents: Dial;
  random: () => number;
  now: () => number;
  isOnline: () => boolean;
}

const browser: Surroundings = {
  dialSocket,
  dialEvents,
  random: Math.random,
  now: Date.now,
  isOnline: () => navigator.onLine,
};

export interface ConnectionEvents {
  hello: () => Hello;
  frame: (frame: ServerFrame) => void;
  link: (link: 'connecting' | 'up' | 'down') => void;
  signedOut: () => void;
}

export class Connection {
  #base: string;
  #on: ConnectionEvents;
  #around: Surroundings;
  #transport: Transport | undefined;
  #open = false;
  #ready = false;
  #stopped = true;
  #failures = 0;
  #eventsUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #pong: ReturnType<typeof setTimeout> | undefined;

  constructor(base: string, on: ConnectionEvents, around: Partial<Surroundings> = {}) {
    this.#base = base;
    this.#on = on;
    this.#around = { ...browser, ...around };
  }

  /** Whether frames go out now and what was missed has come in. */
  get isReady(): boolean {
    return this.#ready;
  }

  start(): void {
    this.#stopped = false;
    this.#dial();
  }

  stop(): void {
    this.#stopped = true;
    this.#hangUp();
    clearTimeout(this.#timer);
  }

  /** False: there is no line. */
  send(frame: ClientFrame): boolean {
    if (!this.#open || !this.#transport) return false;
    this.#transport.send(frame);
    return true;
  }

  /** The tab woke, the network changed: make sure that the line is alive, or dial at once. */
  wake(): void {
    if (this.#stopped) return;
    if (!this.#transport) {
      this.#failures = 0;
      this.#dial();
    } else if (this.#open) {
      this.#ping();
    }
  }

  /** The network went: don't wait for time-outs to say so. */
  lost(): void {
    if (this.#transport) this.#ended(1006);
  }

  #dial(): void {
    clearTimeout(this.#timer);
    this.#hangUp();
    this.#on.link(this.#failures === 0 ? 'connecting' : 'down');
    const events = this.#around.now() < this.#eventsUntil;
    const dial = events ? this.#around.dialEvents : this.#around.dialSocket;
    this.#transport = dial(this.#base, this.#on.hello, {
      open: () => this.#opened(),
      frame: (frame) => this.#heard(frame),
      closed: (code) => this.#ended(code),
    });
    this.#timer = setTimeout(() => this.#tooSlow(), OPEN_WITHIN_MS);
  }

  #opened(): void {
    this.#open = true;
    this.#beat = setInterval(() => this.#ping(), PING_EVERY_MS);
  }

  #heard(frame: ServerFrame): void {
    clearTimeout(this.#pong);
    this.#pong = undefined;
    if (frame.type === 'signedOut') return this.#signedOut();
    if (frame.type === 'welcome') clearTimeout(this.#timer);
    this.#on.frame(frame);
    if (frame.type !== 'ready') return;
    this.#ready = true;
    this.#failures = 0;
    this.#on.link('up');
  }

  #tooSlow(): void {
    // Not even open: a proxy that swallows sockets. The event stream goes where plain requests go.
    if (!this.#open) this.#eventsUntil = this.#around.now() + SOCKET_AGAIN_MS;
    this.#ended(1006);
  }

  #ended(code: number): void {
    const wasOpen = this.#open;
    this.#hangUp();
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    if (code === 4401) return this.#signedOut();
    // Refused before it was open, twice and with a network: try the other way next time.
    if (!wasOpen && this.#failures % 3 === 2) {
      this.#eventsUntil = this.#around.now() < this.#eventsUntil ? 0 : this.#around.now() + SOCKET_AGAIN_MS;
    }
    this.#failures += 1;
    this.#on.link('down');
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    // Full jitter but for a floor: after a restart all clients would knock at the same moment.
    this.#timer = setTimeout(() => this.#dial(), wait * (0.3 + 0.7 * this.#around.random()));
  }

  #signedOut(): void {
    this.stop();
    this.#on.signedOut();
  }

  #ping(): void {
    if (!this.send({ type: 'ping' })) return;
    this.#pong ??= setTimeout(() => this.#ended(1006), PONG_WITHIN_MS);
  }

  #hangUp(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#pong);
    this.#pong = undefined;
    this.#open = this.#ready = false;
    this.#transport?.close();
    this.#transport = undefined;
  }
}
