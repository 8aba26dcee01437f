import { describe, expect, it } from 'vitest';
import { dueOf, momentOfFields, type Preset, presetsForReminding, presetsForSending } from './when.ts';

const at = (time: string) => Date.parse(`${time}+09:00`);
const said = (presets: Preset[], now: number) => presets.map((one) => `${one.label} (${one.note ?? ''}) = ${dueOf(one.at, now)}`);

describe('times to choose from', () => {
  it('lie ahead in Japan', () => {
    const friday = at('2026-11-27T10:15:00');
    expect(said(presetsForSending(friday), friday)).toEqual([
      '今日 18:00 () = 今日 18:00', '明日 8:30 (11月28日（土）) = 明日 8:30', '次の月曜 8:30 (11月30日（月）) = 11月30日（月） 8:30',
    ]);
    expect(said(presetsForReminding(friday), friday)).toEqual([
      '1時間後 (11:15) = 今日 11:15', '今日 17:00 () = 今日 17:00', '明日 8:30 (11月28日（土）) = 明日 8:30',
      '来週の月曜 8:30 (11月30日（月）) = 11月30日（月） 8:30',
    ]);
  });

  it('are left out once they are over, and said once', () => {
    const sunday = at('2026-11-29T17:59:00');
    expect(said(presetsForSending(sunday), sunday)).toEqual(['明日 8:30 (11月30日（月）) = 明日 8:30']);
    const monday = at('2026-11-30T08:00:00');
    expect(said(presetsForSending(monday), monday).at(-1)).toBe('次の月曜 8:30 (12月7日（月）) = 12月7日（月） 8:30');
  });

  it('are read from fields as Japan has them', () => {
    expect(momentOfFields('2026-11-30', '08:30')).toBe(at('2026-11-30T08:30:00'));
  });
});
