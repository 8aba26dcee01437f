// Where a text's links lead, each once: what is drawn as one, and what the server keeps as one (talk's model/links.rs).
import { type Block, blocksOf } from './blocks.ts';
import { type Inline, inlineOf } from './inline.ts';

const AT_MOST = 30;

export function linksOf(text: string): string[] {
  // Most texts hold none.
  if (!text.includes('://')) return [];
  const found = new Set(blocksOf(text).flatMap(linksIn));
  return [...found].slice(0, AT_MOST);
}

function linksIn(block: Block): string[] {
  switch (block.kind) {
    case 'code':
      return [];
    case 'quote':
      return block.blocks.flatMap(linksIn);
    case 'list':
      return block.items.flatMap(({ text }) => inlineOf(text).flatMap(linkOf));
    default:
      return inlineOf(block.text).flatMap(linkOf);
  }
}

function linkOf(part: Inline): string[] {
  if ('parts' in part) return part.parts.flatMap(linkOf);
  return part.kind === 'link' && /^https?:/u.test(part.href) ? [part.href] : [];
}

/** The address without its scheme, in letters that people read. */
export function readable(url: string): string {
  const address = url.replace(/^https?:\/\//u, '').replace(/\/$/u, '');
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

export function hostOf(url: string): string {
  return new URL(url).host;
}
