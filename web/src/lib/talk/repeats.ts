// Client ids for requests that people press again: the same wish keeps its id, so that it is done once.
import { uuidv7 } from '#lib/sync/uuid.ts';

export class Repeats {
  #ids = new Map<string, string>();

  /** The id of this wish, until it is {@link done}. */
  idFor(wish: string): string {
    const id = this.#ids.get(wish) ?? uuidv7();
    this.#ids.set(wish, id);
    return id;
  }

  /** It was done, and taken back: wishing it again is another wish. */
  done(wish: string): void {
    this.#ids.delete(wish);
  }
}
