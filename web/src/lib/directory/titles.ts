import type { Assignment, User } from '#lib/api/shapes.ts';
import { m } from '#lib/paraglide/messages.js';
import type { UnitTree } from './units.ts';

/** What somebody is in the unit that is on screen: 「課長補佐」, with the section where several are listed together. */
export function titleIn(user: User, unitId: string | undefined, tree: UnitTree): string {
  const here = user.assignments.filter((one) => unitId && tree.isWithin(one.orgUnitId, unitId));
  const shown = here.length > 0 ? here : user.assignments.filter((one) => one.primary);
  return shown.map((one) => (one.orgUnitId === unitId ? (one.position ?? '') : sectionAndPosition(one))).filter(Boolean).join('・');
}

/** 「防災課 課長補佐」 */
export function sectionAndPosition(assignment: Assignment): string {
  return [assignment.orgUnitName, assignment.position].filter(Boolean).join(' ');
}

export function primaryOf(user: User): Assignment | undefined {
  return user.assignments.find((one) => one.primary) ?? user.assignments[0];
}

/** What kind of account this is, where that is worth a word. */
export function kindLabel(user: User): string | undefined {
  const labels = {
    person: undefined,
    shared: m.person_kind_shared(),
    device: m.person_kind_device(),
    guest: m.person_kind_guest(),
    bot: m.person_kind_bot(),
  };
  return labels[user.kind];
}
