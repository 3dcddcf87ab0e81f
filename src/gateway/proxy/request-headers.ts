import type { Platform, PlatformSession } from '../../platforms/platforms.ts';
import { groupsOf } from '../assertion.ts';
import type { CompiledSite } from '../compiled.ts';
import type { Exchange } from '../exchange.ts';
import { originOf } from '../exchange.ts';
import type { PersonPolicy, SitePolicy } from '../snapshot.ts';
import { forwardedCookies } from './cookies.ts';

/** The signed assertion, on every request of a signed-in person; empty on every other. */
export const assertionHeader = 'x-sallyport-assertion';

/** Whose client certificate was shown, on routes that want one; absent everywhere else, whatever a client sends. */
const certifiedHeaders = {
  subject: 'x-sallyport-client-subject',
  fingerprint: 'x-sallyport-client-fingerprint',
} as const;

/**
 * Names a client may never speak for: who one is, where one comes from, which path or method is meant. Written with `-`; every spelling
 * that a server could take for one of them (`_`, `.`, any case) is dropped with it.
 */
const forbidden: ReadonlySet<string> = new Set([
  ...[
    'forwarded',
    'via',
    'x-real-ip',
    'x-client-ip',
    'client-ip',
    'true-client-ip',
    'x-cluster-client-ip',
    'x-request-id',
  ],
  ...['cf-connecting-ip', 'fastly-client-ip', 'x-original-url', 'x-original-uri', 'x-original-host', 'x-rewrite-url'],
  ...['x-http-method', 'x-http-method-override', 'x-method-override', 'x-host', 'x-user', 'x-email', 'x-groups'],
  // A program run by CGI would take `Proxy` for the proxy of its own calls (CVE-2016-5385).
  'proxy',
]);
const forbiddenPrefixes = [
  'x-forwarded',
  'x-sallyport',
  'x-auth-request',
  'x-remote-',
  'remote-',
  'x-authentik',
  'x-webauth',
  // What other gates call the person they signed in: an application once behind one of them may still believe it.
  ...['x-authenticated-', 'x-goog-authenticated-', 'x-goog-iap-', 'x-ms-client-principal', 'x-amzn-oidc-'],
  ...['cf-access-', 'tailscale-user-', 'x-pomerium-', 'x-vouch-', 'x-credential-', 'x-proxy-user', 'x-token-user'],
  ...['oidc-claim-', 'x-original-forwarded-', 'x-envoy-', 'x-appengine-'],
];

/** RFC 9110 section 7.6.1, with what concerns only this hop (`expect` is answered here). */
const hopByHop: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect', 'http2-settings', 'host', 'content-length', 'cookie'],
]);

/** Credentials a person could use to be somebody else on the platform than the one the gate signs in. */
const foreignCredentials: ReadonlySet<string> = new Set([
  'authorization',
  'x-n8n-api-key',
  'xc-auth',
  'xc-token',
  'x-api-key',
]);

const passed = 0;
const dropped = 1;
const credential = 2;
type Fate = typeof passed | typeof dropped | typeof credential;

/** What happens to each header name of requests to one site; names are few, so each is judged once. */
export interface HeaderFates {
  of(name: string): Fate;
}

const rememberedMax = 2000;

/** The fates of header names for a site: what is forbidden for all, and what its platform takes from the gate alone. */
export function headerFates(site: CompiledSite): HeaderFates {
  const { upstreamHeaders, droppedHeaders } = site.platform;
  const own = new Set([...Object.keys(upstreamHeaders), ...droppedHeaders].map(plainName));
  const remembered = new Map<string, Fate>();
  return {
    of(name) {
      const known = remembered.get(name);
      if (known !== undefined) return known;
      const fate = judge(name.toLowerCase(), own);
      if (remembered.size < rememberedMax) remembered.set(name, fate);
      return fate;
    },
  };
}

function judge(name: string, own: ReadonlySet<string>): Fate {
  if (name.startsWith(':') || hopByHop.has(name)) return dropped;
  const plain = plainName(name);
  if (forbidden.has(plain) || own.has(plain) || hopByHop.has(plain)) return dropped;
  if (forbiddenPrefixes.some(prefix => plain.startsWith(prefix))) return dropped;
  return foreignCredentials.has(plain) ? credential : passed;
}

/** True for a header that concerns one hop, or in which a client speaks for a proxy: the gate takes none of them from anybody. */
export const isForeignHeader = (name: string): boolean => judge(name.toLowerCase(), noNames) === dropped;

const noNames: ReadonlySet<string> = new Set();

/** Servers on CGI variables read every sign as `_`, so all spellings become one here. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');

/** True for a spelling (`remote_user`, `x.forwarded.host`) that only some servers take for a header a client may never speak for. */
export const isDisguised = (name: string): boolean => /[^a-z0-9:-]/i.test(name) && isForeignHeader(name);

/** `Remote-*` for another proxy to copy: all of them, empty where nobody is known or the site is told nobody. */
export const remoteHeaders = (person: PersonPolicy | undefined, site: SitePolicy): readonly string[] => [
  ...makeIdentityLines(site.identityHeaders === 'remote' ? person : undefined, { ...site, identityHeaders: 'remote' }),
  ...(site.identityHeaders === 'x-forwarded' ? makeIdentityLines(person, site) : []),
];

/**
 * Lines that are the same for every request of a person or of a platform session at one site. Both objects are replaced, never changed,
 * when the policy changes, and a line lives no longer than its object.
 */
