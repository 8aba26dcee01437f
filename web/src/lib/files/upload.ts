// One file to the server, by tus: in pieces, each of which stays there, going on where it was broken off.
import { DetailedError, Upload as Tus } from 'tus-js-client';
import { ApiProblem } from '#lib/api/problem.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { TalkApi } from '#lib/sync/api.ts';
import { outcomeOf } from '#lib/sync/outcome.ts';
import type { PendingFile } from '#lib/sync/pending.ts';
import type { Problem } from '#lib/sync/types.ts';
import type { Uploaded, Watch } from '#lib/sync/uploads.svelte.ts';

/** What a broken line loses at most; proxies that hold a request back until it is whole still let it through. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** A line that takes no byte for so long is broken, whatever it says. */
const SILENT_MS = 30_000;
/** What was begun is gone, or stands elsewhere than we think. */
const OUT_OF_STEP = [404, 409, 410, 423];

export async function upload(endpoint: string, api: TalkApi, file: PendingFile, blob: Blob, watch: Watch): Promise<Uploaded> {
  const sent = await send(endpoint, file, blob, watch);
  return 'url' in sent ? describe(api, sent.url, file.size, watch) : sent;
}

function send(
  endpoint: string,
  file: PendingFile,
  blob: Blob,
  { sent, address, signal }: Watch,
): Promise<{ url: string } | Uploaded> {
  return new Promise((resolve) => {
    let silence: ReturnType<typeof setTimeout> | undefined;
    const end = (result: { url: string } | Uploaded) => {
      clearTimeout(silence);
      resolve(result);
    };
    const giveUp = () => {
      void tus.abort();
      end({ kind: 'later' });
    };
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENT_MS);
    };
    const tus = new Tus(blob, {
      endpoint,
      uploadUrl: file.url,
      metadata: { filename: file.name, filetype: file.contentType },
      headers: { 'Accept-Language': getLocale() },
      chunkSize: PIECE_BYTES,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        heard();
        const url = tus.url ? new URL(tus.url, location.href).pathname : undefined;
        if (url !== file.url) address(url);
      },
      onProgress: (bytes) => {
        heard();
        sent(bytes);
      },
      onSuccess: () => end({ url: tus.url ?? '' }),
      onError: (error) => end(signal.aborted ? { kind: 'later' } : refusalOf(error)),
    });
    signal.addEventListener('abort', giveUp);
    heard();
    tus.start();
  });
}

/** All bytes are there: whether they are what they say is known only now. */
async function describe(api: TalkApi, url: string, size: number, { address }: Watch): Promise<Uploaded> {
  try {
    return { kind: 'up', id: (await api.file(url.split('/').pop() ?? '')).id };
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) return { kind: 'later' };
    const { status, kind, detail, errors, retryAfter } = problem;
    if (status === 409) return finish(url, size);
    if (status === 404 || status === 410) {
      address(undefined);
      return { kind: 'later' };
    }
    return outcomeOf({ status, type: kind, detail, errors: [...errors] }, retryAfter);
  }
}

/** When its last piece came it could not be looked at, as without a scanner: asked for again, with nothing more to bring. */
async function finish(url: string, size: number): Promise<Uploaded> {
  const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(size), 'Content-Type': 'application/offset+octet-stream' };
  const answer = await fetch(url, { method: 'PATCH', headers, signal: AbortSignal.timeout(SILENT_MS) }).catch(() => undefined);
  if (!answer || OUT_OF_STEP.includes(answer.status)) return { kind: 'later' };
  if (answer.ok) return { kind: 'later', afterMs: 1 };
  return outcomeOf({ ...problemIn(await answer.text()), status: answer.status });
}

function refusalOf(error: Error | DetailedError): Uploaded {
  if (!(error instanceof DetailedError) || !error.originalResponse) return { kind: 'later' };
  const { originalRequest, originalResponse } = error;
  const status = originalResponse.getStatus();
  // The next try asks first, and begins anew where it must.
  const isOutOfStep = originalRequest.getMethod() !== 'POST' && OUT_OF_STEP.includes(status);
  if (isOutOfStep) return { kind: 'later' };
  const retryAfter = Number(originalResponse.getHeader('Retry-After'));
  return outcomeOf({ ...problemIn(originalResponse.getBody()), status }, retryAfter > 0 ? retryAfter : undefined);
}

function problemIn(body: string): Partial<Problem> {
  try {
    return JSON.parse(body) as Partial<Problem>;
  } catch {
    return {};
  }
}
