// Which tray is whose: a tray stays while one looks into another room.
import type { RoomState } from '#lib/sync/room.svelte.ts';
import type { Tray } from './tray.svelte.ts';

export const trays = new WeakMap<RoomState, Tray>();
