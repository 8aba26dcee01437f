// 既読 N, kept from what the history said and what has been read since. Pure but for the map handed in.

/** Counts by seq, and how far each other member has read. */
export class Reads {
  #cursors = new Map<string, number>();
  #counts: Map<number, number>;

  constructor(counts: Map<number, number>) {
    this.#counts = counts;
  }

  /** What the history says is exact at its moment. */
  counted(seq: number, count: number | undefined): void {
    if (count === undefined || this.#counts.get(seq) === count) return;
    this.#counts.set(seq, count);
  }

  /** Counts of a large room. */
  countedAll(counts: Record<string, number>): void {
    for (const [seq, count] of Object.entries(counts)) this.counted(Number(seq), count);
  }

  /** Somebody has read up to `seq`: one more for each of `own` that this passes. */
  readUpTo(userId: string, seq: number, own: Iterable<number>): void {
    const before = this.#cursors.get(userId) ?? 0;
    if (seq <= before) return;
    this.#cursors.set(userId, seq);
    for (const each of own) {
      if (before < each && each <= seq) this.#counts.set(each, (this.#counts.get(each) ?? 0) + 1);
    }
  }

  /**
   * All cursors as they stand. Returns whether a count of `own` may now be wrong: somebody read while we looked
   * away (or came in later, and may not count), so the history is to be asked once more.
   */
  stand(cursors: Record<string, number>, except: string, own: Iterable<number>): boolean {
    this.#cursors = new Map(Object.entries(cursors).filter(([userId]) => userId !== except));
    const at = [...this.#cursors.values()];
    return [...own].some((seq) => at.filter((cursor) => cursor >= seq).length !== (this.#counts.get(seq) ?? 0));
  }
}
