// A proxy that lets plain requests through and breaks WebSockets, as some in city halls do.
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** `refused`: an upgrade is answered by 403. `swallowed`: it is taken, and nothing ever comes of it. */
export type Breaks = 'refused' | 'swallowed';

export async function proxyBefore(origin: string, breaks: Breaks) {
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true });
  const proxy = createServer((asked, answer) => {
    const onward = request({ hostname, port, path: asked.url, method: asked.method, headers: asked.headers, agent });
    onward.on('response', (got) => {
      answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
      got.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  let upgrades = 0;
  const open = new Set<Duplex>();
  proxy.on('upgrade', (_, socket) => {
    upgrades += 1;
    open.add(socket);
    socket.on('error', () => undefined);
    if (breaks === 'refused') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const end = () => {
    for (const socket of open) socket.destroy();
    proxy.closeAllConnections();
    proxy.close();
    agent.destroy();
  };
  return { origin: `http://localhost:${(proxy.address() as AddressInfo).port}`, upgrades: () => upgrades, end };
}
