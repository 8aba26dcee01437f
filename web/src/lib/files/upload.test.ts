import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '#lib/api/problem.ts';
import type { TalkApi } from '#lib/sync/api.ts';
import type { Uploaded } from '#lib/sync/uploads.svelte.ts';
import { upload } from './upload.ts';

/** What the upload ends with: nothing wrong, or an answer to a request. */
let ends: 'well' | 'broken' | { method: string; status: number; body?: object };
let begun: { uploadUrl?: string | null }[];

vi.mock('tus-js-client', () => {
  class DetailedError extends Error {
    originalRequest: object;
    originalResponse: object | null;
    constructor(method: string, answer: { status: number; body?: object } | null) {
      super(method);
      this.originalRequest = { getMethod: () => method };
      this.originalResponse = answer && {
        getStatus: () => answer.status,
        getHeader: () => undefined,
        getBody: () => JSON.stringify(answer.body ?? {}),
      };
    }
  }
  class Upload {
    url: string | null;
    options: Record<string, (given?: unknown, all?: unknown) => void> & { uploadUrl?: string | null };
    constructor(_: Blob, options: Upload['options']) {
      this.options = options;
      this.url = options.uploadUrl ?? 'http://here/city/api/v1/files/new';
      begun.push(options);
    }
    abort = () => Promise.resolve();
    start() {
      this.options.onUploadUrlAvailable!();
      this.options.onProgress!(4, 4);
      if (ends === 'well') this.options.onSuccess!({});
      else if (ends === 'broken') this.options.onError!(new DetailedError('PATCH', null));
      else this.options.onError!(new DetailedError(ends.method, ends));
    }
  }
  return { DetailedError, Upload };
});

const file = { key: 'k', name: '冠水.jpg', contentType: 'image/jpeg', size: 4 };
const address = vi.fn();

/** Brings the file; `described`: what the server says of it then. */
async function bring(described: () => Promise<{ id: string }> = () => Promise.resolve({ id: 'new' }), url?: string): Promise<Uploaded> {
  const api = { file: vi.fn(described) } as unknown as TalkApi;
  const watch = { sent: vi.fn(), address, signal: new AbortController().signal };
  return upload('/city/api/v1/files', api, { ...file, url }, new Blob(['abcd']), watch);
}
const problem = (status: number) => () => Promise.reject(new ApiProblem(status, { errors: [{ field: 'file', message: '送れません。' }] } as object));

beforeEach(() => {
  begun = [];
  ends = 'well';
  address.mockClear();
  vi.stubGlobal('location', { href: 'http://here/city/talk' });
});

describe('an upload', () => {
  it('gives the id of the file, and says where it would have gone on', async () => {
    expect(await bring()).toEqual({ kind: 'up', id: 'new' });
    expect(address).toHaveBeenCalledWith('/city/api/v1/files/new');
  });

  it('goes on where it was', async () => {
    expect(await bring(undefined, '/city/api/v1/files/old')).toEqual({ kind: 'up', id: 'new' });
    expect(begun[0]?.uploadUrl).toBe('/city/api/v1/files/old');
    expect(address).not.toHaveBeenCalled();
  });

  it('waits when the line breaks, or when what was begun is elsewhere than thought', async () => {
    ends = 'broken';
    expect(await bring()).toMatchObject({ kind: 'later' });
    for (const status of [404, 409, 410, 423, 503]) {
      ends = { method: 'PATCH', status };
      expect(await bring()).toMatchObject({ kind: 'later' });
    }
  });

  it('is refused with the server’s words', async () => {
    ends = { method: 'PATCH', status: 422, body: { errors: [{ field: 'file', message: '危険な種類です。' }] } };
    expect(await bring()).toEqual({ kind: 'refused', reason: '危険な種類です。' });
    ends = { method: 'POST', status: 507, body: { detail: '保存する場所がいっぱいです。' } };
    expect(await bring()).toEqual({ kind: 'refused', reason: '保存する場所がいっぱいです。' });
    ends = 'well';
    expect(await bring(problem(422))).toEqual({ kind: 'refused', reason: '送れません。' });
  });

  it('begins anew when nothing is left of it', async () => {
    expect(await bring(problem(404))).toEqual({ kind: 'later' });
    expect(address).toHaveBeenLastCalledWith(undefined);
  });

  it('asks again for what could not be looked at when its last piece came', async () => {
    const ask = vi.fn(() => Promise.resolve(new Response(null, { status: 204 })));
    vi.stubGlobal('fetch', ask);
    expect(await bring(problem(409))).toEqual({ kind: 'later', afterMs: 1 });
    expect(ask).toHaveBeenCalledWith('http://here/city/api/v1/files/new', expect.objectContaining({ method: 'PATCH' }));
    ask.mockResolvedValueOnce(Response.json({ errors: [{ field: 'file', message: '危険な種類です。' }] }, { status: 422 }));
    expect(await bring(problem(409))).toEqual({ kind: 'refused', reason: '危険な種類です。' });
  });
});
