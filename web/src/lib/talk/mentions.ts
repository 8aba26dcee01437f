// Naming somebody while writing: what stands behind the @ at the caret, who fits, and which names the text still holds.
import { m } from '#lib/paraglide/messages.js';
import { locales } from '#lib/paraglide/runtime.js';
import type { Member, Mention, OrgUnit } from '#lib/sync/types.ts';

export interface Candidate {
  mention: Mention;
  /** As it stands in the text, behind the @. */
  name: string;
  sub: string;
  id: string;
}

export interface Query {
  /** Where the @ stands. */
  from: number;
  to: number;
  text: string;
}

const AT_MOST = 8;
const LONGEST = 20;

/** The word behind an @ that ends at the caret; none in the middle of an address. */
export function queryAt(text: string, caret: number): Query | undefined {
  const before = text.slice(Math.max(0, caret - LONGEST - 1), caret);
  const found = /(?:^|[\s\u3000、。（(「])[@＠]([^\s\u3000@＠]*)$/u.exec(before) ?? /^[@＠]([^\s\u3000@＠]*)$/u.exec(before);
  if (!found) return undefined;
  const query = found[1] ?? '';
  return { from: caret - query.length - 1, to: caret, text: query };
}

export function candidatesFor(
  query: string, members: readonly Member[], units: readonly OrgUnit[], allName: string | undefined, me: string,
): Candidate[] {
  const sought = fold(query);
  const fits = (...names: (string | undefined)[]) => sought === '' || names.some((name) => name && fold(name).includes(sought));
  const found: Candidate[] = [];
  if (allName && fits(allName, 'all')) found.push({ id: 'all', mention: { all: true }, name: allName, sub: '' });
  const sections = new Set(members.map((member) => member.orgUnitName));
  for (const unit of units) {
    if (sections.has(unit.name) && sought !== '' && fits(unit.name)) {
      found.push({ id: unit.id, mention: { orgUnitId: unit.id }, name: unit.name, sub: '' });
    }
  }
  for (const member of members) {
    if (found.length >= AT_MOST) break;
    if (member.userId === me || !fits(member.name, member.kana)) continue;
    const sub = [member.orgUnitName, member.position].filter(Boolean).join(' ');
    found.push({ id: member.userId, mention: { userId: member.userId }, name: member.name, sub });
  }
  return found.slice(0, AT_MOST);
}

/** Of the picked ones those that the text still names. */
export function named(text: string, picked: readonly Candidate[]): Mention[] {
  const seen = new Set<string>();
  return picked
    .filter(({ id, name }) => text.includes(`@${name}`) && !seen.has(id) && seen.add(id))
    .map(({ mention }) => mention);
}

/** What everybody is called behind an @: each writer's language has its word. */
export function everyoneNames(): string[] {
  return locales.map((locale) => m.talk_mention_all({}, { locale }));
}

/** The mentions of a text that is already out, as if they had just been picked. */
export function picksOf(
  text: string, mentions: readonly Mention[], nameOf: { person: (id: string) => string | undefined; unit: (id: string) => string | undefined },
): Candidate[] {
  return mentions.flatMap((mention) => {
    const id = mention.userId ?? mention.orgUnitId ?? 'all';
    const name = mention.all
      ? everyoneNames().find((each) => text.includes(`@${each}`))
      : mention.userId ? nameOf.person(mention.userId) : mention.orgUnitId && nameOf.unit(mention.orgUnitId);
    return name ? [{ mention, name, sub: '', id }] : [];
  });
}

/** Width, case and kana do not matter. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ァ-ヶ]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/\s+/gu, '');
}
