// One live connection a tab: dials, backs off, notices a dead line, comes back after sleep and network changes.
import { type Dial, dialEvents, dialSocket, type Transport } from './transport.ts';
import type { ClientFrame, Hello, ServerFrame } from './types.ts';

/** Dialled, greeted and answered: a proxy may accept a socket and swallow what goes through it. */
export const WELCOME_WITHIN_MS = 5_000;
export const PONG_WITHIN_MS = 5_000;
const PING_EVERY_MS = 25_000;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 30_000;
/** Sockets refused in a row before the other way is tried. */
const REFUSALS = 3;
/** A line over events is exchanged for a socket after this, and each time that fails after twice as long. */
export const SOCKET_AGAIN_MS = 60_000;
const SOCKET_AGAIN_AT_MOST_MS = 960_000;

export interface Surroundings {
  dialSocket: Dial;
  dialEvents: Dial;
  random: () => number;
  isOnline: () => boolean;
}

const browser: Surroundings = {
  dialSocket,
  dialEvents,
  random: Math.random,
  isOnline: () => navigator.onLine,
};

export interface ConnectionEvents {
  /** Asked before each dialling. False: whoever this line was for is no longer signed in here, and has been told. */
  mayDial: () => boolean;
  hello: () => Hello;
  /** False: the server takes us for somebody else. Nothing more is sent or heard. */
  welcomed: (welcome: ServerFrame & { type: 'welcome' }) => boolean;
  frame: (frame: ServerFrame) => void;
  link: (link: 'connecting' | 'up' | 'down') => void;
  signedOut: () => void;
}

export class Connection {
  #base: string;
  #on: ConnectionEvents;
  #around: Surroundings;
  #transport: Transport | undefined;
  /** The server has answered: frames may go out. */
  #welcomed = false;
  #ready = false;
  #stopped = true;
  #failures = 0;
  /** Sockets in a row that did not get through although there was a network. */
  #refusals = 0;
  #viaEvents = false;
  #socketAgainMs = SOCKET_AGAIN_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #exchange: ReturnType<typeof setTimeout> | undefined;
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
    if (!this.#welcomed || !this.#transport) return false;
    this.#transport.send(frame);
    return true;
  }

  /** The tab woke, the network changed: make sure that the line is alive, or dial at once. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#welcomed) return this.#ping();
    if (this.#transport) return;
    // Perhaps another network: what the last one did to sockets says nothing of it.
    this.#failures = this.#refusals = 0;
    this.#viaEvents = false;
    this.#dial();
  }

  /** Says hello on a new line: its answer holds exactly what was missed. */
  renew(): void {
    if (!this.#stopped) this.#dial();
  }

  /** The network went: don't wait for time-outs to say so. */
  lost(): void {
    if (this.#transport) this.#ended(1006);
  }

  #dial(): void {
    this.#hangUp();
    clearTimeout(this.#timer);
    if (!this.#on.mayDial()) return this.stop();
    this.#on.link(this.#failures === 0 ? 'connecting' : 'down');
    const dial = this.#viaEvents ? this.#around.dialEvents : this.#around.dialSocket;
    this.#transport = dial(this.#base, this.#on.hello, {
      frame: (frame) => this.#heard(frame),
      closed: (code) => this.#ended(code),
    });
    this.#timer = setTimeout(() => this.#ended(1006, true), WELCOME_WITHIN_MS);
  }

  #heard(frame: ServerFrame): void {
    clearTimeout(this.#pong);
    this.#pong = undefined;
    if (frame.type === 'signedOut') return this.#signedOut();
    if (frame.type === 'welcome' && !this.#isWelcome(frame)) return this.#signedOut();
    this.#on.frame(frame);
    if (frame.type !== 'ready') return;
    this.#ready = true;
    this.#failures = 0;
    this.#on.link('up');
  }

  #isWelcome(frame: ServerFrame & { type: 'welcome' }): boolean {
    clearTimeout(this.#timer);
    if (!this.#on.welcomed(frame)) return false;
    this.#welcomed = true;
    this.#beat = setInterval(() => this.#ping(), PING_EVERY_MS);
    if (this.#viaEvents) this.#exchangeLater();
    else {
      this.#refusals = 0;
      this.#socketAgainMs = SOCKET_AGAIN_MS;
    }
    return true;
  }

  /** Events do, but a socket is better: tried again later, and one refusal then leads back here. */
  #exchangeLater(): void {
    this.#refusals = REFUSALS - 1;
    this.#exchange = setTimeout(() => {
      this.#viaEvents = false;
      this.#dial();
    }, this.#socketAgainMs);
    this.#socketAgainMs = Math.min(SOCKET_AGAIN_AT_MOST_MS, this.#socketAgainMs * 2);
  }

  #ended(code: number, swallowed = false): void {
    const gotThrough = this.#welcomed;
    this.#hangUp();
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    if (code === 4401) return this.#signedOut();
    if (!gotThrough) this.#chooseWay(swallowed);
    this.#failures += 1;
    this.#on.link('down');
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    // Full jitter but for a floor: after a restart all clients would knock at the same moment.
    this.#timer = setTimeout(() => this.#dial(), wait * (0.3 + 0.7 * this.#around.random()));
  }

  /** The event stream goes where plain requests go; if those fail too, it is not the sockets that are broken. */
  #chooseWay(swallowed: boolean): void {
    if (!this.#around.isOnline()) return;
    if (this.#viaEvents) {
      this.#viaEvents = false;
      this.#refusals = 0;
      return;
    }
    this.#refusals += 1;
    this.#viaEvents = swallowed || this.#refusals >= REFUSALS;
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
    clearTimeout(this.#exchange);
    this.#pong = undefined;
    this.#welcomed = this.#ready = false;
    this.#transport?.close();
    this.#transport = undefined;
  }
}
