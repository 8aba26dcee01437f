import { describe, expect, it } from 'vitest';
import { Segments } from './segments.ts';
import { message, page } from './testing.ts';

const seqs = (segments: Segments) => segments.all.map((segment) => segment.messages.map((m) => m.seq));

describe('segments', () => {
  it('joins pages that touch and keeps apart those that do not', () => {
    const held = new Segments();
    held.addPage(page(90, 100, { hasBefore: true }), {});
    held.addPage(page(10, 20, { hasBefore: true, hasAfter: true }), { aroundSeq: 15 });
    expect(held.all.map(({ from, to }) => [from, to])).toEqual([[10, 20], [90, 100]]);
    held.addPage(page(21, 89, { hasBefore: true, hasAfter: true }), { afterSeq: 20 });
    expect(held.all).toHaveLength(1);
    expect(held.tail?.messages).toHaveLength(91);
  });

  it('knows the start of the history even where the answer is empty', () => {
    const held = new Segments();
    held.addPage(page(5, 6, { hasBefore: true }), {});
    held.addPage({ items: [], hasBefore: false, hasAfter: true }, { beforeSeq: 5 });
    expect(held.tail).toMatchObject({ from: 0, to: 6 });
  });

  it('continues the newest stretch, refuses what would leave a gap', () => {
    const held = new Segments();
    expect(held.put(message(1))).toBe(false);
    held.addPage({ items: [], hasBefore: false, hasAfter: false }, {});
    expect(held.put(message(1))).toBe(true);
    expect(held.put(message(3))).toBe(false);
    expect(seqs(held)).toEqual([[1]]);
  });

  it('keeps the copy with the higher rev, in whatever order they come', () => {
    const held = new Segments();
    held.addPage(page(1, 3), {});
    held.put(message(2, { rev: 9, text: 'edited' }));
    held.put(message(2, { rev: 4, text: 'older' }));
    held.addPage(page(1, 3), {});
    expect(held.get(2)?.text).toBe('edited');
  });

  it('holds the same whatever the order of pages', () => {
    const pages = [page(1, 10), page(11, 20, { hasBefore: true }), page(21, 30, { hasBefore: true }), page(8, 25, { hasBefore: true })];
    const asked = [{}, { afterSeq: 10 }, { afterSeq: 20 }, { aroundSeq: 15 }];
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]]) {
      const held = new Segments();
      for (const at of order) held.addPage(pages[at]!, asked[at]!);
      expect(held.all.map(({ from, to, messages }) => [from, to, messages.length])).toEqual([[0, 30, 30]]);
    }
  });

  it('trims to what is near', () => {
    const held = new Segments();
    held.addPage(page(1, 50), {});
    held.trim(held.tail!, 20, 'end');
    expect(held.tail).toMatchObject({ from: 0, to: 20 });
    held.trim(held.tail!, 5, 'start');
    expect(held.tail).toMatchObject({ from: 16, to: 20 });
  });
});
