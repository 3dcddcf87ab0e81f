import type { FormRule } from './form-rules.ts';
import { isFrontField, isInnerField } from './front-fields.ts';
import type { HeadInput } from './head.ts';

type Headers = HeadInput['headers'];
/** The rule that a value breaks; undefined where it breaks none. The value is trimmed, in lower case and never empty; `raw` is as it came. */
type FieldForm = (value: string, headers: Headers, raw: string) => FormRule | undefined;

/** RFC 3986 section 3.2.2 for what is a name or an address, with a port. */
const hostForm = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/;
/** Addresses that are no site's: nobody, the cloud's own service, and the machine itself in a spelling that no browser writes. */
const nobody =
  /^(?:0\.0\.0\.0|\[::\]|\[::ffff:[\d.a-f:]{3,40}\]|169\.254\.\d{1,3}\.\d{1,3}|100\.100\.100\.200|\[fd00:ec2::254\]|metadata(?:\.google\.internal)?|127\.\d{1,3}(?:\.\d{1,3})?|0x[\da-f.x]+|\d{8,10}|0\d+(?:\.\d+){1,3}|(?:[\w-]{1,63}\.){1,8}(?:oast|oastify|burpcollaborator|interactsh|dnslog)\.\w{2,16})(?::\d{1,5})?$/;

/** Connection options of RFC 9110 section 7.6.1 are never fields for who is behind: an option that names one takes it away from him. */
const keptBehind =
  /^(?:authorization|cookie|host|forwarded|user-agent|origin|referer|range|date|age|via|pragma|x-.{1,64}|content-.{1,64}|accept.{0,64}|cache-control|if-.{1,40}|cf-.{1,40}|sec-.{1,40}|true-client-ip|remote-.{1,40})$/;
/** RFC 9110 section 6.5.1: framing, routing, authentication and what a body is may not come behind it. */
const notBehind =
  /^(?:authorization|proxy-authorization|cookie2?|set-cookie|host|forwarded|content-(?:length|type|encoding|range)|transfer-encoding|te|trailer|expect|range|cache-control|max-forwards|pragma|connection|x-forwarded-.{1,40}|x-real-ip|x-original-.{1,40})$/;
