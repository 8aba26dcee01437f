// What one does with a room for oneself, from the list and from its details.
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import BellOff from '@lucide/svelte/icons/bell-off';
import Bell from '@lucide/svelte/icons/bell';
import Bookmark from '@lucide/svelte/icons/bookmark';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CheckCheck from '@lucide/svelte/icons/check-check';
import EyeOff from '@lucide/svelte/icons/eye-off';
import Megaphone from '@lucide/svelte/icons/megaphone';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import { goto } from '$app/navigation';
import { wordsFor } from '#lib/api/problem.ts';
import { m } from '#lib/paraglide/messages.js';
import { isMemo, memoOf } from '#lib/sync/memo.ts';
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

/** The menu of the list itself: what is one's own. */
export function talkMenu(sync: Sync): MenuItem[] {
  const { later } = sync;
  // Guests talk where they were asked to.
  const broadcasts: MenuItem[] =
    sync.me.kind === 'guest' ? [] : [{ label: m.broadcast_title(), icon: Megaphone, note: m.broadcast_note(), action: () => void goto(`/${sync.tenant}/broadcasts`) }];
  return [
    ...broadcasts,
    { label: m.memo_title(), icon: Bookmark, note: m.memo_text(), action: () => void openMemo(sync) },
    { label: m.later_scheduled_tab(), icon: CalendarClock, action: () => (later.showing = { tab: 'scheduled' }) },
    { label: m.later_reminders_tab(), icon: AlarmClock, action: () => (later.showing = { tab: 'reminders' }) },
  ];
}

async function openMemo(sync: Sync): Promise<void> {
  try {
    const { info } = await memoOf(sync);
    await goto(`/${sync.tenant}/talk/${info.id}`);
  } catch (problem) {
    toast.error(wordsFor(problem));
  }
}

/** The menu of a room in the list. */
export function roomMenu(sync: Sync, room: RoomState): MenuItem[] {
  const { info } = room;
  const items: MenuItem[] = [
    info.pinned
      ? { label: m.talk_unpin(), icon: PinOff, action: () => void keepRoom(sync, room, { pinned: false }) }
      : { label: m.talk_pin(), icon: Pin, action: () => void keepRoom(sync, room, { pinned: true }) },
    ...(isMemo(info) ? [] : [info.muted
      ? { label: m.talk_unmute(), icon: Bell, action: () => void keepRoom(sync, room, { muted: false }) }
      : { label: m.talk_mute(), icon: BellOff, note: m.talk_mute_text(), action: () => void keepRoom(sync, room, { muted: true }) }]),
    { label: m.talk_hide(), icon: EyeOff, note: m.talk_hide_text(), action: () => void keepRoom(sync, room, { hidden: true }) },
  ];
  if (info.unreadCount === 0) return items;
  return [{ label: m.talk_read_all(), icon: CheckCheck, action: () => sync.reading.upTo(info.id, info.lastSeq) }, ...items];
}
