import { describe, expect, it, vi } from 'vitest';
import type { LinkCards } from '#lib/api/shapes.ts';
import { Cards } from './cards.ts';

const message = (text: string, seq = 1) => ({ roomId: 'r', seq, text });
const card = (url: string) => ({ id: url, url, title: `題 ${url}`, hasImage: false });
const answer = (urls: string[], more: Partial<LinkCards> = {}): LinkCards => ({ items: urls.map(card), pending: false, enabled: true, ...more });

describe('cards', () => {
  it('are asked once, kept, and asked anew for other links', async () => {
    const linkCards = vi.fn(async () => answer(['https://a.jp/']));
    const cards = new Cards({ linkCards });
    const first = message('https://a.jp/ を見て');
    expect(cards.known(first)).toBeUndefined();
    const [one, other] = await Promise.all([cards.ask(first), cards.ask(first)]);
    expect(one).toBe(other);
    expect(linkCards).toHaveBeenCalledTimes(1);
    expect(cards.known(message('https://a.jp/ をご覧ください'))).toBe(one);
    expect(cards.known(message('https://b.jp/'))).toBeUndefined();
    expect(cards.known(message('https://a.jp/', 2))).toBeUndefined();
    expect(cards.titles.get('https://a.jp/')).toBe('題 https://a.jp/');
  });

  it('are asked again where they could not be had, or not all', async () => {
    const linkCards = vi.fn<() => Promise<LinkCards>>();
    linkCards.mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce(answer([], { pending: true })).mockResolvedValue(answer(['https://a.jp/']));
    const cards = new Cards({ linkCards });
    for (const found of [0, 0, 1]) expect(await cards.ask(message('https://a.jp/'))).toHaveLength(found);
    expect(linkCards).toHaveBeenCalledTimes(3);
  });

  it('are known to be off', async () => {
    const cards = new Cards({ linkCards: async () => answer([], { enabled: false }) });
    await cards.ask(message('https://a.jp/'));
    expect(cards.isOn).toBe(false);
  });

  it('are let go of when there are too many', async () => {
    const cards = new Cards({ linkCards: async () => answer([]) });
    for (let seq = 1; seq <= 501; seq += 1) await cards.ask(message('https://a.jp/', seq));
    expect(cards.known(message('https://a.jp/', 1))).toBeUndefined();
    expect(cards.known(message('https://a.jp/', 2))).toEqual([]);
  });
});
