// One page for every address: the server hands out the same shell, the browser does the rest.
export const ssr = false;
export const prerender = false;
