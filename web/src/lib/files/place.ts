// A place as people read it, and as the maps on their device open it.
import { m } from '#lib/paraglide/messages.js';
import type { Place } from '#lib/sync/types.ts';

export function placeWords({ latitude, longitude, accuracyMeters }: Place): string {
  const at = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return accuracyMeters === undefined ? at : m.files_place_about({ place: at, meters: Math.round(accuracyMeters) });
}

/** Opened by what the device has for maps; it asks no other service. */
export function placeLink({ latitude, longitude }: Place): string {
  return `geo:${latitude},${longitude}`;
}
