import { describe, expect, it } from 'vitest';
import { clockOf, secondsOf, titleOf, voiceName } from './voice.ts';

describe('a voice note', () => {
  const at = new Date(2026, 10, 23, 10, 31, 5);

  it('is told by its name, which says how long it is', () => {
    expect(voiceName(at, 12.4, 'audio/webm')).toBe('voice-20261123-103105-12s.webm');
    expect(voiceName(at, 0.2, 'audio/mp4')).toBe('voice-20261123-103105-1s.m4a');
    for (const contentType of ['audio/webm', 'audio/mp4', 'audio/ogg']) {
      expect(secondsOf({ name: voiceName(at, 600, contentType), contentType })).toBe(600);
    }
  });

  it('is no other sound, and nothing else that bears such a name', () => {
    expect(secondsOf({ name: '会議.mp3', contentType: 'audio/mpeg' })).toBeUndefined();
    expect(secondsOf({ name: voiceName(at, 12, 'audio/webm'), contentType: 'video/webm' })).toBeUndefined();
    expect(titleOf({ name: '会議.mp3', contentType: 'audio/mpeg' })).toBe('会議.mp3');
    expect(titleOf({ name: voiceName(at, 12, 'audio/webm'), contentType: 'audio/webm' })).toBe('ボイスメッセージ');
  });

  it('shows its time as a clock', () => {
    expect([0, 7.9, 60, 600].map(clockOf)).toEqual(['0:00', '0:07', '1:00', '10:00']);
  });
});
