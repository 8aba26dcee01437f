// See scripts/emoji. A row of the result: [emoji, name, English name, words, takes a skin tone].
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
const [ja, en] = ['ja', 'en'].map((language) => load(`emojibase-data/${language}/data.json`));
const kuromoji = load('kuromoji');

/** What the browsers that we serve can draw. */
const NEWEST = 14;
const TONES = ['🏻', '🏼', '🏽', '🏾', '🏿'];
/** By emojibase's numbers; its second holds parts that are no emoji by themselves. */
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9];

const reader = await new Promise((resolve, reject) =>
  kuromoji.builder({ dicPath: 'node_modules/kuromoji/dict' }).build((problem, made) => (problem ? reject(problem) : resolve(made))));

/** As src/lib/talk/mentions.ts folds what people type. */
const fold = (text) =>
  text.normalize('NFKC').toLowerCase().replace(/[ァ-ヶ]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60)).replace(/\s+/gu, '');

const read = (text) => reader.tokenize(text).map((word) => (word.reading && word.reading !== '*' ? word.reading : word.surface_form)).join('');

const english = new Map(en.map((each) => [each.hexcode, each]));

/** emojibase asks for colours where Unicode's own list does not: one emoji must have one spelling, or two people's 👍 would be two. */
function spelled(emoji) {
  const found = [emoji, emoji.replace(/\uFE0F/gu, ''), emoji.replace(/\uFE0F$/u, '')].find((each) => /^\p{RGI_Emoji}$/v.test(each));
  if (!found) throw new Error(`Not an emoji: ${emoji}`);
  return found;
}

function row(each) {
  const other = english.get(each.hexcode);
  const japanese = [each.label, ...(each.tags ?? [])];
  const words = new Set([...japanese, ...japanese.map(read), other.label, ...(other.tags ?? [])].map(fold));
  // Both names are there already, and a word that stands within another is found by that one.
  const names = [each.label, other.label].map(fold);
  const kept = [...words].filter((word) => word && !names.includes(word) && ![...words].some((longer) => longer !== word && longer.includes(word)));
  const made = [spelled(each.emoji), each.label, other.label, kept.join(' ')];
  if (takesTone(each)) made.push(1);
  return made;
}

/** One person or hand, whose colour is told behind the first code point. */
function takesTone({ emoji, skins }) {
  if (skins?.length !== 5) return false;
  const [first, ...rest] = spelled(emoji);
  return skins.every((skin, at) => spelled(skin.emoji) === first + TONES[at] + rest.join('').replace(/^\uFE0F/u, ''));
}

const groups = GROUPS.map((group) =>
  ja.filter((each) => each.group === group && each.version <= NEWEST).sort((a, b) => a.order - b.order).map(row));
writeFileSync(process.argv[2], `[\n${groups.map((rows) => `[\n${rows.map((each) => JSON.stringify(each)).join(',\n')}\n]`).join(',\n')}\n]\n`);
