// How the outbox brings files to the server. The library that does it comes when the first file is to be sent.
import type { TalkApi } from '#lib/sync/api.ts';
import type { OutboxOptions } from '#lib/sync/outbox.ts';
import { m } from '#lib/paraglide/messages.js';

/** `isStill`: whether the browser's cookie is still that of the account whose files these are. */
export function fileWays(
  tenant: string,
  api: TalkApi,
  isStill: () => boolean,
): Pick<OutboxOptions, 'upload' | 'discard' | 'lost'> {
  return {
    upload: async (file, blob, watch) => {
      const { upload } = await import('./upload.ts');
      if (watch.signal.aborted || !isStill()) return { kind: 'later' };
      return upload(`/${tenant}/api/v1/files`, api, file, blob, watch);
    },
    discard: (urls) => {
      // What can't be taken away now goes by itself when its time is over.
      for (const url of urls) fetch(url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => {});
    },
    lost: m.files_lost,
  };
}
