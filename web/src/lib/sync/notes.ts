// The shapes of what a room keeps for good: notes and albums.
import type { StoredFile } from './types.ts';

export interface NoteSummary {
  /** Its place in its room: 1, 2, 3… */
  no: number;
  /** Of two versions the one with the higher rev is newer; comments and pinning make none. */
  rev: number;
  title: string;
  excerpt: string;
  picture?: StoredFile;
  attachmentCount: number;
  authorId: string;
  actorName?: string;
  createdAt: string;
  editedAt?: string;
  editedBy?: string;
  pinned: boolean;
  commentCount: number;
}

export interface Note extends NoteSummary {
  body: string;
  attachments: StoredFile[];
  canEdit: boolean;
  canDelete: boolean;
}

export interface NoteComment {
  id: string;
  authorId: string;
  actorName?: string;
  at: string;
  text: string;
  canDelete: boolean;
}

/** What one writes of a note. */
export interface NoteBody {
  title: string;
  body: string;
  attachmentIds: string[];
}

export interface Album {
  no: number;
  title: string;
  cover?: StoredFile;
  photoCount: number;
  authorId: string;
  actorName?: string;
  createdAt: string;
  changedAt: string;
  canManage: boolean;
}

export interface AlbumPhoto {
  file: StoredFile;
  /** The message that showed it, where one may see that. */
  seq?: number;
  addedBy: string;
  addedAt: string;
  canRemove: boolean;
}

/** Which note or album has come, changed or gone. */
export interface KeptChange {
  type: 'note' | 'album';
  no: number;
}
