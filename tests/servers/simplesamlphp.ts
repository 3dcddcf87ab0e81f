import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, start, stop, until } from './process.ts';

const php = '/usr/bin/php';
const www = '/usr/share/simplesamlphp/www';

/** A person there: their attributes by name. */
export interface SimpleSamlPerson {
  readonly password: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** A service provider as SimpleSAMLphp is told of it. */
export interface SimpleSamlService {
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  /** The certificates its requests may be signed with; null: signatures are not looked at. */
  readonly signingCertPem: string | readonly string[] | null;
  /** Given: assertions are encrypted for it, or for the first of them. */
  readonly encryptionCertPem?: string | readonly string[];
  /** The attribute that becomes the NameID. */
  readonly nameIdAttribute: string;
}

export interface SimpleSamlPhp extends AsyncDisposable {
  readonly baseUrl: string;
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly sloUrl: string;
  readonly metadataUrl: string;
  /** What it printed and logged. */
  output(): string;
  /** Replaces the services it knows. */
  setServices(services: readonly SimpleSamlService[]): Promise<void>;
  /** Signs with another key from now on. */
  setKeys(keys: { keyPem: string; certPem: string }): Promise<void>;
}

/** Why it cannot be run here, or undefined when it can. */
export function simpleSamlPhpMissing(): string | undefined {
  if (!existsSync(php)) return 'php-cli is not installed';
  return existsSync(path.join(www, 'saml2/idp/SSOService.php')) ? undefined : 'simplesamlphp is not installed';
}

/** Starts SimpleSAMLphp as an identity provider on a free loopback port with everything it writes in a folder of its own. */
export async function startSimpleSamlPhp(options: {
  people: Readonly<Record<string, SimpleSamlPerson>>;
  keys: { keyPem: string; certPem: string };
}): Promise<SimpleSamlPhp> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-ssp-'));
  const entityId = `${baseUrl}/saml2/idp/metadata.php`;
  for (const folder of ['metadata', 'cert', 'log', 'data', 'tmp', 'sessions']) await mkdir(path.join(dir, folder));
  const write = (name: string, value: string): Promise<void> =>
    writeFile(path.join(dir, name), `<?php\n${value}\n`, { mode: 0o600 });
  const setKeys = async (keys: { keyPem: string; certPem: string }): Promise<void> => {
    await writeFile(path.join(dir, 'cert/idp.key'), keys.keyPem, { mode: 0o600 });
    await writeFile(path.join(dir, 'cert/idp.crt'), keys.certPem);
  };
  const setServices = (services: readonly SimpleSamlService[]): Promise<void> =>
    write(
      'metadata/saml20-sp-remote.php',
      services.map(service => assign('metadata', service.entityId, serviceOf(service))).join('\n'),
    );
  await setKeys(options.keys);
  await write('config.php', `$config = ${toPhp(configOf(baseUrl, dir))};`);
  await write(
    'authsources.php',
    `$config = ${toPhp({ people: { 0: 'exampleauth:UserPass', ...sourceOf(options.people) } })};`,
  );
  await write('metadata/saml20-idp-hosted.php', assign('metadata', entityId, hosted));
  await setServices([]);
  const args = ['-d', `error_log=${dir}/log/php.log`, '-d', 'opcache.enable=0', '-S', `127.0.0.1:${port}`, '-t', www];
  const { child, output } = start({ command: php, args, env: { SIMPLESAMLPHP_CONFIG_DIR: dir, TMPDIR: `${dir}/tmp` } });
  const close = async (): Promise<void> => {
    await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  const metadataUrl = `${baseUrl}/saml2/idp/metadata.php`;
  try {
    await until(async () => (await fetch(metadataUrl)).ok, `SimpleSAMLphp on port ${port}`);
  } catch (error) {
    await close();
    throw new Error(`Cannot start SimpleSAMLphp: ${output()}`, { cause: error });
  }
  return {
    baseUrl,
    entityId,
    ssoUrl: `${baseUrl}/saml2/idp/SSOService.php`,
    sloUrl: `${baseUrl}/saml2/idp/SingleLogoutService.php`,
    metadataUrl,
    output,
    setServices,
    setKeys,
    [Symbol.asyncDispose]: close,
  };
}

/** Signs in at SimpleSAMLphp as a browser would, from the address (and form) a gate sends to until the form that goes back. */
export async function signInAtSimpleSaml(
  url: string,
  person: { login: string; password: string },
  sent?: Readonly<Record<string, string>>,
): Promise<{ action: string; fields: Record<string, string>; cookies: Map<string, string> }> {
  const cookies = new Map<string, string>();
  const page = await browse(url, cookies, sent && new URLSearchParams(sent));
  const { fields, action } = formOf(page);
  const body = new URLSearchParams({ ...fields, username: person.login, password: person.password });
  const last = await browse(new URL(action || page.url, page.url).href, cookies, body);
  return { ...formOf(last), cookies };
}

/** Fetches with cookies and follows redirects, but never out of SimpleSAMLphp. */
export async function browse(
  url: string,
  cookies: Map<string, string>,
  body?: URLSearchParams,
): Promise<{ url: string; status: number; text: string; location: string | null }> {
  let at = url;
  let posted = body;
  const { origin } = new URL(url);
  for (let hop = 0; hop < 10; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init: RequestInit = posted ? { method: 'POST', body: posted } : {};
    const response = await fetch(at, { ...init, redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    const text = await response.text();
    const next = location === null ? null : new URL(location, at).href;
    if (next === null || new URL(next).origin !== origin)
      return { url: at, status: response.status, text, location: next };
    at = next;
    posted = undefined;
  }
  throw new Error(`Cannot follow "${url}": too many redirects`);
}

/** The first form of a page: where it goes and what it holds. */
export function formOf(page: { text: string }): { action: string; fields: Record<string, string> } {
  const action = decode(/<form[^>]*\baction="([^"]*)"/.exec(page.text)?.[1] ?? '');
  const fields: Record<string, string> = {};
  for (const [input] of page.text.matchAll(/<input[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(input)?.[1];
    if (name) fields[decode(name)] = decode(/\bvalue="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  return { action, fields };
}

function decode(text: string): string {
  const named: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>', '#039': "'", '#39': "'" };
  return text.replaceAll(/&(#?\w+);/g, (whole, name: string) => named[name] ?? whole);
}

const hosted = {
  host: '__DEFAULT__',
  privatekey: 'idp.key',
  certificate: 'idp.crt',
  auth: 'people',
  'signature.algorithm': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'redirect.sign': true,
  'redirect.validate': true,
  attributeencodings: {},
};

function serviceOf(service: SimpleSamlService): object {
  const bare = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');
  const keys = [
    ...[service.signingCertPem ?? []].flat().map(pem => keyOf(bare(pem), true)),
    ...[service.encryptionCertPem ?? []].flat().map(pem => keyOf(bare(pem), false)),
  ];
  return {
    AssertionConsumerService: service.acsUrl,
    SingleLogoutService: service.sloUrl,
    NameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    authproc: {
      3: {
        class: 'saml:AttributeNameID',
        attribute: service.nameIdAttribute,
        Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      },
    },
    'validate.authnrequest': service.signingCertPem !== null,
    'validate.logout': service.signingCertPem !== null,
    'assertion.encryption': service.encryptionCertPem !== undefined,
    'saml20.sign.assertion': true,
    keys: Object.fromEntries(keys.entries()),
  };
}

function keyOf(certificate: string, signing: boolean): object {
  return { type: 'X509Certificate', signing, encryption: !signing, X509Certificate: certificate };
}

function sourceOf(people: Readonly<Record<string, SimpleSamlPerson>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(people).map(([login, person]) => [`${login}:${person.password}`, person.attributes]),
  );
}

function configOf(baseUrl: string, dir: string): object {
  return {
    baseurlpath: `${baseUrl}/`,
    certdir: `${dir}/cert/`,
    loggingdir: `${dir}/log/`,
    datadir: `${dir}/data/`,
    tempdir: `${dir}/tmp`,
    metadatadir: `${dir}/metadata/`,
    secretsalt: 'for-tests-on-loopback-only',
    'auth.adminpassword': 'for-tests-on-loopback-only',
    technicalcontact_email: 'na@example.org',
    'admin.checkforupdates': false,
    'logging.handler': 'file',
    'enable.saml20-idp': true,
    'module.enable': { exampleauth: true, core: true, saml: true },
    'session.cookie.secure': false,
    'session.cookie.samesite': null,
    'language.cookie.secure': false,
    'session.phpsession.savepath': `${dir}/sessions`,
    'store.type': 'phpsession',
    'authproc.idp': {},
    'metadata.sources': { 0: { type: 'flatfile' } },
    // The address is http on loopback, and the form that posts back goes where it was told.
    'enable.http_post': false,
  };
}

function assign(name: string, key: string, value: object): string {
  return `$${name}[${toPhp(key)}] = ${toPhp(value)};`;
}

function toPhp(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(toPhp).join(', ')}]`;
  const entries = Object.entries(value as object);
  return `[${entries.map(([key, item]) => `${/^\d+$/.test(key) ? key : toPhp(key)} => ${toPhp(item)}`).join(', ')}]`;
}
