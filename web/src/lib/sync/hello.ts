// What this tab holds, said when a line opens.
import type { TalkStore } from './store.svelte.ts';
import type { Hello } from './types.ts';

export function helloOf(store: TalkStore): Hello {
  const rooms: Hello['rooms'] = {};
  const revs: Hello['revs'] = {};
  const reads: Hello['reads'] = {};
  for (const [id, room] of store.rooms) {
    rooms[id] = room.segments.tail?.to ?? room.info.lastSeq;
    revs[id] = room.rev;
    reads[id] = room.info.readSeq;
  }
  return { rooms, revs, reads, me: store.meRev };
}
