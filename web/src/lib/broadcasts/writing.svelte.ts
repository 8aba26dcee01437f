// One message being written to many rooms: where to, what, and its way to the server.
import { ApiProblem, wordsFor } from '#lib/api/problem.ts';
import type { Chosen, Tray } from '#lib/files/tray.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import type { BroadcastDetail } from '#lib/sync/broadcasts.ts';
import { Repeats } from '#lib/talk/repeats.ts';
import { lengthOf } from '#lib/talk/text.ts';

export const MOST_ROOMS = 100;
export const LONGEST = 10_000;
const TRIES = 5;

const begun = new WeakMap<Sync, Writing>();

/** The one that was begun and not sent: closing the dialog loses nothing. */
export function writingOf(sync: Sync): Writing {
  let writing = begun.get(sync);
  if (!writing) begun.set(sync, (writing = new Writing(sync)));
  return writing;
}

class Writing {
  text = $state('');
  rooms: ReadonlySet<string> = $state.raw(new Set<string>());
  /** Comes with the first file that is chosen. */
  tray: Tray | undefined = $state.raw();
  /** Whom it would reach; unknown while it is being counted. */
  reaches: number | undefined = $state.raw();
  isSending = $state(false);
  problem: string | undefined = $state();
  #sync: Sync;
  #repeats = new Repeats();
  /** What is up already, by its key: a second try need not bring it again. */
  #up = new Map<string, string>();

  constructor(sync: Sync) {
    this.#sync = sync;
  }

  readonly isTooLong: boolean = $derived(this.text.length > LONGEST && lengthOf(this.text) > LONGEST);
  readonly #saysSomething: boolean = $derived(this.text.trim() !== '' || (this.tray?.files.length ?? 0) > 0);
  readonly canSend: boolean = $derived(
    this.rooms.size > 0 && this.rooms.size <= MOST_ROOMS && this.#saysSomething && !this.isTooLong && (this.tray?.reading ?? 0) === 0,
  );

  async attach(files: readonly File[]): Promise<void> {
    const { Tray } = await import('#lib/files/tray.svelte.ts');
    this.tray ??= new Tray(false);
    await this.tray.add(files);
  }

  async count(): Promise<void> {
    const { rooms } = this;
    this.reaches = undefined;
    if (rooms.size === 0 || rooms.size > MOST_ROOMS) return;
    const found = await this.#sync.api.countRecipients([...rooms]).catch(() => undefined);
    if (rooms === this.rooms) this.reaches = found?.peopleCount;
  }

  /** Gives what was sent; where it could not be, says why and keeps all that was written. */
  async send(): Promise<BroadcastDetail | undefined> {
    if (!this.canSend || this.isSending) return undefined;
    this.isSending = true;
    this.problem = undefined;
    try {
      const attachmentIds: string[] = [];
      for (const file of this.tray?.files ?? []) attachmentIds.push(await this.#bring(file));
      const text = this.text.trimEnd() || undefined;
      const wish = { roomIds: [...this.rooms].sort(), text, attachmentIds, place: this.tray?.locator.place };
      const clientId = this.#repeats.idFor(JSON.stringify(wish));
      const sent = await this.#sync.api.createBroadcast({ ...wish, clientId });
      begun.delete(this.#sync);
      return sent;
    } catch (cause) {
      this.problem = (cause instanceof ApiProblem && cause.errors[0]?.message) || wordsFor(cause);
      return undefined;
    } finally {
      this.isSending = false;
    }
  }

  async #bring({ key, blob, name, contentType }: Chosen): Promise<string> {
    const { upload } = await import('#lib/files/upload.ts');
    const file = { key, name, contentType, size: blob.size, url: undefined as string | undefined };
    for (let tries = 0; !this.#up.has(key) && tries < TRIES; tries += 1) {
      const watch = { sent: () => {}, address: (url: string | undefined) => (file.url = url), signal: new AbortController().signal };
      const outcome = await upload(`/${this.#sync.tenant}/api/v1/files`, this.#sync.api, file, blob, watch);
      if (outcome.kind === 'up') this.#up.set(key, outcome.id);
      else if (outcome.kind === 'refused') throw new ApiProblem(422, { detail: outcome.reason });
      else await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tries));
    }
    const id = this.#up.get(key);
    if (id === undefined) throw new ApiProblem(0, { detail: m.problem_offline() });
    return id;
  }
}
