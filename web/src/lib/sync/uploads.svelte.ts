// The files of messages that wait: a few on their way at once, and how far each has come.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { KeptFile } from './kept.ts';
import type { Outcome } from './outcome.ts';
import type { Pending, PendingFile } from './pending.ts';
import { Retries } from './retries.ts';

export type Uploaded = { kind: 'up'; id: string } | Exclude<Outcome, { kind: 'sent' | 'scheduled' }>;

export interface Watch {
  sent: (bytes: number) => void;
  /** Where it can go on later; `undefined` where nothing of it is left. */
  address: (url: string | undefined) => void;
  signal: AbortSignal;
}

/** Brings one file to the server, from where it had come to. */
export type Upload = (file: PendingFile, blob: Blob, watch: Watch) => Promise<Uploaded>;

export interface UploadsOptions {
  upload: Upload;
  file: (key: string) => Promise<KeptFile | undefined>;
  /** Something about a file is known: where its upload goes on, or that it is up. */
  learned: (pending: Pending, key: string, fields: Partial<PendingFile>) => Promise<void>;
  refused: (pending: Pending, reason: string) => Promise<void>;
  held: (pending: Pending) => void;
  /** One may go on. */
  free: () => void;
  /** What is said of a file whose bytes are gone. */
  lost: () => string;
}

/** So that a photo need not wait behind a long video. */
const AT_ONCE = 2;

export class Uploads {
  /** Bytes that have arrived, by the file's key. */
  readonly sent = new SvelteMap<string, number>();
  /** Messages whose files do not move at the moment. */
  readonly halted = new SvelteSet<string>();
  #on: UploadsOptions;
  #running = new Map<string, AbortController>();
  #retries: Retries;

  constructor(on: UploadsOptions) {
    this.#on = on;
    this.#retries = new Retries(on.free);
  }

  /** Begins, unless it is on its way, waits, or others are before it. */
  want(pending: Pending): void {
    const { clientId } = pending;
    if (pending.isPaused || this.#running.has(clientId) || this.#retries.waits(clientId) || this.#running.size >= AT_ONCE) return;
    void this.#run(pending);
  }

  /** Ends it here; what has arrived stays there. */
  stop(clientId: string): void {
    this.#running.get(clientId)?.abort();
    this.#running.delete(clientId);
    this.#retries.done(clientId);
    this.halted.delete(clientId);
  }

  stopAll(): void {
    for (const clientId of [...this.#running.keys()]) this.stop(clientId);
    this.#retries.hurry();
  }

  /** There may be a network again: don't wait out the pause. */
  hurry(): void {
    this.#retries.hurry();
  }

  /** A small picture of a file that waits, or the file itself. */
  preview = async ({ key }: PendingFile): Promise<Blob | undefined> => {
    const kept = await this.#on.file(key);
    return kept?.preview ?? kept?.blob;
  };

  /** How much of a message's files has arrived, 0 to 1. */
  progressOf({ files = [] }: Pending): number {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const sent = files.reduce((sum, file) => sum + (file.id ? file.size : Math.min(file.size, this.sent.get(file.key) ?? 0)), 0);
    return size === 0 ? 0 : sent / size;
  }

  async #run(pending: Pending): Promise<void> {
    const { clientId } = pending;
    const stop = new AbortController();
    this.#running.set(clientId, stop);
    const outcome = await this.#bring(pending, stop.signal).catch((): Uploaded => ({ kind: 'later' }));
    if (stop.signal.aborted) return;
    this.#running.delete(clientId);
    if (outcome.kind === 'later') {
      this.halted.add(clientId);
      this.#retries.failed(clientId, outcome.afterMs);
    } else {
      this.halted.delete(clientId);
      this.#retries.done(clientId);
      if (outcome.kind === 'held') this.#on.held(pending);
      if (outcome.kind === 'refused') await this.#on.refused(pending, outcome.reason);
    }
    this.#on.free();
  }

  /** One file after the other: on a slow line the first is there sooner. */
  async #bring(pending: Pending, signal: AbortSignal): Promise<Uploaded> {
    let last: Uploaded = { kind: 'later' };
    for (const file of pending.files ?? []) {
      if (file.id) continue;
      const kept = await this.#on.file(file.key);
      if (!kept) return { kind: 'refused', reason: this.#on.lost() };
      last = await this.#one(pending, file, kept.blob, signal);
      if (last.kind !== 'up' || signal.aborted) return last;
      await this.#on.learned(pending, file.key, { id: last.id });
    }
    return last;
  }

  #one(pending: Pending, file: PendingFile, blob: Blob, signal: AbortSignal): Promise<Uploaded> {
    const { clientId } = pending;
    return this.#on.upload(file, blob, {
      signal,
      sent: (bytes) => {
        // What moves again has its patience back.
        if (bytes > (this.sent.get(file.key) ?? 0)) this.#retries.done(clientId);
        this.sent.set(file.key, bytes);
        this.halted.delete(clientId);
      },
      address: (url) => void this.#on.learned(pending, file.key, { url }),
    });
  }
}
