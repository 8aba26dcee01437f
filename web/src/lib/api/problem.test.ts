import { describe, expect, it } from 'vitest';
import { ApiProblem, problemOf, unwrap } from './problem.ts';

describe('unwrap', () => {
  it('gives the data of a good answer', async () => {
    const answer = Promise.resolve({ data: { id: '1' }, response: new Response('{}', { status: 200 }) });
    expect(await unwrap(answer)).toEqual({ id: '1' });
  });

  it('turns a lost network into a problem of status 0', async () => {
    await expect(unwrap(Promise.reject(new TypeError('Failed to fetch')))).rejects.toMatchObject({ status: 0 });
  });

  it('carries the fields that are wrong', async () => {
    const error = { type: '/problems/invalid', status: 422, detail: 'x', errors: [{ field: 'new', message: '短すぎます' }] };
    const refusal = await unwrap(Promise.resolve({ error, response: new Response(null, { status: 422 }) })).catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(ApiProblem);
    expect((refusal as ApiProblem).kind).toBe('invalid');
    expect((refusal as ApiProblem).fieldError('new')).toBe('短すぎます');
    expect((refusal as ApiProblem).fieldError('current')).toBeUndefined();
  });
});

describe('problemOf', () => {
  it('reads how long to wait', () => {
    const response = new Response(null, { status: 429, headers: { 'Retry-After': '17' } });
    expect(problemOf(response, undefined).retryAfter).toBe(17);
  });

  it('has words for an answer that is no problem document', () => {
    expect(problemOf(new Response('<html>', { status: 502 }), '<html>').detail).not.toBe('');
  });
});
