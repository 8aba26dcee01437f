import { describe, expect, it } from 'vitest';
import { isHoliday } from './holidays.ts';
import { clockOf, dateOf, dayOf, isoDay, msToNextDay, whenOf } from './time.ts';

const now = Date.parse('2026-11-24T12:00:00+09:00');

describe('times in Japan', () => {
  it('shows the clock today, words yesterday, the weekday this week, then dates', () => {
    expect(whenOf('2026-11-24T09:57:00+09:00', now)).toBe('9:57');
    expect(whenOf('2026-11-23T23:59:00+09:00', now)).toBe('昨日');
    expect(whenOf('2026-11-20T08:00:00+09:00', now)).toBe('金');
    expect(whenOf('2026-11-03T08:00:00+09:00', now)).toBe('11/3');
    expect(whenOf('2025-11-24T08:00:00+09:00', now)).toBe('2025/11/24');
  });

  it('knows how long a day still lasts', () => {
    expect(msToNextDay(now)).toBe(12 * 3_600_000);
    expect(msToNextDay(Date.parse('2026-11-25T00:00:00+09:00'))).toBe(24 * 3_600_000);
  });

  it('knows the day by Japan, wherever the server stands', () => {
    expect(clockOf('2026-11-23T15:05:00Z')).toBe('0:05');
    expect(isoDay('2026-11-23T15:05:00Z')).toBe('2026-11-24');
    expect(dayOf('2026-11-23T14:59:59Z')).toBe(dayOf('2026-11-23T00:00:00+09:00'));
  });

  it('names weekday and holiday', () => {
    expect(dateOf(dayOf('2026-11-23T10:00:00+09:00'), now)).toBe('11月23日（月・祝）');
    expect(dateOf(dayOf('2026-11-24T10:00:00+09:00'), now)).toBe('今日');
    expect(dateOf(dayOf('2025-12-24T10:00:00+09:00'), now)).toBe('2025年12月24日（水）');
  });
});

describe('holidays', () => {
  const on = (day: string) => isHoliday(new Date(`${day}T00:00:00Z`));
  it('follows the law: fixed, Mondays, equinoxes, substitutes, days between', () => {
    for (const day of ['2026-01-01', '2026-01-12', '2026-03-20', '2026-05-06', '2026-09-21', '2026-09-22', '2026-09-23', '2027-03-22']) {
      expect(on(day), day).toBe(true);
    }
    for (const day of ['2026-01-02', '2026-05-07', '2026-11-24', '2026-09-24']) expect(on(day), day).toBe(false);
  });
});
