import { isDisguised, plainName } from '../proxy/request-headers.ts';
import { canonicalAuthority } from '../transport/authority.ts';

/** How another proxy asks: Traefik and Caddy; nginx; Envoy. */
export type AskedForm = 'forward' | 'request' | 'envoy';

/** The request that another proxy asks about, as its client sent it. */
export interface Asked {
  readonly form: AskedForm;
  readonly method: string;
  readonly scheme: 'https' | 'http';
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  readonly isUpgrade: boolean;
}

/** What `readAsked` reads: the request of the other proxy itself. */
export interface AskingHead {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  readonly rawHeaders: readonly string[];
}

const prefix = '/.sallyport/auth/';
const envoyPrefix = `${prefix}envoy`;
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** As the transport takes them from clients (RFC 9112 section 3.2): visible ASCII, no fragment. */
const targetPattern = /^\/[\x21\x22\x24-\x7e]*$/;
const targetBytesMax = 8192;
const urlPattern = /^(https?):\/\/([^/?#]+)(\/.*)$/;

/** What another proxy may say of a request; each at most once, and all that is said must agree. */
const told = [
  'x-forwarded-method',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-uri',
  'x-original-method',
  'x-original-url',
] as const;
type Told = (typeof told)[number];

/**
 * With these a client would have the application behind do something else than what was asked about. In front of the whole gate they are
 * dropped; here nothing can be, so they are refused.
 */
const overrides: ReadonlySet<string> = new Set([
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-uri',
  'x-original-host',
  'x-rewrite-url',
]);

/** Which form a target asks in; undefined when it asks nothing of this kind. */
export function askedForm(target: string): AskedForm | undefined {
  if (!target.startsWith(prefix)) return undefined;
  const [path] = target.split('?', 1);
  if (path === `${prefix}forward`) return 'forward';
  if (path === `${prefix}request`) return 'request';
  return path === envoyPrefix || path?.startsWith(`${envoyPrefix}/`) ? 'envoy' : undefined;
}

/** Reads what is asked about, or says what is missing, said twice, odd, disguised or contradictory: a string is a refusal. */
export function readAsked(form: AskedForm, head: AskingHead): Asked | string {
  const fields = readTold(head.rawHeaders);
  if (typeof fields === 'string') return fields;
  const read =
    form === 'forward' ? readForward(fields) : form === 'request' ? readRequest(fields) : readEnvoy(head, fields);
  if (typeof read === 'string') return read;
  const { method, proto, host, target } = read;
  if (!methods.has(method)) return 'the method is none the gate takes';
  const scheme = schemes.get(proto);
  if (scheme === undefined) return 'the scheme is neither https nor http';
  const authority = canonicalAuthority(host, scheme);
  if (authority === undefined) return 'the host cannot be read in one way';
  if (target.length > targetBytesMax || !targetPattern.test(target))
    return 'the path is too long or holds what no path does';
  const asked = { form, method, scheme, authority, target, isUpgrade: wantsUpgrade(head.rawHeaders) };
  return contradiction(asked, fields) ?? asked;
}

interface Said {
  readonly method: string;
  readonly proto: string;
  readonly host: string;
  readonly target: string;
}

/** Traefik names a WebSocket by its scheme. */
const schemes: ReadonlyMap<string, 'https' | 'http'> = new Map([
  ['https', 'https'],
  ['http', 'http'],
  ['wss', 'https'],
  ['ws', 'http'],
]);

function readForward(fields: ReadonlyMap<Told, string>): Said | string {
  const method = fields.get('x-forwarded-method');
  const proto = fields.get('x-forwarded-proto');
  const host = fields.get('x-forwarded-host');
  const target = fields.get('x-forwarded-uri');
  if (method === undefined || proto === undefined || host === undefined || target === undefined) {
    return 'want X-Forwarded-Method, -Proto, -Host and -Uri';
  }
  return { method, proto, host, target };
}

function readRequest(fields: ReadonlyMap<Told, string>): Said | string {
  const method = fields.get('x-original-method');
  const url = urlPattern.exec(fields.get('x-original-url') ?? '');
  if (method === undefined || url === null) return 'want X-Original-Method and X-Original-URL with a whole address';
  const [, proto = '', host = '', target = ''] = url;
  return { method, proto, host, target };
}

/** Envoy sends the request itself without its body: method and host as they were, the path behind ours. */
function readEnvoy(head: AskingHead, fields: ReadonlyMap<Told, string>): Said | string {
  const proto = fields.get('x-forwarded-proto');
  if (proto === undefined) return 'want X-Forwarded-Proto';
  const rest = head.target.slice(envoyPrefix.length);
  return { method: head.method, proto, host: head.authority, target: rest.startsWith('/') ? rest : `/${rest}` };
}

function readTold(rawHeaders: readonly string[]): ReadonlyMap<Told, string> | string {
  const fields = new Map<Told, string>();
  let hasFor = false;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (isDisguised(name)) return `"${name.slice(0, 60)}" can be taken for a header of the proxy or of the gate`;
    if (overrides.has(plainName(name))) return `"${name}" would have the application do something else`;
    hasFor ||= name === 'x-forwarded-for';
    if (!isTold(name)) continue;
    if (fields.has(name)) return `${name} came twice`;
    fields.set(name, rawHeaders[at + 1] ?? '');
  }
  // Bans, limits and records are about the client, not about the proxy that asks.
  return hasFor ? fields : 'want X-Forwarded-For';
}

/** The headers of the client alone: without what the proxy says of the request, which no client may say. */
export function withoutTold(req: {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders: readonly string[];
}): Pick<typeof req, 'headers' | 'rawHeaders'> {
  const isClients = (name: string): boolean => !isTold(name) && !/^(?:x-)?forwarded(?:-|$)/.test(name);
  const isKept = req.rawHeaders.map(name => isClients(name.toLowerCase()));
  return {
    headers: Object.fromEntries(Object.entries(req.headers).filter(([name]) => isClients(name))),
    rawHeaders: req.rawHeaders.filter((_, at) => isKept[at - (at % 2)]),
  };
}

function isTold(name: string): name is Told {
  return (told as readonly string[]).includes(name);
}

/** A client's own copy that the proxy passed on must say the same as the proxy, or nobody knows which of them counts. */
function contradiction(asked: Asked, fields: ReadonlyMap<Told, string>): string | undefined {
  const { method, scheme, authority, target } = asked;
  const url = urlPattern.exec(fields.get('x-original-url') ?? '');
  const agrees: Readonly<Record<Told, (value: string) => boolean>> = {
    'x-forwarded-method': value => value === method,
    'x-original-method': value => value === method,
    'x-forwarded-proto': value => schemes.get(value) === scheme,
    'x-forwarded-host': value => canonicalAuthority(value, scheme) === authority,
    'x-forwarded-uri': value => value === target,
    'x-original-url': () =>
      url?.[1] === scheme && canonicalAuthority(url[2] ?? '', scheme) === authority && url[3] === target,
  };
  for (const [name, value] of fields) if (!agrees[name](value)) return `${name} says something else`;
  return undefined;
}

/** Proxies drop what concerns one hop, so the handshake's own fields tell a WebSocket too (RFC 6455 section 4.1). */
function wantsUpgrade(rawHeaders: readonly string[]): boolean {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map(name => name.toLowerCase());
  return names.some(name => name === 'upgrade' || name === 'sec-websocket-key' || name === 'sec-websocket-version');
}
