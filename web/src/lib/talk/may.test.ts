import { describe, expect, it } from 'vitest';
import { type Asker, mayInvite, mayManage, mayMentionAll, mayRemove, mayRename } from './may.ts';

const units = [
  { id: 'soumu', name: '総務部' },
  { id: 'bousai', name: '防災課', parentId: 'soumu' },
  { id: 'kensetsu', name: '建設課' },
];
const aiko: Asker = { id: 'aiko', kind: 'person', rights: [], roles: [] };
const guest: Asker = { ...aiko, id: 'guest', kind: 'guest' };
const head: Asker = { ...aiko, id: 'head', rights: ['manageMembers', 'manageRooms', 'mentionAll'], roles: [{ role: 'sectionAdmin', orgUnitId: 'soumu' }] };
const admin: Asker = { ...head, id: 'admin', roles: [{ role: 'tenantAdmin', orgUnitId: null }] };
const group = { kind: 'group' as const, memberCount: 5 };
const bousai = { kind: 'orgUnit' as const, orgUnitId: 'bousai', memberCount: 60 };
const invited = { userId: 'kenji', invited: true };
const ofSection = { userId: 'mei', invited: false };

describe('what one may do in a room', () => {
  it('is given to members of a group, but not to guests', () => {
    for (const may of [mayInvite, mayRename]) expect([may(aiko, group, units), may(guest, group, units)]).toEqual([true, false]);
    expect(mayRemove(aiko, group, invited, units)).toBe(true);
    expect(mayRemove(guest, group, invited, units)).toBe(false);
  });

  it("is in a section's room given to those who run it", () => {
    for (const may of [mayManage, mayInvite, mayRename]) {
      expect([aiko, head, admin].map((one) => may(one, bousai, units))).toEqual([false, true, true]);
    }
    expect(mayManage(head, { kind: 'orgUnit', orgUnitId: 'kensetsu' }, units)).toBe(false);
    expect(mayRemove(head, bousai, invited, units)).toBe(true);
    expect(mayRemove(head, bousai, ofSection, units)).toBe(false);
  });

  it('leaves a direct talk as it is, but for asking somebody in', () => {
    const direct = { kind: 'direct' as const };
    expect(mayInvite(aiko, direct, units)).toBe(true);
    expect(mayRename(aiko, direct, units)).toBe(false);
    expect(mayRemove(aiko, direct, invited, units)).toBe(false);
  });

  it('lets everybody be named in small rooms, in large ones by right', () => {
    expect(mayMentionAll(aiko, group, units)).toBe(true);
    expect(mayMentionAll(guest, group, units)).toBe(false);
    expect([aiko, head, admin].map((one) => mayMentionAll(one, bousai, units))).toEqual([false, true, true]);
  });
});
