// Draws web/static/assets/stickers anew:
//
//     scripts/node node scripts/stickers/draw.mjs
//
// A sticker more: its picture here, its id in crates/talk/src/model/stickers.rs, its names in web/messages/stickers.*.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arms, badge, body, face, feet, hearth } from './irori.mjs';
import * as props from './props.mjs';
import { circle, ember, ink, letters, line, mark, moved, picture, red } from './shapes.mjs';

/** A line below, or two; then いろり makes room. */
const says = (...lines) => {
  const size = (text) => Math.min(26, Math.floor(172 / Array.from(text).length));
  const both = Math.min(...lines.map(size), lines.length > 1 ? 22 : 26);
  return lines.map((text, at) => letters(text, 90, 172 - (lines.length - 1 - at) * (both + 1), both));
};

const sticker = (lines, ...shapes) => {
  const room = lines.length > 1 ? 'translate(13.5 1) scale(.85)' : 'translate(4 1) scale(.955)';
  return picture(moved(room, shapes), says(...lines));
};

/** Sits in the hearth, looks, does something with its arms. */
const sits = (look, mouth, held, more) => [body, hearth, badge, face(look, mouth, more), held];
const stands = (look, mouth, held, more) => [feet, body, badge, face(look, mouth, more), held];

const stickers = {
  understood: sticker(['了解しました'], sits('firm', 'smile', [arms.left, arms.salute]), props.star(166, 52, 9)),
  thanks: sticker(['ありがとう', 'ございます'], sits('happy', 'smile', arms.joined), props.heart(24, 48, 11), props.heart(156, 40, 13), props.heart(164, 82, 7)),
  'good-work': sticker(['お疲れさまです'], sits('happy', 'small', []), props.cup, props.steam, arms.leftHolds, arms.rightHolds, props.star(24, 40, 9), props.star(158, 34, 11)),
  please: sticker(['よろしく', 'お願いします'], moved('rotate(9 90 138)', stands('happy', 'small', arms.joined)), line('M26 34L16 26M22 50L10 48M38 22L34 10', ember, 4)),
  sorry: sticker(['申し訳', 'ありません'], moved('translate(0 11) scale(1 .92)', stands('tight', 'frown', arms.joined, { cheek: false })), props.drop(150, 26, 1.3), props.drop(30, 40)),
  'good-morning': sticker(['おはよう', 'ございます'], props.sun, sits('happy', 'open', [arms.left, arms.rightUp])),
  congratulations: sticker(['おめでとう', 'ございます'], props.confetti, sits('happy', 'open', arms.up)),
  cheering: sticker(['応援しています'], sits('firm', 'open', arms.up), props.headband),
  leaving: sticker(['お先に失礼します'], props.moon, stands('happy', 'smile', [arms.left, arms.rightUp]), moved('translate(6 -2)', props.bag)),
  'all-right': sticker(['大丈夫です'], arms.ring, sits('happy', 'smile', [])),
  seen: sticker(['見ました'], stands('down', 'small', [arms.right]), moved('translate(-6 2)', props.paper), moved('translate(-6 0)', arms.leftHolds), line('M140 44L150 56L170 28', ember, 8)),
  agree: sticker(['賛成です'], sits('happy', 'open', [arms.leftUp]), props.sign(circle(148, 66, 15, { stroke: ember, width: 7, edge: false })), arms.rightOut),
  disagree: sticker(['反対です'], sits('firm', 'frown', [arms.left], { cheek: false }), props.sign(mark('M137 55L159 77M159 55L137 77', ink, 7)), arms.rightOut),
  unsure: sticker(['わかりません'], moved('rotate(-7 90 138)', stands('aside', 'wave', [arms.left, arms.chin])), letters('？', 150, 54, 44, ember), letters('？', 24, 50, 30, ember)),
  checking: sticker(['確認中です'], stands('down', 'small', []), props.clipboard, arms.leftHolds, props.lens, arms.rightHolds),
  'one-moment': sticker(['少々お待ち', 'ください'], sits('open', 'small', [arms.leftUp]), props.hourglass, arms.rightHolds),
  done: sticker(['完了しました'], sits('happy', 'open', [arms.rightUp]), props.sealed, arms.leftHolds, props.star(168, 40, 9)),
  calling: sticker(['電話します'], sits('open', 'o', [arms.left, arms.rightUp]), props.phone, props.waves),
  meeting: sticker(['会議中です'], body, badge, face('firm', 'flat'), props.desk, props.speech),
  break: sticker(['休憩中です'], sits('happy', 'small', []), props.riceBall, arms.leftHolds, arms.rightHolds, props.zzz),
  'on-my-way': sticker(['向かっています'], props.dust, moved('translate(-1 -4) rotate(8 90 138)', props.run, body, badge, face('firm', 'open'), arms.leftHolds, arms.rightOut)),
  arrived: sticker(['到着しました'], stands('happy', 'open', [arms.leftUp]), props.pin, arms.right),
  safe: sticker(['無事です'], sits('happy', 'smile', [arms.up]), props.helmet),
  help: sticker(['助けてください'], stands('tight', 'open', [arms.leftUp], { cheek: false }), props.banner, arms.rightOut, props.drop(60, 104, 0.7), props.drop(120, 104, 0.7), line('M30 30L20 20M46 18L42 6', red, 4.5)),
  'take-care': sticker(['気をつけて'], stands('open', 'o', [arms.left]), props.warning, arms.rightOut),
  evacuate: sticker(['避難して', 'ください'], stands('firm', 'open', [arms.leftUp], { cheek: false }), props.helmet, props.megaphone, arms.rightHolds),
  rain: sticker(['雨です'], props.rain, props.umbrella, moved('translate(9 14) scale(.9)', stands('open', 'small', [arms.left])), arms.rightOut),
  snow: sticker(['雪です'], props.snow, stands('shut', 'wave', arms.down), props.scarf),
};

const folder = join(import.meta.dirname, '../../web/static/assets/stickers');
mkdirSync(folder, { recursive: true });
for (const [id, drawing] of Object.entries(stickers)) writeFileSync(join(folder, `${id}.svg`), drawing);
