const methods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT']);
/** Methods that say what no form can want: a word that is none of them is left to those who asked for it. */
const odd = new Set([
  'TRACK',
  'DEBUG',
  'PURGE',
  'BAN',
  'REFRESH',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'MOVE',
  'COPY',
  'LOCK',
  'UNLOCK',
  'SEARCH',
  'LINK',
  'UNLINK',
  'PRI',
  'INDEX',
  'BREW',
  'VIEW',
]);
const byForm = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * Whether a value that frameworks take for the method makes the request another than was judged. A POST may say PUT, PATCH or DELETE, since
 * forms have no other way and all of these change something; what is no method changes none.
 */
export function isOverride(method: string | undefined, value: string): boolean {
  if (method === undefined) return false;
  const sent = method.toUpperCase();
  const wanted = value.trim().toUpperCase();
  return (methods.has(wanted) || odd.has(wanted)) && wanted !== sent && !(sent === 'POST' && byForm.has(wanted));
}
