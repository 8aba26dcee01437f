// What stands for a file that has no picture.
import File from '@lucide/svelte/icons/file';
import Music from '@lucide/svelte/icons/file-music';
import Table from '@lucide/svelte/icons/file-spreadsheet';
import Text from '@lucide/svelte/icons/file-text';
import Film from '@lucide/svelte/icons/file-video-camera';
import Image from '@lucide/svelte/icons/image';
import Mic from '@lucide/svelte/icons/mic';
import { documentOf, kindOf, type Told } from './kinds.ts';
import { secondsOf } from './voice.ts';

const documents = { text: Text, table: Table, other: File };

export function iconOf(file: Told): typeof File {
  const kind = kindOf(file);
  if (kind === 'file') return documents[documentOf(file)];
  if (kind === 'audio') return secondsOf(file) === undefined ? Music : Mic;
  return kind === 'photo' ? Image : Film;
}
