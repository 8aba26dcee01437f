import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, PONG_WITHIN_MS, SOCKET_AGAIN_MS, WELCOME_WITHIN_MS } from './connection.ts';
import { ME } from './testing.ts';
import type { Dial, Listener } from './transport.ts';
import type { ClientFrame, ServerFrame } from './types.ts';

const WELCOME: ServerFrame = { type: 'welcome', apiVersion: 1, me: 0, now: '2026-11-23T00:00:00Z' };

/** A network in a box: each dialling is noted and answered by hand. */
function network() {
  const dialled: { way: 'socket' | 'events'; listener: Listener; sent: ClientFrame[]; closed: boolean }[] = [];
  const dial = (way: 'socket' | 'events'): Dial => (_base, _hello, listener) => {
    const line = { way, listener, sent: [] as ClientFrame[], closed: false };
    dialled.push(line);
    return { send: (frame) => void line.sent.push(frame), close: () => (line.closed = true) };
  };
  const state = { online: true, mayDial: true, isOurs: true };
  const on = {
    mayDial: () => state.mayDial,
    hello: () => ({ rooms: {}, revs: {}, reads: {}, me: 0 }),
    welcomed: () => state.isOurs,
    frame: vi.fn(),
    link: vi.fn(),
    signedOut: vi.fn(),
  };
  const around = { dialSocket: dial('socket'), dialEvents: dial('events'), random: () => 1, isOnline: () => state.online };
  const connection = new Connection('/city/api/v1', on, around);
  const line = () => dialled.at(-1)!;
  return {
    connection, on, state, dialled, line,
    ways: () => dialled.map(({ way }) => way).join(' '),
    accept: () => (line().listener.frame(WELCOME), line().listener.frame({ type: 'ready' })),
    /** Time passes, pings are answered. */
    stay: (ms: number) => {
      for (let at = 0; at < ms; at += 5_000) {
        vi.advanceTimersByTime(5_000);
        line().listener.frame({ type: 'pong' });
      }
    },
    /** The line ends, and the wait before the next dialling passes. */
    refuse: () => (line().listener.closed(1006), vi.advanceTimersToNextTimer()),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('connection', () => {
  it('sends nothing before the server has answered', () => {
    const { connection, line, accept } = network();
    connection.start();
    expect(connection.send({ type: 'typing', roomId: 'r' })).toBe(false);
    accept();
    expect(connection.isReady).toBe(true);
    expect(connection.send({ type: 'typing', roomId: 'r' })).toBe(true);
    expect(line().sent).toEqual([{ type: 'typing', roomId: 'r' }]);
  });

  it('says hello again on a new line when it is told to', () => {
    const { connection, dialled, accept, ways } = network();
    connection.start();
    accept();
    connection.renew();
    expect(ways()).toBe('socket socket');
    expect(dialled[0]?.closed).toBe(true);
    expect(connection.isReady).toBe(false);
    connection.stop();
    connection.renew();
    expect(dialled).toHaveLength(2);
  });

  it('takes events after three refusals, and sockets again when events are refused too', () => {
    const { connection, refuse, ways } = network();
    connection.start();
    for (let at = 0; at < 7; at += 1) refuse();
    expect(ways()).toBe('socket socket socket events socket socket socket events');
  });

  it('learns nothing of sockets while there is no network', () => {
    const { connection, state, refuse, ways } = network();
    state.online = false;
    connection.start();
    for (let at = 0; at < 5; at += 1) refuse();
    expect(ways()).toBe('socket socket socket socket socket socket');
  });

  it('takes events at once where a socket is opened and swallowed', () => {
    const { connection, ways } = network();
    connection.start();
    vi.advanceTimersByTime(WELCOME_WITHIN_MS);
    expect(ways()).toBe('socket');
    vi.advanceTimersByTime(400);
    expect(ways()).toBe('socket events');
  });

  it('exchanges events for a socket after a while, later each time that this fails', () => {
    const { connection, accept, refuse, stay, ways } = network();
    connection.start();
    for (let at = 0; at < 3; at += 1) refuse();
    accept();
    stay(SOCKET_AGAIN_MS);
    expect(ways()).toBe('socket socket socket events socket');
    refuse();
    expect(ways()).toBe('socket socket socket events socket events');
    accept();
    stay(SOCKET_AGAIN_MS);
    expect(ways()).toBe('socket socket socket events socket events');
    stay(SOCKET_AGAIN_MS);
    expect(ways()).toBe('socket socket socket events socket events socket');
  });

  it('asks a socket first on another network', () => {
    const { connection, refuse, line, ways } = network();
    connection.start();
    for (let at = 0; at < 2; at += 1) refuse();
    line().listener.closed(1006);
    connection.wake();
    expect(ways()).toBe('socket socket socket socket');
  });

  it('stays on a socket that was refused once and then got through', () => {
    const { connection, refuse, accept, ways } = network();
    connection.start();
    refuse();
    refuse();
    accept();
    refuse();
    expect(ways()).toBe('socket socket socket socket');
  });

  it('notices a line that no longer answers', () => {
    const { connection, accept, line, dialled, on } = network();
    connection.start();
    accept();
    connection.wake();
    expect(line().sent).toEqual([{ type: 'ping' }]);
    vi.advanceTimersByTime(PONG_WITHIN_MS);
    expect(dialled[0]!.closed).toBe(true);
    expect(on.link).toHaveBeenLastCalledWith('down');
  });

  it('hangs up when the server takes us for somebody else', () => {
    const { connection, accept, line, state, on } = network();
    state.isOurs = false;
    connection.start();
    accept();
    expect(line().closed).toBe(true);
    expect(on.frame).not.toHaveBeenCalledWith(WELCOME);
    expect(on.signedOut).toHaveBeenCalledOnce();
    expect(connection.send({ type: 'read', roomId: ME, seq: 1 })).toBe(false);
  });

  it('does not say hello once somebody else is signed in', () => {
    const { connection, accept, refuse, state, ways } = network();
    connection.start();
    accept();
    state.mayDial = false;
    refuse();
    connection.wake();
    expect(ways()).toBe('socket');
  });

  it('ends with the session', () => {
    const { connection, accept, line, on, dialled } = network();
    connection.start();
    accept();
    line().listener.closed(4401);
    vi.advanceTimersByTime(60_000);
    expect(on.signedOut).toHaveBeenCalledOnce();
    expect(dialled).toHaveLength(1);
  });
});
