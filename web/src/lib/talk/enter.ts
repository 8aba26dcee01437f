// What the Enter key means in the composer.

export interface EnterSettings {
  /** Off: Enter breaks the line and Shift+Enter sends. */
  enterSends: boolean;
  /** A finger writes: the on-screen keyboard's Enter breaks the line. */
  isTouch: boolean;
}

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'keyCode'>;

/** Whether this key press sends. While the IME composes it never does (Safari says 229 after the composition has ended). */
export function sends(event: Key, { enterSends, isTouch }: EnterSettings): boolean {
  if (event.key !== 'Enter' || isComposing(event) || event.altKey) return false;
  if (event.ctrlKey || event.metaKey) return true;
  if (isTouch) return false;
  return enterSends ? !event.shiftKey : event.shiftKey;
}

export function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === 229;
}
