// Makes the small demo city in a folder of its own and serves it on a free port, for all tests of a run.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = 'hinoki-for-tests';

export default async function serve(): Promise<() => void> {
  const irori = process.env.IRORI_BIN ?? join(import.meta.dirname, '../../target/debug/irori');
  const folder = mkdtempSync(join(tmpdir(), 'irori-e2e-'));
  execFileSync(irori, ['demo', '--small', '--data', folder], { env: { ...process.env, IRORI_DEMO_PASSWORD: PASSWORD }, stdio: 'ignore' });
  const port = await freePort();
  const server = spawn(irori, ['serve', '--data', folder, '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
  process.env.IRORI_E2E_ORIGIN = `http://localhost:${port}`;
  await ready(process.env.IRORI_E2E_ORIGIN);
  return () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
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
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The server did not get ready.');
}
