/** Schemes beside those of the web: shares, copies from machine to machine, stores, and the pages a browser has of its own. */

import type { Place } from '../../waf.ts';
import type { Target } from './address.ts';
import { stores } from './vocabulary.ts';

/** Of shares and of what copies files from another machine. */
const copies =
  /^(?:scp|rsync|ssh|svn|ssh2?\.\w{4,6}|svn\+ssh|git\+ssh|cifs|smb|afp|webdavs?|davs?|nfs|jnp|rmi|iiop|hdfs|webhdfs|tcp|udp|ssl|tls)$/;
/** Pages of the browser itself, asked of one that runs on the server. */
const ownScreens =
  /^(?:(?:chrome|edge|brave|opera|vivaldi):\/\/(?:settings|version|flags|inspect|policy|system|net-\w{4,9}|histograms|gpu|downloads|history|extensions|tracing|sandbox|password\w{0,12}|credits|about|components|process-internals|device-log|serviceworker-internals|indexeddb-internals|sync-internals|local-state|prefs-internals|memory-\w{4,12}|crashes|terms)\b|devtools:\/\/devtools\/|resource:\/\/(?:gre|app|android|pdf\.js))/;
/** The same as the last of a row's attributes. */
const deep =
  /(?:^|\.)(?:attributes|items\[\]|data|row|rows\[\])\.(?:url|uri|feed|image|avatar|callback|webhook|src|source|target)$/;
/** Names of flat fields for what is fetched and shown. */
const taken =
  /^(?:.{0,16}[_-])?(?:url|uri|feed|rss|image|img|picture|avatar|icon|logo|webhook|callback|hook|src|source|target|dest|endpoint|fetch|import|remote|proxy|link|page)(?:[_-]?(?:url|uri))?$/;

/** A flat field that is named for what a server fetches, not for what a database's own settings call their address. */
export function isTaken(place: Place): boolean {
  const name = place.name.toLowerCase();
  if (place.zone === 'json') return taken.test(name) || deep.test(name);
  return (place.zone === 'query' || place.zone === 'form' || place.zone === 'multipart') && taken.test(name);
}

/** What such a URL is found to be: what stands at `url`, with the machine it reaches. */
export function otherScheme(
  lower: string,
  url: { readonly scheme: string; readonly start: number; readonly host: number },
  target: Target,
): 'ssrf.scheme' | 'ssrf.internal_url' | undefined {
  if (ownScreens.test(lower.slice(url.start, url.start + 60))) return 'ssrf.scheme';
  if (copies.test(url.scheme) && isNumbered(lower, url.host)) return 'ssrf.scheme';
  return target !== 'public' && (stores.test(url.scheme) || copies.test(url.scheme)) ? 'ssrf.internal_url' : undefined;
}

/** An address in numbers behind a scheme nobody knows: names of programs on phones (`app://settings`) have none. */
export function isNumbered(lower: string, host: number): boolean {
  return /^(?:\[[\da-f:.]{2,45}\]|\d{1,3}(?:\.\d{1,3}){3})(?=[:/?#]|$)/.test(lower.slice(host, host + 60));
}
