import { describe, expect, it, vi } from 'vitest';
import { type Picked, Roster } from './roster.svelte.ts';

const person = (id: string): Picked => ({ kind: 'person', id, name: id });
const bousai: Picked = { kind: 'unit', id: 'bousai', name: '防災課' };
const peopleOf = vi.fn((_: string) => Promise.resolve(['aiko', 'kenji', 'me'].map((id) => ({ id, name: id }))));

describe('a roster', () => {
  it('counts people, not picks, each once and without those who are there', async () => {
    const roster = new Roster({ peopleOf }, new Set(['me']));
    roster.picked = [person('mei'), bousai, person('kenji')];
    expect(roster.count).toBeUndefined();
    expect(await roster.everyone()).toEqual(['aiko', 'kenji', 'mei']);
    expect(roster.count).toBe(3);
  });

  it('reads a section once, and again when that failed', async () => {
    peopleOf.mockClear();
    peopleOf.mockRejectedValueOnce(new Error('no network'));
    const roster = new Roster({ peopleOf }, new Set());
    roster.picked = [bousai];
    await expect(roster.everyone()).rejects.toThrow();
    expect(roster.count).toBeUndefined();
    expect(await roster.everyone()).toHaveLength(3);
    await roster.everyone();
    expect(peopleOf).toHaveBeenCalledTimes(2);
  });
});