export interface HeaderMemo {
  readonly ofPerson: WeakMap<PersonPolicy, readonly string[]>;
  readonly ofSession: WeakMap<PlatformSession, PlatformLines>;
}

export interface HeaderOptions {
  readonly fates: HeaderFates;
  readonly memo: HeaderMemo;
  readonly hiddenCookies: ReadonlySet<string>;
  /** True asks the upstream for an answer that is not compressed, so that it can be read. */
  readonly isObserved: boolean;
}

/** Names and values in turn, as they go upstream. Everything the client said about itself is gone, everything of ours is there. */
export function requestHeaders(exchange: Exchange, options: HeaderOptions): string[] {
  const { rawHeaders } = exchange.inbound.req;
  const headers = ['host', exchange.authority];
  const isPlatformSession = exchange.platformSession !== undefined;
  // A key of the gate is for the gate alone.
  const isOurs = exchange.signedIn?.apiKey !== undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const fate = options.fates.of(name);
    if (fate === dropped || (fate === credential && (isPlatformSession || isOurs))) continue;
    if (options.isObserved && name.toLowerCase() === 'accept-encoding') continue;
    headers.push(name, rawHeaders[at + 1] ?? '');
  }
  if (options.isObserved) headers.push('accept-encoding', 'identity');
  addPlatform(headers, exchange, options);
  addForwarding(headers, exchange);
  addIdentity(headers, exchange, options.memo);
  return headers;
}

function addPlatform(headers: string[], exchange: Exchange, options: HeaderOptions): void {
  const given = exchange.inbound.req.headers.cookie;
  let cookies = given === undefined ? undefined : forwardedCookies(given, options.hiddenCookies);
  const { platform, platformSession } = exchange;
  if (platformSession !== undefined && platform !== undefined) {
    const held = platformLines(platformSession, platform, options.memo);
    for (const text of held.lines) headers.push(text);
    if (held.cookie !== '') cookies = cookies === undefined ? held.cookie : `${cookies}; ${held.cookie}`;
  }
  if (cookies !== undefined) headers.push('cookie', cookies);
}

export interface PlatformLines {
  readonly lines: readonly string[];
  readonly cookie: string;
}

function platformLines(session: PlatformSession, platform: Platform, lines: HeaderMemo): PlatformLines {
  const known = lines.ofSession.get(session);
  if (known !== undefined) return known;
  const own = Object.entries(platform.upstreamHeaders).flat();
  let cookie = '';
  for (const [name, secret] of Object.entries(session.headers)) {
    if (name.toLowerCase() === 'cookie') cookie = secret.reveal();
    else own.push(name, secret.reveal());
  }
  const made = { lines: own, cookie };
  lines.ofSession.set(session, made);
  return made;
}

function addForwarding(headers: string[], exchange: Exchange): void {
  const { authority, clientIp, scheme } = exchange;
  const colon = authority.lastIndexOf(':');
  const port =
    colon > authority.lastIndexOf(']') && colon !== -1 ? authority.slice(colon + 1) : scheme === 'https' ? '443' : '80';
  headers.push('x-forwarded-for', clientIp, 'x-forwarded-proto', scheme, 'x-forwarded-host', authority);
  headers.push('x-forwarded-port', port, 'x-real-ip', clientIp, 'x-request-id', exchange.requestId);
  const { certified } = exchange;
  if (certified === undefined) return;
  headers.push(certifiedHeaders.subject, certified.subject, certifiedHeaders.fingerprint, certified.fingerprint);
}

function addIdentity(headers: string[], exchange: Exchange, memo: HeaderMemo): void {
  const { policy, signedIn, site } = exchange;
  if (site === undefined) return;
  // A published route is a call from outside, whoever happens to be signed in.
  const isKnown = signedIn !== undefined && policy !== undefined && exchange.granted?.kind !== 'public';
  const lines = identityLines(isKnown ? signedIn.person : undefined, site.policy, memo);
  for (const text of lines) headers.push(text);
  const token = isKnown ? policy.assertions.sign({ ...signedIn, site: site.policy, audience: originOf(exchange) }) : '';
  headers.push(assertionHeader, token);
}

function identityLines(person: PersonPolicy | undefined, site: SitePolicy, memo: HeaderMemo): readonly string[] {
  if (person === undefined) return makeIdentityLines(person, site);
  const known = memo.ofPerson.get(person);
  if (known !== undefined) return known;
  const made = makeIdentityLines(person, site);
  memo.ofPerson.set(person, made);
  return made;
}

function makeIdentityLines(person: PersonPolicy | undefined, site: SitePolicy): readonly string[] {
  const email = headerText(person?.email ?? '');
  // A comma is what stands between two: a group's name must not become another group.
  const told = person === undefined ? [] : groupsOf(person, site).map(name => headerText(name.replaceAll(',', ' ')));
  const groups = told.join(',');
  const name = headerText(person?.name ?? '');
  switch (site.identityHeaders) {
    case 'remote':
      return ['remote-user', email, 'remote-email', email, 'remote-name', name, 'remote-groups', groups];
    case 'x-forwarded':
      return [
        ...['x-forwarded-user', person?.id ?? '', 'x-forwarded-email', email],
        ...['x-forwarded-preferred-username', name, 'x-forwarded-groups', groups],
      ];
    case 'none':
      return [];
    default:
      throw new TypeError(`Unknown identity headers "${String(site.identityHeaders satisfies never)}"`);
  }
}

/** UTF-8 as header bytes, without control characters: what proxies of this kind send and upstreams decode. */
function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return Buffer.from(text.replaceAll(/\p{Cc}/gu, ' ')).toString('latin1');
}
