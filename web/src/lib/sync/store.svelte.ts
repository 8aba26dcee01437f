// All that this account knows of talk, in one place, fed by the API and the live stream.
import { SvelteMap } from 'svelte/reactivity';
import type { KeptRoom } from './device.ts';
import { titled } from './memo.ts';
import { type Me, RoomState } from './room.svelte.ts';
import type { Segment } from './segments.ts';
import type { Person, Room } from './types.ts';
import { Users } from './users.svelte.ts';

export type Link = 'connecting' | 'up' | 'down';

/** What a whole summary leaves out is not there. */
const ABSENT = { notice: null, lastMessage: null, otherUserId: null, orgUnitId: null, includeChildren: null };

export class TalkStore {
  readonly me: Me;
  readonly rooms = new SvelteMap<string, RoomState>();
  readonly users: Users;
  /** Rev held of one's own stream. */
  meRev = 0;
  link: Link = $state('connecting');
  /** Whether the list of rooms is known, from the device or the server. */
  listed = $state(false);
  /** Why the list could not be had, in words: that it is empty says nothing. */
  unreachable: string | undefined = $state();
  /** What is held of a room is to be fetched anew. */
  onstale: (roomId: string) => void = () => {};

  constructor(me: Me, fetchPeople: (ids: string[]) => Promise<Person[]>) {
    this.me = me;
    this.users = new Users(fetchPeople);
  }

  /** Unread messages in rooms that are not muted, for the badge on トーク. */
  get unread(): number {
    let sum = 0;
    for (const room of this.rooms.values()) {
      if (!room.info.hidden) sum += room.info.muted ? room.info.mentionCount : room.info.unreadCount;
    }
    return sum;
  }

  room(id: string): RoomState | undefined {
    return this.rooms.get(id);
  }

  /** A whole summary of a room, as the API gives it. */
  hold(summary: Room): RoomState {
    const info = titled(summary);
    const held = this.rooms.get(info.id);
    if (!held) {
      const room = new RoomState(info, this.me);
      this.rooms.set(info.id, room);
      return room;
    }
    held.merge({ ...ABSENT, ...info });
    if (!held.isOpened) {
      // Whatever changed in between is skipped, so nothing that may have changed is kept.
      if (info.rev > held.rev) held.quotes.clear();
      held.isStale = false;
      held.follow(info.rev);
    }
    if (held.isStale) this.onstale(info.id);
    return held;
  }

  /** A room as the device kept it. */
  recall({ info, rev }: KeptRoom, tail: Segment | undefined): void {
    const room = new RoomState(titled(info), this.me);
    room.rev = rev;
    if (tail) room.restore(tail);
    this.rooms.set(info.id, room);
  }

  forget(id: string): void {
    this.rooms.delete(id);
  }

  learnMe(rev: number | undefined): void {
    if (rev !== undefined) this.meRev = Math.max(this.meRev, rev);
  }
}
