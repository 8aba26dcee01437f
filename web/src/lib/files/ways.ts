// How the outbox brings files to the server. The library that does it comes when the first file is to be sent.
import { m } from '#lib/paraglide/messages.js';
import type { TalkApi } from '#lib/sync/api.ts';
import type { OutboxOptions } from '#lib/sync/outbox.ts';

interface Asker {
  tenant: string;
  /** Whether the browser's cookie is still that of the account whose files these are. */
  isStill: () => boolean;
  /** A shared account has to say first who acts. */
  actorRequired: () => void;
}

type Ways = Pick<OutboxOptions, 'upload' | 'discard' | 'lost'>;

export function fileWays({ tenant, isStill, actorRequired }: Asker, api: TalkApi): Ways {
  return {
    upload: async (file, blob, watch) => {
      const { upload } = await import('./upload.ts');
      if (watch.signal.aborted || !isStill()) return { kind: 'later' };
      const outcome = await upload(`/${tenant}/api/v1/files`, api, file, blob, watch);
      if (outcome.kind === 'held') actorRequired();
      return outcome;
    },
    discard: (urls) => {
      // What can't be taken away now goes by itself when its time is over.
      for (const url of urls) fetch(url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => {});
    },
    lost: m.files_lost,
  };
}
