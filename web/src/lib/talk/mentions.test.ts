import { describe, expect, it } from 'vitest';
import type { Member } from '#lib/sync/types.ts';
import { candidatesFor, named, picksOf, queryAt } from './mentions.ts';

const member = (userId: string, name: string, kana: string, orgUnitName = '防災課'): Member => ({
  userId, name, kana, kind: 'person', orgUnitName, position: '主査', invited: false,
});
const members = [member('a', '斎藤 やすお', 'さいとう やすお'), member('b', '建部 ゆみ', 'たてべ ゆみ', '建設課'), member('me', '佐藤 愛', 'さとう あい')];
const units = [{ id: 'u', name: '建設課' }, { id: 'v', name: '税務課' }];
const names = (query: string) => candidatesFor(query, members, units, '全員', 'me').map((found) => found.name);

describe('mentions', () => {
  it('sees the word behind an @ at the caret', () => {
    expect(queryAt('こんにちは @さい', 9)).toEqual({ from: 6, to: 9, text: 'さい' });
    expect(queryAt('@', 1)).toEqual({ from: 0, to: 1, text: '' });
    expect(queryAt('mail@example', 12)).toBeUndefined();
    expect(queryAt('@斎藤 やすお ', 8)).toBeUndefined();
  });

  it('finds by name, kana and section, never oneself', () => {
    expect(names('サイ')).toEqual(['斎藤 やすお']);
    expect(names('建')).toEqual(['建設課', '建部 ゆみ']);
    expect(names('税務')).toEqual([]);
    expect(names('')).toEqual(['全員', '斎藤 やすお', '建部 ゆみ']);
  });

  it('keeps what an edited text names, in whichever language everybody was named', () => {
    const nameOf = { person: (id: string) => members.find((one) => one.userId === id)?.name, unit: (id: string) => units.find((one) => one.id === id)?.name };
    const mentions = [{ userId: 'a' }, { orgUnitId: 'u' }, { all: true as const }];
    for (const everybody of ['全員', 'all']) {
      const text = `@斎藤 やすお @建設課 @${everybody} 明日です`;
      expect(named(text.replace('明日', '明後日'), picksOf(text, mentions, nameOf))).toEqual(mentions);
    }
    expect(named('明日です', picksOf('@斎藤 やすお 明日です', mentions, nameOf))).toEqual([]);
  });

  it('sends only the names that are still in the text', () => {
    const picked = candidatesFor('', members, units, '全員', 'me');
    expect(named('@斎藤 やすお お願いします @斎藤 やすお', [...picked, ...picked])).toEqual([{ userId: 'a' }]);
    expect(named('', picked)).toEqual([]);
  });
});
