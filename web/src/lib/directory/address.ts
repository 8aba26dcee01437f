/** What of the address book is on screen: kept in the page's address, so that going back works. */
export type Shown = { unit?: string; person?: string; q?: string };

export function shownIn(url: { searchParams: Pick<URLSearchParams, 'get'> }): Shown {
  const read = (name: string) => url.searchParams.get(name) ?? undefined;
  return { unit: read('unit'), person: read('person'), q: read('q') };
}

export function addressOf(tenant: string, shown: Shown): string {
  const query = new URLSearchParams();
  for (const name of ['unit', 'q', 'person'] as const) if (shown[name]) query.set(name, shown[name]);
  const text = query.toString();
  return `/${tenant}/addressbook${text ? `?${text}` : ''}`;
}
