import { describe, expect, it, vi } from 'vitest';
import type { Edit } from './edit.ts';
import { breakLine } from './field.ts';
import { continued } from './lists.ts';
import { around, before, linked } from './marks.ts';
import { formatOf } from './shortcuts.ts';

/** `|` stands at both ends of what is selected, or where the caret is. */
function at(marked: string): [string, number, number] {
  const from = marked.indexOf('|');
  const text = marked.replaceAll('|', '');
  const to = marked.lastIndexOf('|');
  return [text, from, to === from ? from : to - 1];
}
function after(text: string, { from, to, text: put, select: [start, end] }: Edit): string {
  const whole = text.slice(0, from) + put + text.slice(to);
  return start === end ? `${whole.slice(0, start)}|${whole.slice(start)}` : `${whole.slice(0, start)}|${whole.slice(start, end)}|${whole.slice(end)}`;
}
const wrap = (mark: '**' | '~~' | '`', marked: string) => after(at(marked)[0], around(mark, ...at(marked)));
const prefix = (kind: 'bullets' | 'numbers' | 'quote', marked: string) => after(at(marked)[0], before(kind, ...at(marked)));
const link = (marked: string) => after(at(marked)[0], linked('資料', ...at(marked)));
const broken = (marked: string) => {
  const [text, caret] = at(marked);
  const edit = continued(text, caret);
  return edit && after(text, edit);
};

describe('marks around words', () => {
  it('are put and taken away', () => {
    expect(wrap('**', 'これは|重要|です')).toBe('これは**|重要|**です');
    expect(wrap('**', 'これは**|重要|**です')).toBe('これは|重要|です');
    expect(wrap('**', 'これは|**重要**|です')).toBe('これは|重要|です');
    expect(wrap('~~', 'a| b |c')).toBe('a ~~|b|~~ c');
    expect(wrap('**', 'ここ|に')).toBe('ここ**|**に');
  });
  it('hold each line for itself, behind what begins it', () => {
    expect(wrap('**', '|一\n\n- 二|')).toBe('|**一**\n\n- **二**|');
  });
  it('are a block around several lines of code', () => {
    expect(wrap('`', '次の|ls\n-a|')).toBe('次の\n```\n|ls\n-a|\n```');
    expect(wrap('`', '|ls|')).toBe('`|ls|`');
  });
});

describe('marks before lines', () => {
  it('are put and taken away', () => {
    expect(prefix('bullets', '|')).toBe('- |');
    expect(prefix('bullets', '土の|う')).toBe('- 土のう|');
    expect(prefix('bullets', '- 土のう|')).toBe('土のう|');
    expect(prefix('numbers', 'x\n|一\n二|')).toBe('x\n|1. 一\n2. 二|');
    expect(prefix('numbers', '|- 一\n- 二|')).toBe('|1. 一\n2. 二|');
    expect(prefix('quote', '|一\n\n二|')).toBe('|> 一\n> \n> 二|');
    expect(prefix('quote', '|> 一\n> \n> 二|')).toBe('|一\n\n二|');
  });
});

describe('a link', () => {
  it('selects what has still to be written', () => {
    expect(link('|')).toBe('[|資料|](https://)');
    expect(link('見て|要綱|を')).toBe('見て[要綱](|https://|)を');
    expect(link('|https://a.example.jp/|')).toBe('[|資料|](https://a.example.jp/)');
  });
});

describe('a line that ends', () => {
  it('begins the next entry, counted on', () => {
    expect(broken('- 土のう|')).toBe('- 土のう\n- |');
    expect(broken('  - 袋|')).toBe('  - 袋\n  - |');
    expect(broken('a\n9. 九|\n')).toBe('a\n9. 九\n10. |\n');
    expect(broken('> 引|用')).toBe('> 引\n> |用');
  });
  it('ends the list in an empty entry', () => {
    expect(broken('- 土のう\n- |')).toBe('- 土のう\n|');
    expect(broken('1. |')).toBe('|');
  });
  it('does nothing in other lines, and before the words', () => {
    for (const text of ['土のう|', '1．は|', '|- a', '-|5', '']) expect(broken(text || '|')).toBeUndefined();
  });
});

describe('the key that breaks the line', () => {
  const event = (more: object) => ({ inputType: 'insertLineBreak', isComposing: false, preventDefault: vi.fn(), currentTarget: { value: '- 土のう', selectionStart: 5, selectionEnd: 5, ...more }, ...more });
  it('is left alone while the IME composes, where words are selected, and for other input', () => {
    for (const more of [{ isComposing: true }, { selectionStart: 1 }, { inputType: 'insertText' }, { value: '土のう' }]) {
      const asked = event(more);
      breakLine(asked as unknown as Parameters<typeof breakLine>[0]);
      expect(asked.preventDefault).not.toHaveBeenCalled();
    }
  });
});

describe('keys', () => {
  const key = (code: string, more: object = {}) => ({ code, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, ...more });
  it('choose a format by their place', () => {
    expect(formatOf(key('KeyB'))).toBe('bold');
    expect(formatOf(key('KeyB', { ctrlKey: false, metaKey: true }))).toBe('bold');
    expect(formatOf(key('Digit8', { shiftKey: true }))).toBe('bullets');
    expect(formatOf(key('KeyB', { ctrlKey: false }))).toBeUndefined();
    expect(formatOf(key('KeyB', { altKey: true }))).toBeUndefined();
    expect(formatOf(key('KeyV'))).toBeUndefined();
  });
});
