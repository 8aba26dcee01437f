// What is done with a reminder, wherever it is shown.
import { m } from '#lib/paraglide/messages.js';
import type { Reminder } from '#lib/sync/scheduled.ts';
import type { Sync } from '#lib/sync/sync.svelte.ts';
import { attempt } from './attempt.ts';

/** 斎藤（防災係）: who wrote it, and where. */
export function sourceOf(sync: Sync, { message, roomId }: Reminder): string {
  const name = message.actorName ?? sync.store.users.get(message.senderId)?.name ?? m.talk_unknown();
  return m.later_notice_from({ name, title: sync.store.room(roomId)?.info.title ?? '' });
}

/** One is done with it. */
export function finish(sync: Sync, reminder: Reminder): Promise<void> {
  return attempt(async () => {
    await sync.api.dropReminder(reminder.roomId, reminder.seq);
    sync.later.forget(reminder);
  });
}

/** Again in an hour. */
export function snooze(sync: Sync, { roomId, seq }: Reminder): Promise<void> {
  return attempt(async () => sync.later.remind(await sync.api.setReminder(roomId, seq, new Date(Date.now() + 3_600_000).toISOString())));
}
