// Fingers on a bubble: held long it opens the menu, swiped left it replies.
import type { Attachment } from 'svelte/attachments';

const HOLD_MS = 450;
const SLOP = 10;
const SWIPE = 64;

export interface Gestures {
  hold?: (at: DOMRect) => void;
  swipe?: () => void;
}

export function gestures(get: () => Gestures): Attachment<HTMLElement> {
  return (element) => {
    let start: { x: number; y: number } | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let dx = 0;
    let held = false;

    const end = () => {
      clearTimeout(timer);
      if (dx <= -SWIPE) get().swipe?.();
      start = undefined;
      dx = 0;
      element.style.translate = '';
    };
    const down = (event: PointerEvent) => {
      if (event.pointerType === 'mouse' || !event.isPrimary) return;
      start = { x: event.clientX, y: event.clientY };
      held = false;
      timer = setTimeout(() => {
        start = undefined;
        held = true;
        navigator.vibrate?.(8);
        get().hold?.(element.getBoundingClientRect());
      }, HOLD_MS);
    };
    const move = (event: PointerEvent) => {
      if (!start) return;
      const x = event.clientX - start.x;
      const y = event.clientY - start.y;
      if (Math.hypot(x, y) > SLOP) clearTimeout(timer);
      // Mostly sideways and to the left: it is a reply, else a scroll.
      if (!get().swipe) return;
      if (dx === 0 && (x > -SLOP || Math.abs(y) > Math.abs(x))) return;
      dx = Math.max(-96, Math.min(0, x));
      element.style.translate = `${dx}px`;
    };

    // What rose under the finger must not take its lifting for a click.
    const lift = (event: TouchEvent) => {
      if (held) event.preventDefault();
      held = false;
    };

    element.style.touchAction = 'pan-y';
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', end);
    element.addEventListener('pointercancel', cancel);
    element.addEventListener('touchend', lift);
    function cancel() {
      dx = 0;
      end();
    }
    return () => {
      clearTimeout(timer);
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', end);
      element.removeEventListener('pointercancel', cancel);
      element.removeEventListener('touchend', lift);
    };
  };
}
