// The keys of the formats, apart from the formats: those are loaded with their first use.

export type FormatId = 'bold' | 'strike' | 'code' | 'bullets' | 'numbers' | 'quote' | 'link';

const PLAIN: Record<string, FormatId> = { KeyB: 'bold', KeyE: 'code' };
const SHIFTED: Record<string, FormatId> = { KeyX: 'strike', Digit8: 'bullets', Digit7: 'numbers', Digit9: 'quote', KeyU: 'link' };

/** By the place of the key, not by its letter: with Shift a digit is another on every keyboard. */
export function formatOf(event: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): FormatId | undefined {
  if (event.altKey || event.ctrlKey === event.metaKey) return undefined;
  return (event.shiftKey ? SHIFTED : PLAIN)[event.code];
}
