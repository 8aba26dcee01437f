// What one does with a room for oneself, from the list and from its details.
import BellOff from '@lucide/svelte/icons/bell-off';
import Bell from '@lucide/svelte/icons/bell';
import CheckCheck from '@lucide/svelte/icons/check-check';
import EyeOff from '@lucide/svelte/icons/eye-off';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import { wordsFor } from '#lib/api/problem.ts';
import { m } from '#lib/paraglide/messages.js';
import type { RoomState } from '#lib/sync/room.svelte.ts';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import type { MenuItem } from '#lib/ui/MenuList.svelte';
import { toast } from '#lib/ui/toasts.svelte.ts';

/** Keeps at the top, silences, puts away; says so when it can't. */
export async function keepRoom(sync: Sync, room: RoomState, fields: { muted?: boolean; hidden?: boolean; pinned?: boolean }): Promise<boolean> {
  try {
    const changed = await sync.api.updateMembership(room.info.id, fields);
    if (changed) sync.store.hold(changed);
    else room.merge(fields);
    if (fields.hidden) toast.info(m.talk_hidden_done());
    return true;
  } catch (problem) {
    toast.error(wordsFor(problem));
    return false;
  }
}

/** The menu of a room in the list. */
export function roomMenu(sync: Sync, room: RoomState): MenuItem[] {
  const { info } = room;
  const items: MenuItem[] = [
    info.pinned
      ? { label: m.talk_unpin(), icon: PinOff, action: () => void keepRoom(sync, room, { pinned: false }) }
      : { label: m.talk_pin(), icon: Pin, action: () => void keepRoom(sync, room, { pinned: true }) },
    info.muted
      ? { label: m.talk_unmute(), icon: Bell, action: () => void keepRoom(sync, room, { muted: false }) }
      : { label: m.talk_mute(), icon: BellOff, note: m.talk_mute_text(), action: () => void keepRoom(sync, room, { muted: true }) },
    { label: m.talk_hide(), icon: EyeOff, note: m.talk_hide_text(), action: () => void keepRoom(sync, room, { hidden: true }) },
  ];
  if (info.unreadCount === 0) return items;
  return [{ label: m.talk_read_all(), icon: CheckCheck, action: () => sync.reading.upTo(info.id, info.lastSeq) }, ...items];
}
