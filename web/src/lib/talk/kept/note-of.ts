// A note out of a message: its first line is what it is about.
import type { Message } from '#lib/sync/types.ts';
import { plainOf } from '../markup/plain.ts';
import type { NoteSeed } from './shelves.svelte.ts';

const LONGEST_TITLE = 100;

export function noteOf({ seq, text, attachments }: Pick<Message, 'seq' | 'text' | 'attachments'>): NoteSeed {
  const [first = ''] = text.trim().split('\n');
  const title = [...plainOf(first).trim()];
  // All of it stays in the body where the title can't hold the first line.
  const fits = title.length <= LONGEST_TITLE;
  const body = fits ? text.trim().slice(first.length).trimStart() : text.trim();
  return { seq, title: title.slice(0, LONGEST_TITLE).join(''), body, attachments };
}
