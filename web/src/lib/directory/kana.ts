/** The rows of the kana table that an index goes by. */
export const kanaRows = ['あ', 'か', 'さ', 'た', 'な', 'は', 'ま', 'や', 'ら', 'わ'] as const;
export type KanaRow = (typeof kanaRows)[number];

/** The last character of each row, in the order of sorted names. */
const lastOfRow: [KanaRow, string][] = [
  ['あ', 'お'],
  ['か', 'ご'],
  ['さ', 'ぞ'],
  ['た', 'ど'],
  ['な', 'の'],
  ['は', 'ぽ'],
  ['ま', 'も'],
  ['や', 'よ'],
  ['ら', 'ろ'],
  ['わ', 'ん'],
];

/** The row of a reading's first character, or none (a reading in letters, or none at all). */
export function rowOf(kana: string): KanaRow | undefined {
  const first = toHiragana(kana.trim().normalize('NFKC').charAt(0));
  if (first === 'ゔ') return 'あ';
  if (first < 'ぁ' || first > 'ん') return undefined;
  return lastOfRow.find(([, last]) => first <= last)?.[0];
}

function toHiragana(character: string): string {
  const code = character.charCodeAt(0);
  return code >= 0x30a1 && code <= 0x30f6 ? String.fromCharCode(code - 0x60) : character;
}
