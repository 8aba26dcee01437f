// What the stickers are called in the reader's language, in the order in which they are shown. Fetched with the first one seen.
import { getLocale } from '#lib/paraglide/runtime.js';

const catalogues = {
  ja: () => import('../../../../messages/stickers.ja.json'),
  en: () => import('../../../../messages/stickers.en.json'),
};

let names: Record<string, string> = $state.raw({});
let isAsked = false;

/** None before they have come; whoever reads it sees them come. */
export function stickerNames(): Record<string, string> {
  if (!isAsked) {
    isAsked = true;
    // Without a network the next one seen asks again.
    queueMicrotask(() => void catalogues[getLocale()]().then((loaded) => (names = loaded.default), () => (isAsked = false)));
  }
  return names;
}
