// Voice notes: sounds that were recorded here. Their names say so, and how long they are, which some recordings do not.
import { m } from '#lib/paraglide/messages.js';
import { kindOf, type Told } from './kinds.ts';

/** The longest, in seconds. */
export const LONGEST_S = 600;

const NAME = /^voice-\d{8}-\d{6}-(\d{1,3})s\.(webm|m4a|ogg)$/u;

/** `voice-20261123-103105-12s.webm`: the same in every language, and in order where they are saved. */
export function voiceName(at: Date, seconds: number, contentType: string): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const clock = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const ending = { 'audio/mp4': 'm4a', 'audio/ogg': 'ogg' }[contentType] ?? 'webm';
  return `voice-${day}-${clock}-${Math.max(1, Math.round(seconds))}s.${ending}`;
}

/** How long a voice note is, in seconds; of another file nothing. */
export function secondsOf(file: Told): number | undefined {
  const said = kindOf(file) === 'audio' ? NAME.exec(file.name)?.[1] : undefined;
  return said === undefined ? undefined : Number(said);
}

/** What a file is called on a screen. */
export function titleOf(file: Told): string {
  return secondsOf(file) === undefined ? file.name : m.files_voice();
}

/** 0:07, 10:00. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
