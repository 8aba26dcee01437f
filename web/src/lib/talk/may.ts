// What the server's policy (`crates/talk/src/policy.rs`) allows in a room, so that nothing is offered that it would refuse.
import type { Me } from '#lib/api/shapes.ts';
import type { Member, OrgUnit, Room } from '#lib/sync/types.ts';

/** In larger rooms naming everybody takes a right. */
const MENTION_ALL_FREE = 50;

/** Whoever asks: what they are, and which rights they hold where. */
export type Asker = Pick<Me, 'id' | 'kind' | 'rights' | 'roles'>;
type Place = Pick<Room, 'kind' | 'orgUnitId'>;

/** Whether a right reaches this room's section. All roles bundle the rights that rooms know. */
function holdsIn(me: Asker, right: 'manageRooms' | 'mentionAll', room: Place, units: readonly OrgUnit[]): boolean {
  if (!me.rights.includes(right)) return false;
  return me.roles.some((role) => !role.orgUnitId || (room.orgUnitId !== undefined && isWithin(room.orgUnitId, role.orgUnitId, units)));
}

function isWithin(id: string, above: string, units: readonly OrgUnit[]): boolean {
  const seen = new Set<string>();
  for (let at: string | null | undefined = id; at && !seen.has(at); at = units.find((unit) => unit.id === at)?.parentId) {
    if (at === above) return true;
    seen.add(at);
  }
  return false;
}

export function mayManage(me: Asker, room: Place, units: readonly OrgUnit[]): boolean {
  return room.kind === 'orgUnit' && holdsIn(me, 'manageRooms', room, units);
}

export function mayInvite(me: Asker, room: Place, units: readonly OrgUnit[]): boolean {
  return me.kind !== 'guest' && (room.kind !== 'orgUnit' || mayManage(me, room, units));
}

/** Only who was asked in can be taken out; the others are there by their section. */
export function mayRemove(me: Asker, room: Place, member: Pick<Member, 'userId' | 'invited'>, units: readonly OrgUnit[]): boolean {
  if (room.kind === 'direct' || !member.invited || member.userId === me.id) return false;
  return room.kind === 'group' ? me.kind !== 'guest' : mayManage(me, room, units);
}

export function mayRename(me: Asker, room: Place, units: readonly OrgUnit[]): boolean {
  if (room.kind === 'direct') return false;
  return room.kind === 'group' ? me.kind !== 'guest' : mayManage(me, room, units);
}

export function mayMentionAll(me: Asker, room: Place & Pick<Room, 'memberCount'>, units: readonly OrgUnit[]): boolean {
  if (me.kind !== 'guest' && room.memberCount <= MENTION_ALL_FREE) return true;
  return holdsIn(me, 'mentionAll', room, units);
}
