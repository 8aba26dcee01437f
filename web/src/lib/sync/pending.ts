// A message on its way: in the outbox on the device until the server has it.
import type { Mention, Place } from './types.ts';

export interface Pending {
  clientId: string;
  roomId: string;
  /** Empty with a sticker. */
  text: string;
  stickerId?: string;
  replyToSeq?: number;
  mentions: Mention[];
  /** What goes with it, in this order. */
  files?: PendingFile[];
  place?: Place;
  /** Without a sound. */
  silent?: true;
  /** Not now: the server keeps it until then. */
  sendAt?: string;
  /** A place is being looked for: the message waits for it until then, in ms. */
  placeBy?: number;
  /** When it was written, in ms; the order of leaving. */
  createdAt: number;
  /** `refused`: the server said no and repeating it as it is would not help. */
  state: 'waiting' | 'refused';
  /** Why, in the reader's language. */
  reason?: string;
  /** Its files wait until somebody says that they may go on. */
  isPaused?: boolean;
  /** The device had no room for its files: it lives in this tab alone, and ends with it. */
  isOnlyHere?: boolean;
}

/** A file on its way. Its bytes are kept beside the outbox, under `key`. */
export interface PendingFile {
  key: string;
  name: string;
  contentType: string;
  size: number;
  width?: number;
  height?: number;
  /** Where its upload goes on. */
  url?: string;
  /** What the server calls it, once all its bytes are there. */
  id?: string;
}

export function lacksFiles({ files }: Pending): boolean {
  return files?.some(({ id }) => id === undefined) ?? false;
}

/** Whether the message itself can leave. */
export function isReady(pending: Pending, now: number): boolean {
  return !lacksFiles(pending) && (pending.placeBy ?? 0) <= now;
}
