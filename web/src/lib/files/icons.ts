// What stands for a file that has no picture.
import File from '@lucide/svelte/icons/file';
import Music from '@lucide/svelte/icons/file-music';
import Table from '@lucide/svelte/icons/file-spreadsheet';
import Text from '@lucide/svelte/icons/file-text';
import Film from '@lucide/svelte/icons/file-video-camera';
import Image from '@lucide/svelte/icons/image';
import { type AnyFile, documentOf, kindOf } from './kinds.ts';

const documents = { text: Text, table: Table, other: File };

export function iconOf(file: Pick<AnyFile, 'name' | 'contentType' | 'width'>): typeof File {
  const kind = kindOf(file);
  if (kind === 'file') return documents[documentOf(file)];
  return { photo: Image, video: Film, audio: Music }[kind];
}
