// What a file is to people: a picture, a film, a sound, or a document.
import type { PendingFile } from '#lib/sync/pending.ts';
import type { StoredFile } from '#lib/sync/types.ts';

/** What both a stored and a waiting file say of themselves. */
export type AnyFile = StoredFile | PendingFile;

export type Kind = 'photo' | 'video' | 'audio' | 'file';

/** What is asked of any of them; the server says null where there are no measures. */
export type Told = Pick<AnyFile, 'contentType' | 'name'> & { width?: number | null };

/** A picture without measures is one that nobody could open: it is shown as a document. */
export function kindOf({ contentType, width }: Omit<Told, 'name'>): Kind {
  if (contentType.startsWith('image/')) return width ? 'photo' : 'file';
  if (contentType.startsWith('video/')) return 'video';
  return contentType.startsWith('audio/') ? 'audio' : 'file';
}

/** What a document's card shows: by its name, which says more than what the sender's computer calls it. */
export function documentOf({ name }: Pick<AnyFile, 'name'>): 'text' | 'table' | 'other' {
  const ending = name.split('.').pop()?.toLowerCase() ?? '';
  if (['pdf', 'doc', 'docx', 'odt', 'txt', 'md', 'rtf', 'jtd'].includes(ending)) return 'text';
  return ['xls', 'xlsx', 'xlsm', 'ods', 'csv'].includes(ending) ? 'table' : 'other';
}

/** 820 KB, 2.4 MB, 1 GB. */
export function sizeOf(bytes: number): string {
  const units = ['KB', 'MB', 'GB'];
  let size = Math.max(1, bytes) / 1_000;
  let at = 0;
  for (; size >= 999.5 && at < units.length - 1; at += 1) size /= 1_000;
  const rounded = size < 10 && at > 0 ? Math.round(size * 10) / 10 : Math.max(1, Math.round(size));
  return `${rounded} ${units[at]}`;
}
