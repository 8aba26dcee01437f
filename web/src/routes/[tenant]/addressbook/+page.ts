import { loadTree } from '#lib/directory/book.ts';

export async function load({ parent }) {
  await parent();
  return { tree: await loadTree() };
}
