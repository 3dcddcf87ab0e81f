import type { HeadInput } from './head.ts';

interface Hole {
  readonly path: RegExp;
  /** The only one that the product's own clients do not use. */
  readonly method?: string;
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
  // Artefacts have paths of their own store.
  {
    path: /\/(?:mlflow\/artifacts\/list|get-artifact|model-versions\/get-artifact|mlflow-artifacts\/artifacts)$/,
    query: /(?:^|&)path=(?:[a-z](?::|%3a)|%2f|\/|\.\.|%2e%2e|file(?::|%3a))/,
  },
  // Cameras are asked with a message.
  { path: /^\/onvif\/(?:device|media|ptz|events?|imaging)\w{0,12}$/, method: 'GET' },
  { path: /\/descriptorbyname\/[\w.]{1,120}\/checkscript$/, method: 'GET' },
  { path: /\/wp-json\/wp\/v2\/(?:posts|pages|media|users)\/\d+$/, query: /(?:^|&)id=\d+[a-z]/ },
  { path: /\/admin-post\.php$/, query: /(?:^|&)swp_debug=load_options/ },
  { path: /^\/(?:grafana\/)?(?:api\/snapshots(?:-delete)?|dashboard\/snapshot)\/(?::|%3a)key$/ },
  // Whoever signs in to the device says as whom.
  { path: /^\/cgi-bin\/authlogin\.cgi$/, method: 'GET', query: /^$/ },
  { path: /^\/config\/getuser$/, query: /^index=\d/ },
  { path: /\/(?:php|ssl-vpn|unauth|api)\/[\w./-]{1,80}\.php\/[\w./-]{0,40}\.(?:js|css|png|map)/ },
];
const beginning =
  /artifacts?(?:\/|$)|\/descriptorbyname\/|\/wp-json\/|\/admin-post\.php$|snapshots?(?:-delete)?\/|^\/onvif\/|^\/cgi-bin\/|^\/config\/getuser|\/vendor\/|\/index\.php|\/remote\.php|\/_fragment$|\/cli$|\.php\//;
/** `?--env=dev`, `?-d+allow_url_include=1`, `?%ADs`: what programs take for switches on their command line. */
const switches =
  /^(?:[+\s]|%20)*(?:-|%2d|%ad)(?:-|%2d)[a-z][\w-]*(?:=|%3d|&|$)|^(?:-|%2d|%ad)(?:[sn]$|[dc](?:\+|%20|=|%2b))|&--[a-z]\w{2,30}=/;

/** Another site as browsers read it (URL Standard section 4.4, where tabs and line ends fall out): `/%09/other.example`. */
const split = /=(?:%2f|\/|%5c|\\|https?(?::|%3a))(?:%0[09ad]){1,8}(?:%2f|\/|%5c|\\)/i;

/** Where to go next, to a site that only browsers see in it: `/\other.example`, `https://own.example@other.example`. */
const leads =
  /(?:^|&)(?:rd|next|goto|continue|redir(?:ect)?(?:_?(?:ur[il]|to|after))?|return(?:_?(?:ur[il]|to|path))?)=(?:(?:%2f|\/)?(?:%5c|\\)(?:%2f|\/|%5c|\\)?[a-z\d]|https?(?::|%3a)(?:\/|%2f){2}(?:%(?!2f|3f|40)[\da-f]{2}|[^/&?%@]){1,200}(?:@|%40))/i;

/** Where a head opens a known hole of a product. */
export function findHole({ method, path, query, headers }: HeadInput): 'path' | 'query' | undefined {
  if (/^[-+% ]|&--/.test(query) && switches.test(query.slice(0, 2048).toLowerCase())) return 'query';
  if (query.includes('%0') && split.test(query)) return 'query';
  if (leads.test(query)) return 'query';
  if (path.length > 512) return undefined;
  const lower = path.toLowerCase();
  if (!beginning.test(lower)) return undefined;
  const asked = query.slice(0, 2048).toLowerCase();
  const isOpen = holes.some(hole => {
    if (!hole.path.test(lower) || (hole.query !== undefined && !hole.query.test(asked))) return false;
    if (hole.method !== undefined && hole.method !== method) return false;
    if (hole.header === undefined) return true;
    const value = headers[hole.header.name];
    return typeof value === 'string' && hole.header.value.test(value.trim().toLowerCase());
  });
  return isOpen ? 'path' : undefined;
}
