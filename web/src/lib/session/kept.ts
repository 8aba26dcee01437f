import type { Me } from '#lib/api/shapes.ts';

const key = (tenant: string) => `irori-me-${tenant}`;

/** Who was last signed in here, so that the app opens without network. */
export function keptMe(tenant: string): Me | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key(tenant)) ?? 'null') as Me | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepMe(tenant: string, me: Me) {
  try {
    localStorage.setItem(key(tenant), JSON.stringify(me));
  } catch {
    // Storage refused: the app then needs a network to start.
  }
}

export function forgetMe(tenant: string) {
  try {
    localStorage.removeItem(key(tenant));
  } catch {
    // Nothing was kept then.
  }
}
