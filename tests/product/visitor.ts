/** A person's browser without a screen: keeps cookies as one does, follows redirects, fills in forms, and trusts only the gate's own CA. */
import { createHmac } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';

export interface Seen {
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json(): unknown;
}

export interface Visitor extends AsyncDisposable {
  send(url: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Seen>;
  /** A navigation: asks for HTML, follows redirects. */
  open(url: string): Promise<Seen>;
  /** Sends the first form of a page with these fields, as the browser would. */
  submit(page: Seen, fields?: Readonly<Record<string, string>>): Promise<Seen>;
  /** A call that a script of the page at this origin makes. */
  call(method: string, url: string, body?: unknown): Promise<Seen>;
  cookies(host: string): ReadonlyMap<string, string>;
}

export function createVisitor(options: { ca?: string; localAddress?: string } = {}): Visitor {
  const agent = new Agent({
    connect: {
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
      lookup: findAddress,
    },
  });
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (host: string) => {
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };

  const visitor: Visitor = {
    async send(address, init = {}) {
      const url = new URL(address);
      const cookie = [...jarOf(url.hostname)].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await request(url, {
        dispatcher: agent,
        method: (init.method ?? 'GET') as 'GET',
        headers: { ...(cookie === '' ? {} : { cookie }), ...init.headers },
        body: init.body ?? null,
        signal: AbortSignal.timeout(30_000),
      });
      for (const line of [answer.headers['set-cookie'] ?? []].flat()) keep(jarOf(url.hostname), line);
      const text = await answer.body.text();
      return { url, status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) };
    },
    async open(address) {
      let seen = await visitor.send(address, { headers: navigation });
      for (let hop = 0; isRedirect(seen); hop++) {
        if (hop === 12) throw new Error(`Too many redirects, the last to ${String(seen.headers['location'])}`);
        seen = await visitor.send(new URL(String(seen.headers['location']), seen.url).href, { headers: navigation });
      }
      return seen;
    },
    async submit(page, fields = {}) {
      const form = /<form method="(post|get)" action="([^"]+)">([\s\S]*?)<\/form>/.exec(page.text);
      if (!form) throw new Error(`No form on ${page.url.href}: ${page.status} ${page.text.slice(0, 600)}`);
      const body = new URLSearchParams();
      for (const [, name = '', value = ''] of (form[3] ?? '').matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g))
        body.set(name, unescape(value));
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      const target = new URL(unescape(form[2] ?? ''), page.url);
      if (form[1] === 'get') return visitor.open(`${target.href}?${body.toString()}`);
      const seen = await visitor.send(target.href, {
        method: 'POST',
        headers: {
          ...navigation,
          origin: page.url.origin,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: body.toString(),
      });
      return isRedirect(seen) ? visitor.open(new URL(String(seen.headers['location']), seen.url).href) : seen;
    },
    call: (method, url, body) =>
      visitor.send(url, {
        method,
        headers: {
          accept: 'application/json',
          origin: new URL(url).origin,
          'sec-fetch-site': 'same-origin',
          'sec-fetch-mode': 'cors',
          'sallyport-csrf': '1',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    cookies: host => jarOf(host),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
  return visitor;
}

/** Every name is on this machine: tests may use any host name and ask no name server. */
const findAddress: LookupFunction = (_name, options, found) => {
  if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }]);
  else found(null, '127.0.0.1', 4);
};

const navigation = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
};
const isRedirect = (seen: Seen) => [301, 302, 303, 307, 308].includes(seen.status);
const unescape = (text: string) =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<');

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(/;\s*/);
  const at = pair.indexOf('=');
  const isGone = attributes.some(attribute => /^max-age=0$/i.test(attribute));
  if (isGone) jar.delete(pair.slice(0, at));
  else jar.set(pair.slice(0, at), pair.slice(at + 1));
}

/** The code that an authenticator app shows (RFC 6238) for a base32 secret at a time. */
export function totpCode(base32: string, nowMs: number): string {
  const bits = base32
    .replaceAll(/\s/g, '')
    .split('')
    .map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
