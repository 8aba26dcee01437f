/** The sign-in page of an organisation, with the way back to where one was. */
export function signInPath(tenant: string, back?: string): string {
  return `/${tenant}/signin${back ? `?back=${encodeURIComponent(back)}` : ''}`;
}

/** Where one goes after signing in: back, when that is a page of the same organisation and not this one again. */
export function pathAfterSignIn(tenant: string, back: string | null): string {
  const within = back?.startsWith(`/${tenant}/`) && !back.startsWith(`/${tenant}/signin`) && !back.includes('\\');
  return within && back ? back : `/${tenant}/talk`;
}
