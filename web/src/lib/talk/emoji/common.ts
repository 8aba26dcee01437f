// What stands before the many: emoji that people at work use.

export const quickEmoji = ['👍', '🙏', '👀', '😂', '❤️', '✅'] as const;

export const commonEmoji: readonly string[] = [
  '👍', '🙏', '👌', '👏', '🙌', '💪', '🙇', '🙋', '🙆', '🙅', '✋', '👋', '🤝', '☝️', '👀', '😊', '😄', '😂', '😅', '🤔', '🫡', '😮', '😢', '😭', '😓', '😴', '😷',
  '❤️', '💯', '✨', '🎉', '🌸', '💡', '✅', '⭕', '❌', '❗', '❓', '⚠️', '🚨', '📢', '📌', '📝', '📅', '⏰', '📞', '✉️', '📷', '🔍', '🆗',
  '🚒', '🚑', '🚓', '🚧', '🏥', '🏫', '🏠', '☔', '🌀', '❄️', '☀️', '🌊', '🍙', '🍵', '☕',
];

/** The first emoji of what somebody typed or pasted. */
export function firstEmoji(text: string): string | undefined {
  const segments = 'Segmenter' in Intl ? [...new Intl.Segmenter('ja', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment) : [...text];
  return segments.find((segment) => /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|^[0-9#*]\uFE0F?\u20E3$/u.test(segment));
}
