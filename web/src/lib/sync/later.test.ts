import { describe, expect, it, vi } from 'vitest';
import { Later } from './later.svelte.ts';
import type { Reminder, ScheduledMessage } from './scheduled.ts';
import { message, ROOM } from './testing.ts';

const waiting = (id: string, sendAt: string, more: Partial<ScheduledMessage> = {}): ScheduledMessage => ({
  id, roomId: ROOM, sendAt, text: id, mentions: [], attachments: [], silent: false, ...more,
});
const reminder = (seq: number, due: boolean): Reminder => ({ roomId: ROOM, seq, at: '2026-11-30T08:30:00+09:00', due, message: message(seq) });

function lists(scheduled: ScheduledMessage[] = [], reminders: Reminder[] = []) {
  return { scheduled: vi.fn(async () => scheduled), reminders: vi.fn(async () => reminders) };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('what is to come', () => {
  it('is asked for once, and again when the server says that it changed', async () => {
    const api = lists([waiting('a', '2026-11-30T08:30:00+09:00', { failure: 'notInRoom' })], [reminder(1, true), reminder(2, false)]);
    const later = new Later(api);
    later.start();
    await settled();
    later.start();
    expect([api.scheduled.mock.calls.length, api.reminders.mock.calls.length]).toEqual([1, 1]);
    expect([later.failed.map((one) => one.id), later.due.map((one) => one.seq)]).toEqual([['a'], [1]]);
    expect(later.reminderOf({ roomId: ROOM, seq: 2 })?.due).toBe(false);
    await later.load('reminders');
    expect(api.reminders).toHaveBeenCalledTimes(2);
  });

  it('is asked for again with the next line where there was no answer', async () => {
    const api = lists([waiting('a', '2026-11-30T08:30:00+09:00')]);
    api.scheduled.mockRejectedValueOnce(new Error('away'));
    const later = new Later(api);
    later.start();
    await settled();
    later.start();
    await settled();
    expect(later.scheduled.map((one) => one.id)).toEqual(['a']);
  });

  it('stands in the order of its times, whatever comes late', async () => {
    let answer = (_: ScheduledMessage[]) => {};
    const api = lists();
    api.scheduled.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const later = new Later(api);
    const first = later.load('scheduled');
    await later.load('scheduled');
    answer([waiting('old', '2026-11-30T08:30:00+09:00')]);
    await first;
    expect(later.scheduled).toEqual([]);
    later.put(waiting('b', '2026-12-01T08:30:00+09:00'));
    later.put(waiting('a', '2026-12-02T08:30:00+09:00'));
    later.put(waiting('a', '2026-11-30T23:30:00Z'));
    expect(later.scheduled.map((one) => one.id)).toEqual(['b', 'a']);
    later.remove('b');
    expect(later.scheduled.map((one) => one.id)).toEqual(['a']);
  });

  it('forgets what was taken back, and what was said where one is not any more', async () => {
    const later = new Later(lists([], [reminder(1, true), reminder(2, true)]));
    await later.load('reminders');
    later.recalled(message(1));
    expect(later.due.map((one) => one.seq)).toEqual([2]);
    later.left(ROOM);
    expect(later.due).toEqual([]);
  });
});
