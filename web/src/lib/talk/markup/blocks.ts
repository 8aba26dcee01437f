// What stands line by line: lists, quotes, blocks of code, and plain lines between them.

export interface Item {
  /** Of a numbered one the number as it was written. */
  number?: number;
  depth: number;
  text: string;
}

export type Block =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; items: Item[] };

const FENCE = /^```[\w+#.-]{0,20}\s*$/u;
const FENCE_END = /^```\s*$/u;
const QUOTE = /^>[ \u3000]/u;
const QUOTE_ON = /^>(?:[ \u3000]|$)/u;
const ITEM = /^( {0,6})(?:-|(0|[1-9]\d{0,2})\.) (?=\S)(.*)$/u;
/** Most texts hold none of it. */
const ANY = /^(?: {0,6}(?:-|\d{1,3}\.) |>[ \u3000]|```)/mu;
const DEEPEST = 3;

export function blocksOf(text: string, depth = 0): Block[] {
  if (depth >= DEEPEST || !ANY.test(text)) return [{ kind: 'text', text }];
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let plain: string[] = [];
  const endPlain = () => {
    const words = plain.join('\n').replace(/^\n+|\n+$/gu, '');
    if (words.trim() !== '') blocks.push({ kind: 'text', text: words });
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const found = fenceAt(lines, at) ?? quoteAt(lines, at, depth) ?? listAt(lines, at);
    if (found) {
      endPlain();
      blocks.push(found.block);
      at = found.next;
    } else {
      plain.push(lines[at]!);
      at += 1;
    }
  }
  endPlain();
  return blocks;
}

type Found = { block: Block; next: number } | undefined;

/** Without an end it goes to the end of the text, as where a long text is cut; with nothing in it, it is letters. */
function fenceAt(lines: string[], at: number): Found {
  if (!FENCE.test(lines[at]!)) return undefined;
  const last = endOf(lines, at + 1, (line) => !FENCE_END.test(line));
  const text = lines.slice(at + 1, last).join('\n');
  return text.trim() === '' ? undefined : { block: { kind: 'code', text }, next: last + 1 };
}

function quoteAt(lines: string[], at: number, depth: number): Found {
  if (!QUOTE.test(lines[at]!)) return undefined;
  const next = endOf(lines, at, (line) => QUOTE_ON.test(line));
  const inner = lines.slice(at, next).map((line) => line.slice(2)).join('\n');
  return { block: { kind: 'quote', blocks: blocksOf(inner, depth + 1) }, next };
}

function listAt(lines: string[], at: number): Found {
  const ordered = ITEM.exec(lines[at]!)?.[2] !== undefined;
  const items: Item[] = [];
  const next = endOf(lines, at, (line) => {
    const found = ITEM.exec(line);
    if (!found || (found[2] !== undefined) !== ordered) return false;
    const item: Item = { depth: Math.min(DEEPEST, found[1]!.length >> 1), text: found[3]! };
    if (ordered) item.number = Number(found[2]);
    items.push(item);
    return true;
  });
  return items.length > 0 ? { block: { kind: 'list', ordered, items }, next } : undefined;
}

function endOf(lines: string[], from: number, goesOn: (line: string) => boolean): number {
  let at = from;
  while (at < lines.length && goesOn(lines[at]!)) at += 1;
  return at;
}
