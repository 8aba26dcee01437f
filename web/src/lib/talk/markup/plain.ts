// The words without their marks: for lists, quotes and notices, which show one line.
import { type Block, blocksOf } from './blocks.ts';
import { type Inline, inlineOf } from './inline.ts';

const ANY = /\*\*|~~|`|\]\(|^ *(?:-|\d{1,3}\.) |^> /mu;

export function plainOf(text: string): string {
  return ANY.test(text) ? blocksOf(text).map(wordsOf).join('\n') : text;
}

function wordsOf(block: Block): string {
  switch (block.kind) {
    case 'code':
      return block.text;
    case 'quote':
      return block.blocks.map(wordsOf).join('\n');
    case 'list':
      return block.items.map(({ number, text }) => `${number === undefined ? '・' : `${number}. `}${lineOf(text)}`).join('\n');
    default:
      return lineOf(block.text);
  }
}

const lineOf = (text: string) => inlineOf(text).map(partOf).join('');

function partOf(part: Inline): string {
  return 'parts' in part ? part.parts.map(partOf).join('') : part.text;
}
