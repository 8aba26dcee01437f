// Where a file's bytes are.
import type { StoredFile } from '#lib/sync/types.ts';

/** One row of the server's small pictures. */
export const THUMBNAILS = [320, 1280] as const;

export class FileAddresses {
  #base: string;

  constructor(tenant: string) {
    this.#base = `/${tenant}/api/v1/files`;
  }

  original(id: string): string {
    return `${this.#base}/${id}`;
  }

  /** Answers as something to be saved, under its own name. */
  download(id: string): string {
    return `${this.#base}/${id}?download=true`;
  }

  thumbnail(id: string, width: (typeof THUMBNAILS)[number]): string {
    return `${this.#base}/${id}/thumbnail?width=${width}`;
  }

  /** Of a document that has a picture of its first page: that, and where the document is opened or, where browsers can't, saved. */
  page({ id, contentType, hasPicture }: StoredFile): { href: string; src: string } | undefined {
    if (!hasPicture) return undefined;
    return { href: contentType === 'application/pdf' ? this.original(id) : this.download(id), src: this.thumbnail(id, 1280) };
  }

  thumbnails(id: string): string {
    return THUMBNAILS.map((width) => `${this.thumbnail(id, width)} ${width}w`).join(', ');
  }
}

/** Browsers take one download at a time, and ask before they take several. */
const BETWEEN_MS = 400;

/** Hands files to whoever looks after downloads here. */
export async function saveAll(addresses: readonly string[]): Promise<void> {
  for (const [at, address] of addresses.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    const link = document.createElement('a');
    link.href = address;
    link.download = '';
    document.body.append(link);
    link.click();
    link.remove();
  }
}
