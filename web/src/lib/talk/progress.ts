// How far somebody has read on from the unread line without leaving anything out. Pure.

export class Progress {
  #line: number | undefined;
  /** Everything up to here was on screen, or was read before. */
  #through = 0;

  /** The unread line stands behind this seq; another place for it begins anew. */
  from(line: number | undefined): void {
    if (line === this.#line) return;
    this.#line = line;
    this.#through = line ?? 0;
  }

  /** Whether there is a line, and nothing behind it was seen yet. */
  get isAtLine(): boolean {
    return this.#line !== undefined && this.#through === this.#line;
  }

  /** On screen: all from behind `before` up to `to`. */
  saw(before: number, to: number): void {
    if (before <= this.#through) this.#through = Math.max(this.#through, to);
  }

  /** With the screen beginning behind `before`: the first that was left out above it, if any. */
  passedBy(before: number): number | undefined {
    return this.#line !== undefined && before > this.#through ? this.#through + 1 : undefined;
  }
}
