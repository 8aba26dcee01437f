/** The colour of a face without a photo: the same for one id everywhere, 0 to 7. */
export function colourOf(id: string): number {
  let hash = 0;
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) | 0;
  return Math.abs(hash) % 8;
}

/** A name's first character as people see it: a kanji with its variation selector stays one. */
export function initialOf(name: string): string {
  const points = Array.from(name.trim());
  const first = points[0] ?? '？';
  const second = points[1] ?? '';
  return /^[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]$/u.test(second) ? first + second : first;
}
