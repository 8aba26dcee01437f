// A change to what stands in the field, and how it is made so that the browser's own undo takes it back.

export interface Edit {
  /** What is replaced, by what, and what is selected afterwards. */
  from: number;
  to: number;
  text: string;
  select: [number, number];
}

/** The field tells of it as if somebody had typed. */
export function put(field: HTMLTextAreaElement, { from, to, text, select }: Edit): void {
  field.focus();
  if (field.readOnly) return;
  field.setSelectionRange(from, to);
  // Deprecated, and still the only way that undo knows of.
  const isDone = text === '' ? from === to || document.execCommand('delete') : document.execCommand('insertText', false, text);
  if (!isDone) {
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: text }));
  }
  field.setSelectionRange(...select);
}

/** Words in the place of what is selected, the caret behind them. */
export function inPlace(field: HTMLTextAreaElement, text: string): Edit {
  const { selectionStart: from, selectionEnd: to } = field;
  return { from, to, text, select: [from + text.length, from + text.length] };
}
