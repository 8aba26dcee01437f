// The two ways to the live stream: a WebSocket, or server-sent events with frames posted beside them.
import type { ClientFrame, Hello, ServerFrame } from './types.ts';

export interface Listener {
  frame(frame: ServerFrame): void;
  /** `code` 4401: the session is over. */
  closed(code: number): void;
}

export interface Transport {
  send(frame: ClientFrame): void;
  close(): void;
}

export type Dial = (base: string, hello: () => Hello, listener: Listener) => Transport;

/** A WebSocket at `{base}/live`. */
export const dialSocket: Dial = (base, hello, listener) => {
  const address = new URL(`${base}/live`, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', ...hello() }));
  socket.onmessage = (event) => heard(listener, event.data);
  socket.onclose = (event) => listener.closed(event.code);
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
};

/** For proxies that break WebSockets: the same frames as an event stream. */
export const dialEvents: Dial = (base, hello, listener) => {
  let source: EventSource | undefined;
  let stream = '';
  let over = false;
  let queue: Promise<unknown> = Promise.resolve();
  const end = (code: number) => {
    if (over) return;
    over = true;
    source?.close();
    listener.closed(code);
  };
  const start = async () => {
    const response = await post(`${base}/live/streams`, { type: 'hello', ...hello() });
    if (!response.ok) return end(response.status === 401 ? 4401 : 1006);
    stream = ((await response.json()) as { streamId: string }).streamId;
    if (over) return;
    source = new EventSource(`${base}/live/stream?id=${encodeURIComponent(stream)}`);
    source.onmessage = (event) => heard(listener, event.data);
    source.onerror = () => end(1006);
  };
  start().catch(() => end(1006));
  return {
    send(frame) {
      // One after the other: frames keep their order, as in a socket.
      queue = queue.then(() => (over ? undefined : post(`${base}/live/streams/${stream}/frames`, frame))).catch(() => end(1006));
    },
    close() {
      over = true;
      source?.close();
    },
  };
};

function post(address: string, body: unknown): Promise<Response> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), 10_000);
  return fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: giveUp.signal,
  }).finally(() => clearTimeout(timer));
}

function heard(listener: Listener, data: unknown): void {
  let frame: ServerFrame;
  try {
    frame = JSON.parse(String(data)) as ServerFrame;
  } catch {
    return; // Half a frame through a bad proxy: the comparison of revs heals what it held.
  }
  listener.frame(frame);
}
