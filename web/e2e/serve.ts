// Makes the small demo city in a folder of its own and serves it on a free port, for all tests of a run.
import { execFileSync, type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = 'hinoki-for-tests';
const irori = process.env.IRORI_BIN ?? join(import.meta.dirname, '../../target/debug/irori');

export default async function serve(): Promise<() => Promise<void>> {
  const server = await ownServer();
  process.env.IRORI_E2E_ORIGIN = server.origin;
  return () => server.end();
}

/** A server with the small demo city, or with all of it, that a test may kill. */
export async function ownServer(size: 'small' | 'full' = 'small') {
  const folder = mkdtempSync(join(tmpdir(), 'irori-e2e-'));
  execFileSync(irori, ['demo', ...(size === 'small' ? ['--small'] : []), '--data', folder], { env: { ...process.env, IRORI_DEMO_PASSWORD: PASSWORD }, stdio: 'ignore' });
  return serverOn(folder);
}

/** A server on an empty folder: what it printed holds the set-up link. */
export function emptyServer() {
  return serverOn(mkdtempSync(join(tmpdir(), 'irori-e2e-')));
}

async function serverOn(folder: string) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  let printed = '';
  let process: ChildProcess | undefined;
  const start = async () => {
    // No test asks the world for anything: where cards are wanted, the test answers in the server's place.
    process = spawn(irori, ['serve', '--data', folder, '--listen', `127.0.0.1:${port}`, '--link-cards', 'off'], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [process.stdout, process.stderr]) stream?.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-100_000)));
    await ready(origin);
  };
  const kill = async () => {
    const gone = new Promise((resolve) => process?.once('exit', resolve));
    process?.kill('SIGKILL');
    await gone;
  };
  const end = async () => {
    if (process?.exitCode === null && process.signalCode === null) await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { origin, folder, start, kill, end, printed: () => printed };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function ready(origin: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The server did not get ready.');
}
