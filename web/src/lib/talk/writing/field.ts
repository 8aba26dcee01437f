// What the field does beside taking letters.
import { put } from './edit.ts';
import { continued } from './lists.ts';
import type { Format } from './formats.ts';
import type { FormatId } from './shortcuts.ts';

/** At once: what is typed next belongs to what it has selected. */
export function setOff(field: HTMLTextAreaElement, { edit }: Format): void {
  put(field, edit(field.value, field.selectionStart, field.selectionEnd));
}

export async function setOffBy(field: HTMLTextAreaElement, id: FormatId): Promise<void> {
  const { formats } = await import('./formats.ts');
  const format = formats.find((each) => each.id === id);
  if (format) setOff(field, format);
}

/** A new line, by whichever key: an on-screen keyboard names none. */
export function breakLine(event: InputEvent & { currentTarget: HTMLTextAreaElement }): void {
  const { currentTarget: field, inputType, isComposing } = event;
  const breaks = inputType === 'insertLineBreak' || inputType === 'insertParagraph';
  if (!breaks || isComposing || field.selectionStart !== field.selectionEnd) return;
  const edit = continued(field.value, field.selectionStart);
  if (!edit) return;
  event.preventDefault();
  put(field, edit);
}
