// Uploads, and all they need, come with the first file that is to be sent.
import type { Pending } from './pending.ts';
import type { Uploads, UploadsOptions } from './uploads.svelte.ts';

export class LazyUploads {
  #on: UploadsOptions;
  #here: Uploads | undefined;
  #coming: Promise<Uploads> | undefined;

  constructor(on: UploadsOptions) {
    this.#on = on;
  }

  /** For whoever shows how far they are. */
  come(): Promise<Uploads> {
    this.#coming ??= this.#come();
    return this.#coming;
  }

  want(pending: Pending): void {
    if (this.#here) this.#here.want(pending);
    else this.come().then(this.#on.free, () => {});
  }

  stop(clientId: string): void {
    this.#here?.stop(clientId);
  }

  stopAll(): void {
    this.#here?.stopAll();
  }

  hurry(): void {
    this.#here?.hurry();
  }

  async #come(): Promise<Uploads> {
    try {
      const { Uploads } = await import('./uploads.svelte.ts');
      return (this.#here = new Uploads(this.#on));
    } catch (problem) {
      // Without a network it can't come now.
      this.#coming = undefined;
      throw problem;
    }
  }
}
