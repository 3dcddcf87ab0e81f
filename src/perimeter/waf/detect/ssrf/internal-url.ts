import type { Place } from '../../waf.ts';
import type { Target } from './address.ts';

/** What is asked for: where the URL stands, whom it reaches, and how. */
export interface Asked {
  readonly place: Place;
  readonly target: Target;
  readonly scheme: string;
}

/** Ports of databases, caches, orchestration and shells: nobody's page is there. */
const servicePorts = new Set(
  '21 22 23 25 110 111 143 389 445 636 873 1433 1521 2049 2181 2375 2376 2379 3306 3389 4369 5432 5672 5900 5984 6379 6443 7001 8086 8200 8500 9042 9092 9200 9222 9229 9300 10250 10255 11211 15672 27017 27018 50070 61616'.split(
    ' ',
  ),
);
const servicePath =
  /^\/(?:manager\/html|server-(?:status|info)|_cat\/|_cluster\/|_nodes|_search|_all_dbs|v1\/(?:agent|kv|catalog|sys)|v1\.\d{1,2}\/|containers\/json|images\/json|actuator|jolokia|metrics$|latest\/|computemetadata|solr\/|jenkins|script$|phpmyadmin|wp-admin|admin\b|rest\/settings|debug\/|console|api\/v1\/(?:namespaces|pods|secrets)|\.env|etc\/|shutdown)/;
/** Fields named for what is fetched; `address` and `name` are people's as well. */
const named =
  /(?:^|[._-])(?:url|uri|target|src|source|feed|rss|fetch|image|img|avatar|webhook|callback|proxy|dest|endpoint|remote|load|import|link|file)(?:[_-]?(?:url|uri))?(?:\[\])?$/;
/** The parts of a document that say what a platform or a site is to do: their author may well mean a machine of his own. */
const settings =
  /(?:^|[.\]])(?:nodes?|parameters|settings?|configs?|configuration|credentials?|options|flow|flowdata|workflow|workflowdata|inputs|edges|env|environment|servers|oauth\w{0,12})(?:\[\])?\./;

/** What watches machines, builds and repositories reports where those are: nobody fetches it. */
const reported =
  /(?:^|[.\]])(?:commits|repository|project|builds?|alerts|annotations|monitors?|heartbeat|checks|incidents?|issue|pull_request|head_commit|deployment|pipeline|jobs?|dashboards?|panels?|_?links|sender|organization|runner|breadcrumbs|breadcrumbs\.values|spans)(?:\[\])?\./;

/** A field inside a document that a server would fetch: named so, and no setting. */
export function isDeepFetched(name: string): boolean {
  return named.test(name) && !settings.test(name) && !reported.test(name);
}

/** `http://name:6379/`: a service no page is behind, on whatever machine. */
export function isServicePort(rest: string, place: Place): boolean {
  if (place.zone === 'header' || place.zone === 'cookie' || place.zone === 'text' || place.zone === 'file')
    return false;
  const name = place.name.toLowerCase();
  if (place.zone !== 'path' && !isDeepFetched(name)) return false;
  const port = /^[^/:?#\s]{1,80}:(\d{1,5})(?=[/?#]|$)/u.exec(rest)?.[1];
  return port !== undefined && servicePorts.has(port);
}

/** A name of one word: only a machine beside the server has one. Words of placeholders and of programs on phones are none. */
export function isBesideServer(rest: string, place: Place): boolean {
  if (place.zone === 'header' || place.zone === 'cookie' || place.zone === 'text' || place.zone === 'file')
    return false;
  const name = place.name.toLowerCase();
  if (place.zone !== 'path' && !isDeepFetched(name)) return false;
  if (
    place.zone === 'json' &&
    !/^(?:url|uri|target|webhook|image|callback|feed|src|source|endpoint|proxy|fetch|link)(?:_?ur[il])?$/.test(
      name.slice(name.lastIndexOf('.') + 1),
    )
  )
    return false;
  const found = /^(?=[\w-]{0,62}[a-z])([a-z\d][\w-]{1,62})(?::\d{2,5})?(?:[/?#]|$)/.exec(rest);
  return found !== null && !placeholder.test(found[1] ?? '');
}

const placeholder =
  /^(?:https?|www|url|example|domain|your[\w-]{0,30}|my[-_]?(?:site|domain|server)|host(?:name)?|site|none|null|undefined|n|na|test|foo|bar|x{2,12}|blank|localhost)$/;

/** Where people come back to when they have signed in: a site may itself be one of the inner network. */
const entry = /callback|auth|log-?in|sign|return|sso|saml|oidc|cb\b/;
/** Pages people are sent back to when they have signed in or paid. */
const landing = /^(?:\/[\w.-]{0,40}){0,6}\/?(?:\?|#|$)/;

/**
 * An internal URL that is no page of somebody's own machine: a service by its port or path, or, where a field says `callback`, an address
 * of the network behind the gate. `http://localhost:3000/auth/callback` is where developers are sent back to.
 */
export function isService(rest: string, { place, target, scheme }: Asked): boolean {
  const found = /^(?:\[[^\]]{0,60}\]|[^/:?#]{1,80})(?::(\d{1,5}))?(.{0,120})/u.exec(rest);
  const port = found?.[1] ?? '';
  const path = found?.[2] ?? '';
  if (place.zone === 'header' || place.zone === 'cookie' || place.zone === 'text' || place.zone === 'file')
    return false;
  if (/^(?:ldaps?|sftp|smb|imap|pop3|telnet|tftp)$/.test(scheme)) return true;
  const last = place.name.slice(place.name.lastIndexOf('.') + 1).toLowerCase();
  const isCalled = /^(?:callback|callback_?url|webhook_?url|hook)$/.test(last);
  const isAsked = isCalled || /^(?:url|uri|target|webhook|src|link|fetch|feed)$/.test(last);
  if (!isAsked) return false;
  if (servicePorts.has(port) || servicePath.test(path)) return true;
  if (!isCalled || place.zone === 'json') return false;
  // `es01.corp.local`: a machine of a company's own zone; a machine at home has one word before the ending, and pages people go back to.
  if (target === 'inside' && /^[\w-]{1,40}(?:\.[\w-]{1,40}){2,5}(?=[:/?#]|$)/.test(rest) && !entry.test(path))
    return true;
  if (target === 'inside' && port === '' && path.length <= 1 && /\.local(?=[/?#]|$)/.test(rest)) return true;
  if (
    target === 'inside' &&
    path.length <= 1 &&
    !/^[^/:?#]{1,80}\.(?:local|localdomain|lan|private|home\.arpa)(?=[:/?#]|$)/.test(rest)
  )
    return true;
  // No program of a developer waits for a browser there.
  if (/^(?:0\.0\.0\.0|ip6-\w{4,9})(?=[:/?#]|$)/.test(rest) || (scheme === 'https' && path.length <= 1)) return true;
  return (
    target === 'private' ||
    rest.startsWith('[') ||
    !landing.test(path) ||
    (port === '' && path.length > 1 && !/callback|auth|login|return|cb\b/.test(path))
  );
}