const codingForm = /^(?:trailers|chunked|(?:x-)?(?:gzip|compress)|deflate|\*?)(?:\s*;\s*q=[\d.]{1,5})?$/;
/** RFC 6454 section 7 as browsers and programs in web views write it. */
const originForm = /^(?:null|[a-z][a-z\d+.-]*:\/\/(?:[\w.-]*|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/[^\s"'<>`{}|\\]*)?)$/;

const listMax = 64;
const kindsMax = 160;

/** By name: fields that have a grammar of their own, or that only mean something beside others. */
const forms: ReadonlyMap<string, FieldForm> = new Map<string, FieldForm>([
  ['host', judgeHost],
  ['connection', judgeOptions],
  ['proxy-connection', judgeOptions],
  ['keep-alive', value => (/^[\w\s=,;."-]*$/.test(value) && !hasKept(value) ? undefined : 'protocol.options')],
  ['trailer', value => (parts(value).some(part => notBehind.test(part)) ? 'protocol.options' : undefined)],
  ['te', value => (parts(value).every(part => codingForm.test(part)) ? undefined : 'protocol.options')],
  ['expect', value => (value === '100-continue' ? undefined : 'protocol.field')],
  ['origin', value => (originForm.test(value) ? undefined : 'protocol.field')],
  ['accept', value => longList(value, kindsMax)],
  ['accept-language', value => longList(value, listMax)],
  ['accept-encoding', value => longList(value, listMax)],
  ['accept-charset', value => longList(value, listMax)],
  ['cache-control', value => longList(value, listMax)],
  ['if-none-match', value => longList(value, kindsMax)],
  ['if-match', value => longList(value, kindsMax)],
  ['cookie', judgeCookies],
  ['content-type', value => (/^[\w.+-]+\/[\w.+*-]+\s+[\w.+-]+\/[\w*]/.test(value) ? 'protocol.field' : undefined)],
  ['authorization', judgeCredentials],
  ['proxy-authorization', judgeCredentials],
  ['x-http-method-override', judgeOverride],
  ['x-method-override', judgeOverride],
  ['x-http-method', judgeOverride],
  ['x-forwarded-host', judgeOtherHost],
  ['x-original-host', judgeOtherHost],
  ['x-forwarded-server', judgeAlone],
  ['x-forwarded-prefix', judgeAlone],
  [
    'x-forwarded-port',
    (value, headers) => (hostOf(headers).endsWith(`:${value}`) ? undefined : judgeAlone(value, headers)),
  ],
  ['x-script-name', judgeAlone],
  ['fastly-host', judgeOtherHost],
  ['forwarded', judgeForwarded],
]);

/** The rule that one field of a head breaks. Linear in the value. */
export function judgeFieldForm(name: string, value: string, headers: Headers): FormRule | undefined {
  const form = forms.get(name);
  if (value === '') return undefined;
  if (form !== undefined) return form(value.trim().toLowerCase(), headers, value);
  if (isFrontField(name)) return hasFront(headers) ? undefined : 'protocol.forwarded';
  const isInner =
    name.startsWith('x-') && isInnerField(name, value.trim().toLowerCase(), text(headers, 'user-agent').toLowerCase());
  return isInner ? 'protocol.inside' : undefined;
}

/** Names that some servers read as another one, by writing `-` for every sign (RFC 3875 section 4.1.18): those no client may speak for. */
export function isDisguisedName(name: string): boolean {
  const plain = name.replaceAll(/[^a-z\d]/g, '-').replaceAll(/^-+|-+$/g, '');
  return (
    plain !== name &&
    /^(?:x-)?(?:forwarded(?:-.{1,24})?|real-ip|original-(?:url|uri|host)|rewrite-url|transfer-encoding|content-length|host|connection|cookie|authorization|remote-(?:user|addr|groups)|client-ip|accel-redirect|http-method-override)$/.test(
      plain,
    )
  );
}

function parts(value: string): readonly string[] {
  return value.split(',', 100).map(part => part.trim());
}

function hasKept(value: string): boolean {
  return value.split(/[,;]/, 32).some(part => keptBehind.test(part.trim()));
}

function judgeHost(value: string): FormRule | undefined {
  if (!hostForm.test(value) || !/[\da-z]|^\[::/.test(value)) return 'protocol.host';
  // RFC 1035 section 2.3.4: a label has 1 to 63 characters.
  if (value.includes('..') || value.startsWith('.') || /[^.:]{64}/.test(value)) return 'protocol.host';
  return nobody.test(value) ? 'protocol.host' : undefined;
}

function judgeOptions(value: string): FormRule | undefined {
  if (value === 'keep-alive' || value === 'close') return undefined;
  return hasKept(value) ? 'protocol.options' : undefined;
}

function longList(value: string, max: number): FormRule | undefined {
  if (value.length < 2 * max) return undefined;
  let commas = 0;
  for (let at = value.indexOf(','); at >= 0; at = value.indexOf(',', at + 1))
    if (++commas > max) return 'protocol.filled';
  return /\d{64}/.test(value) ? 'protocol.filled' : undefined;
}

/** RFC 6265 knows no versions: one that is said makes some servers read a quoted value over the cookies behind it. */
function judgeCookies(value: string): FormRule | undefined {
  if (value.startsWith('$version') && /="[^";]{0,2000};/.test(value)) return 'protocol.field';
  if (value.includes('__') && borrowed.test(value)) return 'protocol.field';
  return value.includes('\\') && spelled.test(value) ? 'protocol.field' : undefined;
}

/** RFC 6265bis section 4.1.3: a prefix that browsers guard, behind what some servers drop from the beginning of a name. */
const borrowed = /(?:^|;)\s*(?:=|[^\w\s;="]{1,8})\s*=?__(?:host|secure|http)-/;
/** Letters written as octal numbers: writers of quoted cookies do that to signs only. */
const spelled = /="[^";]{0,500}(?:\\(?:06\d|07[01]|10[1-7]|1[1256]\d|13[0-2]|14[1-7]|17[0-2])){2}/;

/** RFC 7617 section 2: no control characters, where some servers end the name or the password. */
function judgeCredentials(_: string, __: Headers, raw: string): FormRule | undefined {
  const basic = /^\s*basic[ \t]+([\w+/-]{2,4096}={0,2})\s*$/i.exec(raw);
  // oxlint-disable-next-line no-control-regex -- these are the characters looked for
  return basic !== null && /[\0-\x1f\x7f]/.test(Buffer.from(basic[1] ?? '', 'base64').toString('latin1'))
    ? 'protocol.field'
    : undefined;
}

/** A method is one word. */
function judgeOverride(value: string): FormRule | undefined {
  return /^[\w-]{1,40}(?:\s?,\s?[\w-]{1,40})*$/.test(value) ? undefined : 'protocol.method';
}

function text(headers: Headers, name: string): string {
  const value = headers[name];
  return value === undefined ? '' : typeof value === 'string' ? value : value.join(', ');
}

function hostOf(headers: Headers): string {
  return (text(headers, 'host') || text(headers, ':authority')).toLowerCase();
}

/** Every proxy that says which host it was asked for says who asked. */
function hasCaller(headers: Headers): boolean {
  return (
    headers['x-forwarded-for'] !== undefined ||
    headers['via'] !== undefined ||
    headers['x-real-ip'] !== undefined ||
    headers['x-client-ip'] !== undefined ||
    headers['true-client-ip'] !== undefined ||
    headers['cf-connecting-ip'] !== undefined ||
    headers['fastly-client-ip'] !== undefined ||
    headers['x-azure-clientip'] !== undefined ||
    headers['x-envoy-external-address'] !== undefined ||
    text(headers, 'forwarded').toLowerCase().includes('for=')
  );
}

/** Within a mesh, the neighbour says who asked by his certificate alone, and numbers the request. */
function hasFront(headers: Headers): boolean {
  return hasCaller(headers) || (headers['x-request-id'] !== undefined && headers['x-forwarded-proto'] !== undefined);
}

function judgeAlone(_: string, headers: Headers): FormRule | undefined {
  return hasCaller(headers) ? undefined : 'protocol.forwarded';
}

function judgeOtherHost(value: string, headers: Headers): FormRule | undefined {
  const own = siteOf(hostOf(headers));
  if (own === '' || parts(value).every(part => siteOf(part) === own)) return undefined;
  return judgeAlone(value, headers);
}

/** The last two labels of a name; an address as it is. */
function siteOf(host: string): string {
  const bare = host.replace(/:\d{1,5}$/, '').replace(/\.$/, '');
  return /^[\d.]+$|^\[/.test(bare) ? bare : bare.split('.').slice(-2).join('.');
}

/** RFC 7239 section 4. */
function judgeForwarded(value: string, headers: Headers): FormRule | undefined {
  const pairs = value.split(/[,;]/, 64).map(pair => pair.trim());
  if (pairs.some(pair => pair !== '' && !/^[a-z][\w-]{0,30}=[^<>{}$|\\]*$/.test(pair))) return 'protocol.forwarded';
  const host = pairs
    .find(pair => pair.startsWith('host='))
    ?.slice(5)
    .replaceAll('"', '');
  const isOther = host !== undefined && siteOf(host) !== siteOf(hostOf(headers));
  if (!isOther) return undefined;
  const isOwn = pairs.some(pair => /^for="?(?:127\.|\[?::1|localhost|10\.|192\.168\.)/.test(pair));
  return isOwn || !hasCaller(headers) ? 'protocol.forwarded' : undefined;
}
