/** What of the address book is on screen: kept in the page's address, so that going back works. */
export type Shown = {
  unit?: string;
  group?: string;
  /** Anything: the people one talks with. */
  often?: string;
  q?: string;
  person?: string;
};

const names = ['unit', 'group', 'often', 'q', 'person'] as const;

export function shownIn(url: { searchParams: Pick<URLSearchParams, 'get'> }): Shown {
  return Object.fromEntries(names.map((name) => [name, url.searchParams.get(name) ?? undefined]));
}

export function addressOf(tenant: string, shown: Shown): string {
  const query = new URLSearchParams();
  for (const name of names) if (shown[name]) query.set(name, shown[name]);
  const text = query.toString();
  return `/${tenant}/addressbook${text ? `?${text}` : ''}`;
}
