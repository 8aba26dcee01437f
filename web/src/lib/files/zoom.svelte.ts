// A picture under fingers, wheel and keys: how large it is shown, and which part of it.
import type { Attachment } from 'svelte/attachments';

const LARGEST = 8;
const DOUBLE_TAP_MS = 300;
const DOUBLE_TAP = 2.5;
const SLOP = 8;
const SWIPE = 56;
const CLOSE = 120;

interface Point {
  x: number;
  y: number;
}

export interface ZoomWishes {
  /** -1: what lies before. */
  turn: (by: 1 | -1) => void;
  close: () => void;
}

export class Zoom {
  scale = $state(1);
  x = $state(0);
  y = $state(0);
  #wishes: ZoomWishes;
  #pointers = new Map<number, Point>();
  #start: Point | undefined;
  #tappedAt = 0;
  #moved = false;

  constructor(wishes: ZoomWishes) {
    this.#wishes = wishes;
  }

  reset(): void {
    this.scale = 1;
    this.x = this.y = 0;
  }

  /** `at`: what stays where it is, from the middle of the stage. */
  by(factor: number, at: Point, stage: DOMRect): void {
    const scale = Math.min(LARGEST, Math.max(1, this.scale * factor));
    const real = scale / this.scale;
    this.scale = scale;
    this.#put(at.x - (at.x - this.x) * real, at.y - (at.y - this.y) * real, stage);
  }

  readonly onStage: Attachment<HTMLElement> = (stage) => {
    const box = () => stage.getBoundingClientRect();
    const fromMiddle = ({ clientX, clientY }: MouseEvent): Point => {
      const { left, top, width, height } = box();
      return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0 || !(event.target instanceof HTMLElement) || event.target.closest('button, video')) return;
      this.#pointers.set(event.pointerId, fromMiddle(event));
      this.#start = this.#pointers.size === 1 ? fromMiddle(event) : undefined;
      this.#moved = this.#pointers.size > 1;
      stage.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent) => {
      const before = this.#pointers.get(event.pointerId);
      if (!before) return;
      const now = fromMiddle(event);
      const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
      this.#pointers.set(event.pointerId, now);
      if (other) this.#pinch(before, now, other, box());
      else if (this.scale > 1) this.#put(this.x + now.x - before.x, this.y + now.y - before.y, box());
      else if (this.#start) [this.x, this.y] = [now.x - this.#start.x, Math.max(0, now.y - this.#start.y)];
      if (this.#start && Math.hypot(now.x - this.#start.x, now.y - this.#start.y) > SLOP) this.#moved = true;
    };
    const up = (event: PointerEvent) => {
      if (!this.#pointers.delete(event.pointerId)) return;
      if (this.scale <= 1) this.#settle();
      if (!this.#moved && event.type === 'pointerup') this.#tap(event.timeStamp, fromMiddle(event), box());
      this.#start = undefined;
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      this.by(Math.exp(-event.deltaY * 0.002), fromMiddle(event), box());
    };
    stage.addEventListener('pointerdown', down);
    stage.addEventListener('pointermove', move);
    stage.addEventListener('pointerup', up);
    stage.addEventListener('pointercancel', up);
    stage.addEventListener('wheel', wheel, { passive: false });
    return () => {
      stage.removeEventListener('pointerdown', down);
      stage.removeEventListener('pointermove', move);
      stage.removeEventListener('pointerup', up);
      stage.removeEventListener('pointercancel', up);
      stage.removeEventListener('wheel', wheel);
    };
  };

  #pinch(before: Point, now: Point, other: Point, stage: DOMRect): void {
    const apart = (a: Point) => Math.hypot(a.x - other.x, a.y - other.y) || 1;
    this.by(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }, stage);
  }

  #tap(at: number, point: Point, stage: DOMRect): void {
    const isDouble = at - this.#tappedAt < DOUBLE_TAP_MS;
    this.#tappedAt = isDouble ? 0 : at;
    if (!isDouble) return;
    if (this.scale > 1) this.reset();
    else this.by(DOUBLE_TAP, point, stage);
  }

  /** Pulled aside: the next one; pulled down: away with it; else back to where it was. */
  #settle(): void {
    const { x, y } = this;
    this.reset();
    if (Math.abs(x) > SWIPE && Math.abs(x) > y) this.#wishes.turn(x < 0 ? 1 : -1);
    else if (y > CLOSE) this.#wishes.close();
  }

  /** No further than its edge. */
  #put(x: number, y: number, { width, height }: DOMRect): void {
    const most = (side: number) => (side * (this.scale - 1)) / 2;
    const within = (value: number, bound: number) => Math.min(bound, Math.max(-bound, value));
    this.x = within(x, most(width));
    this.y = within(y, most(height));
  }
}
