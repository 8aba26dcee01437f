// What is done with a chosen file before it may leave: can it be read, can it be shown, how large is it.

export interface Prepared {
  blob: Blob;
  name: string;
  contentType: string;
  /** Only of pictures that this browser can show. */
  width?: number;
  height?: number;
  preview?: Blob;
}

/** Why a file can't come along: it can't be read, or is of a kind that no browser but its maker's shows. */
export type Hindrance = 'unreadable' | 'heic';

const PREVIEW_PX = 640;
const JPEG_QUALITY = 0.9;

export async function prepare(file: File): Promise<Prepared | Hindrance> {
  if (!(await isReadable(file))) return 'unreadable';
  if (isHeic(file)) return fromHeic(file);
  const prepared: Prepared = { blob: file, name: file.name, contentType: file.type || 'application/octet-stream' };
  if (!file.type.startsWith('image/')) return prepared;
  const picture = await decode(file);
  if (!picture) return prepared;
  const { width, height } = picture;
  const preview = await toJpeg(picture, PREVIEW_PX);
  picture.close();
  return { ...prepared, width, height, preview };
}

export function isHeic({ name, type }: Pick<File, 'name' | 'type'>): boolean {
  return /^image\/hei[cf]/u.test(type) || /\.(heic|heif)$/iu.test(name);
}

/** What iPhones make, turned into what everybody can see, where this browser can read it. */
async function fromHeic(file: File): Promise<Prepared | Hindrance> {
  const picture = await decode(file);
  if (!picture) return 'heic';
  const { width, height } = picture;
  const blob = await toJpeg(picture, Infinity);
  const preview = await toJpeg(picture, PREVIEW_PX);
  picture.close();
  return blob ? { blob, name: file.name.replace(/\.\w+$/u, '.jpg'), contentType: 'image/jpeg', width, height, preview } : 'heic';
}

/** A folder that was dropped, or a file that is gone meanwhile, shows it only when it is read. */
async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** Turned the way it was held. */
function decode(file: File): Promise<ImageBitmap | undefined> {
  return createImageBitmap(file).catch(() => undefined);
}

async function toJpeg(picture: ImageBitmap, longest: number): Promise<Blob | undefined> {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  // What was see-through would be black in a JPEG.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', JPEG_QUALITY));
}
