// Files that leave as soon as they are chosen: what they are for, a note or an album, is still being made meanwhile.
import { m } from '#lib/paraglide/messages.js';
import type { TalkApi } from '#lib/sync/api.ts';
import type { PendingFile } from '#lib/sync/pending.ts';
import { uuidv7 } from '#lib/sync/uuid.ts';
import { lookedAt } from './tray.svelte.ts';

/** Between two tries on a bad line. */
const AGAIN_MS = [1_000, 3_000, 10_000];

export interface Brought extends PendingFile {
  previewUrl?: string;
  /** Of its bytes, so many are there. */
  sent: number;
}

export class Bringing {
  files: Brought[] = $state.raw([]);
  /** What could not be taken, and why. */
  problems: string[] = $state.raw([]);
  #stops = new Map<string, AbortController>();
  #tenant: string;
  #api: TalkApi;

  constructor(tenant: string, api: TalkApi) {
    this.#tenant = tenant;
    this.#api = api;
  }

  /** Those that are there, in the order in which they were chosen. */
  readonly ids: string[] = $derived(this.files.flatMap(({ id }) => id ?? []));
  readonly underWay: number = $derived(this.files.length - this.ids.length);

  async add(files: readonly File[], room: number): Promise<void> {
    this.problems = files.length > room ? [m.files_too_many({ count: room + this.files.length })] : [];
    // One after the other: several large pictures opened at once are more than an old tablet has room for.
    for (const file of files.slice(0, room)) await this.#take(file);
  }

  remove(key: string): void {
    this.#stops.get(key)?.abort();
    const file = this.files.find((each) => each.key === key);
    if (file?.previewUrl) URL.revokeObjectURL(file.previewUrl);
    this.files = this.files.filter((each) => each.key !== key);
  }

  /** Nobody wants them any more; what is there already is cleaned up by the server. */
  stop(): void {
    for (const { key } of this.files) this.remove(key);
  }

  async #take(file: File): Promise<void> {
    const prepared = await lookedAt(file);
    if (typeof prepared === 'string') return this.#refuse(prepared);
    const { blob, preview, ...about } = prepared;
    const previewUrl = preview && URL.createObjectURL(preview);
    const brought: Brought = { ...about, key: uuidv7(), size: blob.size, previewUrl, sent: 0 };
    this.files = [...this.files, brought];
    void this.#bring(brought, blob);
  }

  async #bring({ key }: Brought, blob: Blob): Promise<void> {
    const { upload } = await import('./upload.ts');
    const stop = new AbortController();
    this.#stops.set(key, stop);
    for (let tries = 0; !stop.signal.aborted; tries += 1) {
      const file = this.files.find((each) => each.key === key);
      if (!file) return;
      const watch = {
        signal: stop.signal,
        sent: (sent: number) => this.#learn(key, { sent }),
        address: (url: string | undefined) => this.#learn(key, { url }),
      };
      const result = await upload(`/${this.#tenant}/api/v1/files`, this.#api, file, blob, watch);
      if (result.kind === 'up') return this.#learn(key, { id: result.id });
      if (result.kind === 'refused') {
        this.remove(key);
        return this.#refuse(result.reason);
      }
      const wait = result.kind === 'later' ? result.afterMs : undefined;
      await new Promise((resolve) => setTimeout(resolve, wait ?? AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
    }
  }

  #learn(key: string, fields: Partial<Brought>): void {
    this.files = this.files.map((file) => (file.key === key ? { ...file, ...fields } : file));
  }

  #refuse(problem: string): void {
    this.problems = [...this.problems, problem];
  }
}
