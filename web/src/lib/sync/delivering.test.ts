import { describe, expect, it, vi } from 'vitest';
import type { TalkApi } from './api.ts';
import { Delivering } from './delivering.ts';
import type { Pending } from './pending.ts';
import type { ClientFrame, Message, SendBody } from './types.ts';

const pending: Pending = { clientId: 'c', roomId: 'r', text: '了解', mentions: [], createdAt: 1, state: 'waiting' };
const answer = { seq: 1 } as Message;

describe('one send', () => {
  it('carries words or a sticker, over the line and as a request', async () => {
    const frames: ClientFrame[] = [];
    const bodies: SendBody[] = [];
    const api = { send: async (_: string, body: SendBody) => (bodies.push(body), answer) } as unknown as TalkApi;
    const line = { isReady: true, send: (frame: ClientFrame) => frames.push(frame) > 0 };
    const delivering = new Delivering(api, line, () => {});
    const sticker: Pending = { ...pending, text: '', stickerId: 'understood', replyToSeq: 3 };
    for (const one of [pending, sticker]) {
      const outcome = delivering.deliver(one);
      delivering.answered('c', answer, undefined);
      expect(await outcome).toEqual({ kind: 'sent', message: answer });
    }
    line.isReady = false;
    await delivering.deliver(sticker);
    expect(frames).toEqual([
      { type: 'send', ref: 'c', roomId: 'r', clientId: 'c', text: '了解' },
      { type: 'send', ref: 'c', roomId: 'r', clientId: 'c', stickerId: 'understood', replyToSeq: 3 },
    ]);
    expect(bodies).toEqual([{ clientId: 'c', stickerId: 'understood', replyToSeq: 3 }]);
  });

  it('asks the server to keep what is to be sent later', async () => {
    const schedule = vi.fn(async () => ({ id: 's' }));
    const line = { isReady: true, send: vi.fn(() => true) };
    const delivering = new Delivering({ schedule } as unknown as TalkApi, line, () => {});
    const sendAt = '2026-11-30T08:30:00+09:00';
    expect(await delivering.deliver({ ...pending, silent: true, sendAt })).toEqual({ kind: 'scheduled', message: { id: 's' } });
    expect(schedule).toHaveBeenCalledWith('r', sendAt, { clientId: 'c', text: '了解', silent: true });
    expect(line.send).not.toHaveBeenCalled();
  });
});
