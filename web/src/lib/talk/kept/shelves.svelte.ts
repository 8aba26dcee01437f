// What of a room's shelves is open in the pane beside its conversation.
import type { StoredFile } from '#lib/sync/types.ts';

/** What a note out of a message begins with. */
export interface NoteSeed {
  seq: number;
  title: string;
  body: string;
  attachments: readonly StoredFile[];
}

/** Opened out of a shelf, in its place. */
export type Opened =
  | { kind: 'note'; no: number }
  | { kind: 'writing'; no?: number; seed?: NoteSeed }
  | { kind: 'album'; no: number }
  /** Photos are chosen for an album, or for a new one. */
  | { kind: 'picking'; no?: number; title?: string };

export class Shelves {
  tab = $state('members');
  opened: Opened | undefined = $state.raw();

  open(opened: Opened): void {
    this.tab = opened.kind === 'note' || opened.kind === 'writing' ? 'notes' : 'photos';
    this.opened = opened;
  }

  close(): void {
    this.opened = undefined;
  }

  /** The pane is put away: only what is being written waits for one to come back. */
  rest(): void {
    if (this.opened?.kind !== 'writing') this.opened = undefined;
  }
}
