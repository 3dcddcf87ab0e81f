import type { HeadInput } from './head.ts';

interface Hole {
  readonly path: RegExp;
  readonly query?: RegExp;
  /** A header that is there and fits. */
  readonly header?: { readonly name: string; readonly value: RegExp };
}

/** Ways into products that the head alone tells, by what opens them: a page of a library, an answer meant for the program itself. */
const holes: readonly Hole[] = [
  // What composer installs is for programs; its samples and tests run whatever they are given.
  { path: /\/vendor\/[\w.-]{1,60}\/[\w./-]{1,160}\.php(?:\/|$)/ },
  { path: /\/api\/index\.php\/v1\/[a-z]/, query: /(?:^|&)public=(?:true|1)/ },
  {
    path: /\/remote\.php\/(?:dav|webdav)\//,
    query: /(?:^|&)oc-credential=.*&oc-verb=|(?:^|&)oc-verb=.*&oc-credential=/,
  },
  { path: /\/_fragment$/, query: /(?:^|&)_path=.{0,80}_controller/ },
  { path: /\/cli$/, query: /(?:^|&)remoting=/, header: { name: 'side', value: /^(?:download|upload)$/ } },
  { path: /\/index\.php$/, query: /(?:^|&)option=com_jce&.{0,200}(?:method=form|plugin=imgmanager)/ },
  { path: /\/(?:php|ssl-vpn|unauth|api)\/[\w./-]{1,80}\.php\/[\w./-]{0,40}\.(?:js|css|png|map)/ },
];
const beginning = /\/vendor\/|\/index\.php|\/remote\.php|\/_fragment$|\/cli$|\.php\//;
/** `?--env=dev`, `?-d+allow_url_include=1`, `?%ADs`: what programs take for switches on their command line. */
const switches =
  /^(?:[+\s]|%20)*(?:-|%2d|%ad)(?:-|%2d)[a-z][\w-]*(?:=|%3d|&|$)|^(?:-|%2d|%ad)(?:[sn]$|[dc](?:\+|%20|=|%2b))|&--[a-z]\w{2,30}=/;

/** Where a head opens a known hole of a product. */
export function findHole({ path, query, headers }: HeadInput): 'path' | 'query' | undefined {
  if (/^[-+% ]|&--/.test(query) && switches.test(query.slice(0, 2048).toLowerCase())) return 'query';
  if (path.length > 512) return undefined;
  const lower = path.toLowerCase();
  if (!beginning.test(lower)) return undefined;
  const asked = query.slice(0, 2048).toLowerCase();
  const isOpen = holes.some(hole => {
    if (!hole.path.test(lower) || (hole.query !== undefined && !hole.query.test(asked))) return false;
    if (hole.header === undefined) return true;
    const value = headers[hole.header.name];
    return typeof value === 'string' && hole.header.value.test(value.trim().toLowerCase());
  });
  return isOpen ? 'path' : undefined;
}
