// The ways to set off what is written: each puts its marks around or before what is selected, or takes them away again.
import Bold from '@lucide/svelte/icons/bold';
import Code from '@lucide/svelte/icons/code';
import Link from '@lucide/svelte/icons/link';
import List from '@lucide/svelte/icons/list';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import Strikethrough from '@lucide/svelte/icons/strikethrough';
import TextQuote from '@lucide/svelte/icons/text-quote';
import { m } from '#lib/paraglide/messages.js';
import type { Edit } from './edit.ts';
import { around, before, linked } from './marks.ts';
import type { FormatId } from './shortcuts.ts';

export interface Format {
  id: FormatId;
  label: () => string;
  icon: typeof Bold;
  /** As `aria-keyshortcuts` has it. */
  keys: string;
  edit: (text: string, from: number, to: number) => Edit;
}

export const formats: readonly Format[] = [
  { id: 'bold', label: m.talk_format_bold, icon: Bold, keys: 'Control+B', edit: (...at) => around('**', ...at) },
  { id: 'strike', label: m.talk_format_strike, icon: Strikethrough, keys: 'Control+Shift+X', edit: (...at) => around('~~', ...at) },
  { id: 'code', label: m.talk_format_code, icon: Code, keys: 'Control+E', edit: (...at) => around('`', ...at) },
  { id: 'bullets', label: m.talk_format_bullets, icon: List, keys: 'Control+Shift+8', edit: (...at) => before('bullets', ...at) },
  { id: 'numbers', label: m.talk_format_numbers, icon: ListOrdered, keys: 'Control+Shift+7', edit: (...at) => before('numbers', ...at) },
  { id: 'quote', label: m.talk_format_quote, icon: TextQuote, keys: 'Control+Shift+9', edit: (...at) => before('quote', ...at) },
  { id: 'link', label: m.talk_format_link, icon: Link, keys: 'Control+Shift+U', edit: (...at) => linked(m.talk_format_link_words(), ...at) },
];
