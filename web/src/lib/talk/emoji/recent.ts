// What was used last, on this device: a convenience, lost without harm.

const MOST = 27;

export function recent(key: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(`irori-recent-${key}`) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function used(key: string, one: string): void {
  try {
    localStorage.setItem(`irori-recent-${key}`, JSON.stringify([one, ...recent(key).filter((other) => other !== one)].slice(0, MOST)));
  } catch {
    // Without storage nothing is remembered.
  }
}

export function recentTone(): number {
  const tone = Number(recent('tone')[0] ?? 0);
  return tone >= 0 && tone <= 5 ? tone : 0;
}
