import type { Me } from '#lib/api/shapes.ts';

const meKey = (tenant: string) => `irori-me-${tenant}`;
const accountKey = (tenant: string) => `irori-account-${tenant}`;

/** Who was last signed in here, so that the app opens without network. */
export function keptMe(tenant: string): Me | undefined {
  const me = read<Me>(meKey(tenant));
  // Somebody may have signed in a moment ago, of whom no more is known yet.
  return me && notedAccount(tenant) === me.id ? me : undefined;
}

/** False: storage is refused. The app then needs a network to start, and tabs don't hear of each other. */
export function keepMe(tenant: string, me: Me): boolean {
  return noteAccount(tenant, me.id) && write(meKey(tenant), me);
}

export function forgetMe(tenant: string) {
  write(accountKey(tenant), undefined);
  write(meKey(tenant), undefined);
}

/** Whose the browser's cookie is, as far as its tabs have noted. */
export function notedAccount(tenant: string): string | undefined {
  return read<string>(accountKey(tenant));
}

export function noteAccount(tenant: string, id: string): boolean {
  return write(accountKey(tenant), id);
}

/** Whether a change of this key may be about who is signed in; `null` is a change of all. */
export function isAboutAccount(tenant: string, key: string | null): boolean {
  return key === null || key === accountKey(tenant) || key === meKey(tenant);
}

const leftKey = 'irori-left';

/** Organisations that were signed out of without a network: the server does not know it yet. */
export function leftUntold(): string[] {
  return read<string[]>(leftKey) ?? [];
}

export function noteLeft(tenant: string, isUntold: boolean) {
  const others = leftUntold().filter((name) => name !== tenant);
  write(leftKey, isUntold ? [...others, tenant] : others);
}

function read<T>(key: string): T | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
