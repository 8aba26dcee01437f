import { describe, expect, it } from 'vitest';
import { sends } from './enter.ts';

const key = (more: object = {}) => ({
  key: 'Enter', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, keyCode: 13, ...more,
});
const desk = { enterSends: true, isTouch: false };

describe('Enter', () => {
  it('sends on a keyboard, breaks the line with Shift', () => {
    expect(sends(key(), desk)).toBe(true);
    expect(sends(key({ shiftKey: true }), desk)).toBe(false);
  });
  it('is swapped by the setting', () => {
    const swapped = { ...desk, enterSends: false };
    expect(sends(key(), swapped)).toBe(false);
    expect(sends(key({ shiftKey: true }), swapped)).toBe(true);
  });
  it('breaks the line on a touch keyboard', () => {
    expect(sends(key(), { enterSends: true, isTouch: true })).toBe(false);
    expect(sends(key({ ctrlKey: true }), { enterSends: true, isTouch: true })).toBe(true);
  });
  it('never sends while the IME composes', () => {
    for (const settings of [desk, { ...desk, enterSends: false }]) {
      expect(sends(key({ isComposing: true }), settings)).toBe(false);
      expect(sends(key({ keyCode: 229 }), settings)).toBe(false);
      expect(sends(key({ keyCode: 229, ctrlKey: true }), settings)).toBe(false);
    }
  });
});
