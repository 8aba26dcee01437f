// Addresses in a text: where they end in a language without spaces, and which ones may be led to.

/**
 * ASCII ends an address: what Japanese puts right behind it (を, です, 」, 。) is not part of it. Letters of ours belong to it
 * only where it goes on behind them: https://example.jp/資料.pdf
 */
const OURS = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+(?=[./%?#&=_-][\w%])`;
export const BARE = String.raw`https?:\/\/(?:[\w\-.~:/?#[\]@!$&'*+,;=%()]+|${OURS})+`;

const TRAILING = new Set(".,:;!?'*)]");
const SAFE = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** Without what ends the sentence. A closing bracket belongs to the address only when it was opened in it. */
export function withoutTrailing(address: string): string {
  let unopened = count(address, ')') - count(address, '(');
  let end = address.length;
  for (; ; end -= 1) {
    const last = address[end - 1] ?? '';
    if (last === '~' && address[end - 2] === '~') end -= 1;
    else if (!TRAILING.has(last) || (last === ')' && unopened <= 0)) return address.slice(0, end);
    else if (last === ')') unopened -= 1;
  }
}

/** Where a bare address leads. */
export function hrefOf(address: string): string | undefined {
  return /^https?:/iu.test(address) ? parsed(address)?.href : undefined;
}

/** Where words lead that stand for an address, and its name where the words are another: nobody is led astray. */
export function targetOf(words: string, target: string): { href: string; to?: string } | undefined {
  const url = /^(?:https?:\/\/|mailto:|tel:)/iu.test(target) ? parsed(target) : undefined;
  if (!url) return undefined;
  const { href } = url;
  const name = url.host || readable(url.pathname);
  const said = words.trim();
  const isSaid = said === name || said === target || parsed(said)?.href === href || parsed(`https://${said}`)?.href === href;
  return isSaid ? { href } : { href, to: name };
}

function parsed(address: string): URL | undefined {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function count(text: string, letter: string): number {
  let found = 0;
  for (const each of text) if (each === letter) found += 1;
  return found;
}
