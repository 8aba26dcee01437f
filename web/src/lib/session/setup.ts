import { ApiProblem, problemOf } from '#lib/api/problem.ts';
import { getLocale } from '#lib/paraglide/runtime.js';

export type Setup = {
  token: string;
  tenantName: string;
  tenantTitle: string;
  loginId: string;
  name: string;
  kana: string;
  password: string;
};

/** Makes the first organisation and its administrator. */
export async function setUp(setup: Setup): Promise<void> {
  const response = await fetch('/setup', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': getLocale() },
    body: JSON.stringify(setup),
  }).catch(() => {
    throw new ApiProblem(0, {});
  });
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
}
