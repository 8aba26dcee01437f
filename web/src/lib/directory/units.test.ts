import { describe, expect, it } from 'vitest';
import type { OrgUnit } from '#lib/api/shapes.ts';
import { UnitTree } from './units.ts';

const unit = (id: string, parentId: string | null, order: number): OrgUnit => ({
  id,
  parentId,
  name: id,
  order,
  headIds: [],
  memberCount: 1,
});
const tree = new UnitTree([unit('防災課', '総務部', 2), unit('総務部', '市役所', 1), unit('職員課', '総務部', 1), unit('市役所', null, 0)]);

describe('UnitTree', () => {
  it('draws what is open, in order, with its depth', () => {
    expect(tree.rows(new Set()).map((row) => row.unit.id)).toEqual(['市役所']);
    const rows = tree.rows(new Set(['市役所', '総務部']));
    expect(rows.map((row) => [row.unit.id, row.level])).toEqual([
      ['市役所', 1],
      ['総務部', 2],
      ['職員課', 3],
      ['防災課', 3],
    ]);
    expect(rows.at(-1)?.hasChildren).toBe(false);
  });

  it('names the way to a unit without the top', () => {
    expect(tree.nameOf('防災課')).toBe('総務部 防災課');
    expect(tree.nameOf('市役所')).toBe('市役所');
  });

  it('knows what is below what', () => {
    expect(tree.isWithin('防災課', '市役所')).toBe(true);
    expect(tree.isWithin('総務部', '防災課')).toBe(false);
  });

  it('keeps a unit whose parent is not shown, and survives a ring', () => {
    expect(new UnitTree([unit('a', 'gone', 0)]).roots.map((one) => one.id)).toEqual(['a']);
    expect(new UnitTree([unit('a', 'b', 0), unit('b', 'a', 0)]).pathTo('a')).toHaveLength(2);
  });
});
