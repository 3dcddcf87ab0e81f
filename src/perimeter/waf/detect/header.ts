import { charClass, type Detector, type DetectorInput, type Hit, type Rule } from '../waf.ts';
import { forwardingFields, internalFields, isForged, powerfulUser, toolFields, userFields } from './forwarding.ts';
import { goesOnAsLines } from './header-lines.ts';
import { folded, headerNames, injectedName, isOwnForm } from './header-names.ts';
import { targetOf } from './ssrf/address.ts';

const rules = [
  { id: 'header.split', title: 'a line end followed by a header', points: 5, paranoia: 1 },
  { id: 'header.split_text', title: 'header lines in a field of several lines', points: 3, paranoia: 1 },
  { id: 'header.response', title: 'a line end followed by a whole HTTP response', points: 5, paranoia: 1 },
  { id: 'header.request', title: 'a second HTTP request inside a value', points: 5, paranoia: 1 },
  { id: 'header.line_end', title: 'a line end where none belongs', points: 3, paranoia: 1 },
  { id: 'header.folded_line_end', title: 'a letter that becomes a line end', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const fieldRules = [
  {
    id: 'header.rewritten_path',
    title: 'a header that makes some servers answer for another path',
    points: 5,
    paranoia: 1,
  },
  { id: 'header.proxy', title: 'a header that becomes the proxy setting of CGI programs', points: 5, paranoia: 1 },
  { id: 'header.own_address', title: 'a caller who says to be the machine itself', points: 3, paranoia: 1 },
  {
    id: 'header.address_override',
    title: 'a caller who forges the address of the machine itself',
    points: 5,
    paranoia: 1,
  },
  { id: 'header.forged_forwarding', title: 'a forwarding header with what no proxy writes', points: 5, paranoia: 1 },
  { id: 'header.internal', title: 'a header that only servers send one another', points: 5, paranoia: 1 },
  { id: 'header.tool', title: 'a header set by a tool that looks for holes', points: 5, paranoia: 1 },
  { id: 'header.ranges', title: 'a request for very many ranges', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

type FieldRule = (typeof fieldRules)[number]['id'];
type HeaderRule = (typeof rules)[number]['id'];
type Report = (rule: HeaderRule, start: number, end: number) => void;

const methods =
  /^(?:(?:get|post|put|delete|head|options|patch|connect|trace|propfind)\s{1,4}[/h*][^\s]{0,400}\s{1,4}http\/[0-3]|connect\s{1,4}[\w.-]{1,120}:\d{1,5}\s{1,4}http\/[0-3]|proxy tcp[46]\s[\da-f.:]{2,40}\s)/;
const ownAddress =
  /^(?:\[127\.0\.0\.1\]|127(?:\.\d{1,3}){3}|localhost|::1|\[::1\]|0\.0\.0\.0|2130706433|0x7f000001|017700000001)(?::\d{1,5})?(?=$|[,\s])/;
const overrides = new Set([
  'x-custom-ip-authorization',
  'x-originating-ip',
  'x-remote-ip',
  'x-remote-addr',
  'x-client-ip',
  'client-ip',
  'x-forwarded',
  'forwarded-for',
  'x-forwarded-by',
  'x-host',
  'x-forward-for',
  'x-true-ip',
  'x-originally-forwarded-for',
  'x-cluster-client-ip',
  'x-proxyuser-ip',
  'wl-proxy-client-ip',
  'proxy-client-ip',
  'http-client-ip',
  'http_client_ip',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-appengine-user-ip',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-real-client-ip',
  'x-sucuri-clientip',
  'cf-connecting-ip',
  'true-client-ip',
  'fastly-client-ip',
  'x-projectdiscovery',
  'http-x-forwarded-for',
  'http_x_forwarded_for',
]);
const asserted = new Set([
  'x-forwarded-for',
  'x-real-ip',
  'true-client-ip',
  'x-forwarded-host',
  'x-forwarded-server',
  'cf-connecting-ip',
  'fastly-client-ip',
  'forwarded',
]);

/** Further names under which servers and their filters take another path. */
const paths = new Set(
  'x-proxy-url proxy-url request-uri x-request-uri x-original-path x-original-request-uri base-url http-url x-forwarded-url x-real-url x-rewrite-uri x-rewrite-path x-override-uri x-override-path x-replaced-path x-replaced-url x-waws-unencoded-url x-upstream-url x-accel-mapping x-sendfile-type x-sub-path x-redirect-url'.split(
    ' ',
  ),
);

/** Every name `judgeField` asks for. */
const judged = new Set([
  'x-original-url',
  'x-rewrite-url',
  'x-override-url',
  'x-http-destinationurl',
  'proxy',
  'range',
  'request-range',
  'x-original-uri',
  'x-forwarded-uri',
  'x-forwarded-path',
  ...paths,
  ...overrides,
  ...asserted,
  ...internalFields,
  ...userFields,
  ...toolFields,
  ...forwardingFields,
]);

/** Values that split a header or smuggle a request, and headers that exist only to deceive what stands behind. */
export const header: Detector = {
  id: 'header',
  rules,
  needles: ['\\r\\n', '\\n', '%0a', '%0d', '\u560a', '\u560d', '\u010a', '\u010d', '\u2028', '\u2029', '\u0085'],
  chars: charClass.newline | charClass.control | charClass.high,
  mayMatch: ({ chars, hasNeedle, text }) =>
    hasNeedle || (chars & (charClass.newline | charClass.control)) !== 0 || folded.test(text),
  detect(input, hit) {
    const said = new Set<HeaderRule>();
    judge(input, (rule, start, end) => {
      if (said.has(rule)) return;
      said.add(rule);
      hit(rule, start, end);
    });
  },
};

/** Headers judged by their name; apart from the other because every header value wakes it. */
export const headerFields: Detector = {
  id: 'header_fields',
  rules: fieldRules,
  needles: [],
  chars: charClass.letter | charClass.digit | charClass.slash,
  zones: ['header'],
  mayMatch: ({ place, text }) => judged.has(place.name.toLowerCase()) || mayBeOwn(text) || toolName.test(place.name),
  detect: judgeField,
};

const batched = /^\s{0,4}(?:get|head|post|put|patch|merge|delete) [^\s]{1,2000} http\/1\.[01]\s/;

function judge(input: DetectorInput, report: Report): void {
  const { lower, place } = input;
  // A batch (OData 4.01, section 11.7) is made of whole requests, each in a part that has no name.
  if (place.zone === 'multipart' && place.name === '' && batched.test(lower)) return;
  const first = lineEndAt(lower, 0);
  const isBody =
    place.zone === 'query'
      ? first !== undefined && /\S\s\S{1,40}\s\S|\S:$/.test(lower.slice(0, Math.min(first.start, 200)))
      : place.zone !== 'path' && place.zone !== 'header' && place.zone !== 'cookie';
  const dropped = (input.chars & charClass.high) === 0 ? null : folded.exec(input.text);
  if (dropped !== null) report('header.folded_line_end', dropped.index, dropped.index + 2);
  if (first === undefined) return;
  const lines = first.start < 100 ? goesOnAsLines(lower, place) : undefined;
  if (lines !== undefined) report(lines, first.start, Math.min(lower.length, first.end + 40));
  const isSnippet = isBody && !beginsAsValue(lower, first.start);
  if (!isSnippet || !isBody) {
    const rest = lower.slice(first.end, first.end + 80);
    if (isBlankLine(lower, first) && answerBody.test(rest) && !lower.slice(0, first.start).includes('<'))
      report('header.response', first.start, first.end + 8);
  }
  if (
    first.start < 400 &&
    requestEnd.test(lower.slice(Math.max(0, first.start - 12), first.start)) &&
    /^\s{0,4}[a-z-]{3,32}:/.test(lower.slice(first.end, first.end + 40)) &&
    !methods.test(lower.slice(0, first.start))
  )
    report('header.request', Math.max(0, first.start - 9), first.end);
  let seen = 0;
  for (let line: LineEnd | undefined = first; line !== undefined && seen < 400; seen++) {
    judgeLine(lower, { line, isBody, isSnippet }, report);
    line = lineEndAt(lower, line.end);
  }
  if (place.zone === 'header' && /[\r\n]/.test(lower.trim())) report('header.line_end', first.start, first.end);
}

interface LineEnd {
  readonly start: number;
  readonly end: number;
}

/** Two line ends with nothing between: the head of an answer ends there. */
function isBlankLine(lower: string, { start, end }: LineEnd): boolean {
  return lower.slice(start, end).replaceAll(/%0[ad]|\\[rn]|\r\n|[\r\n]/g, '.').length >= 2;
}

/** The next run of line ends, real ones or written as `\r\n` or `%0d%0a`. */
function lineEndAt(lower: string, from: number): LineEnd | undefined {
  for (let at = from; at < lower.length; at++) {
    const length = lineEndLength(lower, at);
    if (length === 0) continue;
    let end = at + length;
    for (let next = lineEndLength(lower, end); next > 0; next = lineEndLength(lower, end)) end += next;
    return { start: at, end };
  }
  return undefined;
}

function lineEndLength(lower: string, at: number): number {
  const code = lower.charCodeAt(at);
  if (code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029) return 1;
  if (code === 11 || code === 12 || (code >= 0x1c && code <= 0x1e)) return 1;
  if (code === 37 && (lower.startsWith('%0d', at) || lower.startsWith('%0a', at))) return 3;
  if (code === 92 && (lower.startsWith('\\r', at) || lower.startsWith('\\n', at)))
    return isEscapedEnd(lower, at) ? 2 : 0;
  return 0;
}

/** `\n` of a Windows path (`c:\news`) is none: an escape counts before another one, a header, a method or a response. */
function isEscapedEnd(lower: string, at: number): boolean {
  if (lower.startsWith('\\n', at + 2) || lower.startsWith('\\r', at - 2)) return true;
  return /^(?:[a-z-]{4,32}:|http\/)/.test(lower.slice(at + 2, at + 40));
}

/** What stands before the first line end is short and one word: a parameter's value, not the first line of a text. */
function beginsAsValue(lower: string, end: number): boolean {
  return (
    end < 200 &&
    !lower.startsWith('```') &&
    !/[\s:]/.test(
      lower
        .slice(0, end)
        .trim()
        .replace(/^https?:/, ''),
    )
  );
}

interface Line {
  readonly line: LineEnd;
  readonly isBody: boolean;
  readonly isSnippet: boolean;
}

function judgeLine(lower: string, { line, isBody, isSnippet }: Line, report: Report): void {
  const from = skipBlanks(lower, line.end);
  const rest = lower.slice(from, from + 480);
  if (/^http\/[0-3](?:\.\d)?[\s+]{1,4}[1-5]\d\d\b/.test(rest)) {
    return report(isSnippet ? 'header.split_text' : 'header.response', line.start, from + 16);
  }
  if (methods.test(rest)) {
    const isChunkEnd = /(?:^|[\r\n])0(?:\r?\n){1,2}$/.test(lower.slice(Math.max(0, line.start - 4), line.end));
    return report(isBody && isSnippet && !isChunkEnd ? 'header.split_text' : 'header.request', line.start, from + 16);
  }
  const name = /^([a-z][a-z0-9-]{1,47})\s?(?::|%3a)/.exec(rest)?.[1];
  if (name === undefined) return;
  const isStrong = headerNames.get(name);
  if (isStrong === undefined) {
    if (!isBody && (/^x-[a-z]/.test(name) || name === 'p3p')) report('header.split', line.start, from + name.length);
    else if (
      !isSnippet &&
      (injectedName.test(name) || isOwnForm(name, rest.slice(name.length)) || (isBody && /^x-[a-z]{2}/.test(name)))
    )
      report('header.split', line.start, from + name.length);
    else if (!isBody && name.includes('-'))
      report(isSnippet ? 'header.line_end' : 'header.split', line.start, from + name.length);
    return;
  }
  if (
    !isBody ||
    (!isSnippet &&
      ((isStrong && name !== 'location') ||
        (name !== 'location' && injectedName.test(name)) ||
        isOwnForm(name, rest.slice(name.length))))
  )
    report('header.split', line.start, from + name.length);
  else if (!isSnippet && (name === 'location' || name === 'content-type')) {
    report(
      /:\s{0,2}(?:https?:|\/|text\/html)/.test(rest.slice(name.length, name.length + 24))
        ? 'header.split'
        : 'header.split_text',
      line.start,
      from + name.length,
    );
  } else if (
    !isSnippet &&
    name === 'link' &&
    /^[\s:]{1,3}<[^>]{1,200}>\s{0,2};\s{0,2}rel/.test(rest.slice(name.length))
  ) {
    report('header.split', line.start, from + name.length);
  } else if (isStrong) report('header.split_text', line.start, from + name.length);
}

/** The first line's end is where a request line ends: what follows was to be another request's head. */
const requestEnd = /\shttp\/[0-3](?:\.\d)?$/;
const answerBody = /^\s{0,4}<(?:!doctype|html|script|svg|body|head|iframe)\b/;

function skipBlanks(lower: string, from: number): number {
  let at = from;
  while (at < lower.length && at - from < 8 && (lower[at] === ' ' || lower[at] === '\t')) at++;
  return at;
}

/**
 * Very many ranges, numbers beyond any file, ranges that end before they begin, lie over one another, or ask for the rest more than once
 * (RFC 9110 sections 14.1.2 and 14.2).
 */
function isOddRange(value: string): boolean {
  const ranges = value.replace(/^[a-z]{1,16}=/, '').split(',', 12);
  if (ranges.length > 10 || /\d{16}/.test(value)) return true;
  let open = 0;
  let suffixes = 0;
  let before = -1;
  let overlaps = 0;
  for (const range of ranges) {
    const found = /^\s{0,4}(\d{0,15})-(\d{0,15})\s{0,4}$/.exec(range);
    if (found === null) {
      if (value.startsWith('bytes=') && /[^\d\s*/-]/.test(range)) return true;
      continue;
    }
    const [, from = '', to = ''] = found;
    if (from !== '' && to !== '' && Number(to) < Number(from)) return true;
    if (from === '') suffixes++;
    else if (to === '') open++;
    if (from !== '' && Number(from) <= before) overlaps++;
    before = Math.max(before, to === '' ? Number(from) : Number(to));
  }
  return suffixes > 1 || open > 1 || overlaps > 2;
}

/** Names that no proxy sets and lists of ways around a block of addresses are full of. */
const bypasses = new Set([
  'x-custom-ip-authorization',
  'x-remote-ip',
  'x-remote-addr',
  'x-forward-for',
  'forwarded-for',
  'x-true-ip',
  'x-originating-ip',
  'x-originally-forwarded-for',
  'http-client-ip',
  'http_client_ip',
  'http-x-forwarded-for',
  'http_x_forwarded_for',
]);

/** A tool that looks for holes, by its name. */
const toolName =
  /^x-(?:burp|zap|nikto|sqlmap|nuclei|acunetix|netsparker|invicti|qualys|nessus|arachni|w3af|openvas|detectify|wapiti|caido)(?:-|$)/i;

/** The machine itself, as the whole of a value. */
function mayBeOwn(text: string): boolean {
  return text.length < 24 && /^(?:127\.|localhost|::1$|\[::1|0\.0\.0\.0|2130706433|0x7f|017)/i.test(text);
}

/** Any name that is about where somebody comes from: lists of ways around a block make up new ones every year. */
const callerName =
  /(?:^|[-_.])(?:ips?|addr|address|client|clientip|realip|for|host|forwarded|forward|remote|authorization)$|forward|remote[-_.]addr/;

/** Leads to the machine itself in some other spelling; to any private address where the name is of no proxy. */
function isInside(name: string, value: string): boolean {
  const first =
    value
      .split(',', 1)[0]
      ?.trim()
      .replace(/(?<=\.\d{1,3}):\d{1,5}$/, '') ?? '';
  const target = targetOf(first);
  return target === 'disguised' || target === 'loopback' || (bypasses.has(name) && target !== 'public');
}

function judgeField(input: DetectorInput, hit: Hit): void {
  const { lower, place } = input;
  if (place.part === 'name') return;
  const name = place.name.toLowerCase();
  const value = lower.trim();
  const say = (rule: FieldRule): void => hit(rule, 0, lower.length);
  if (
    name === 'x-original-url' ||
    name === 'x-rewrite-url' ||
    name === 'x-override-url' ||
    name === 'x-http-destinationurl' ||
    name === 'x-original-uri' ||
    name === 'x-forwarded-uri' ||
    name === 'x-forwarded-path' ||
    paths.has(name)
  )
    say('header.rewritten_path');
  else if (name === 'proxy') say('header.proxy');
  else if (internalFields.has(name) || (userFields.has(name) && powerfulUser.test(value))) say('header.internal');
  else if (toolFields.has(name) || toolName.test(name)) say('header.tool');
  else if (isForged(name, value)) say('header.forged_forwarding');
  else if ((name === 'range' || name === 'request-range') && isOddRange(value)) say('header.ranges');
  else if (overrides.has(name)) {
    if (ownAddress.test(value) || isInside(name, value)) say('header.address_override');
  } else if (asserted.has(name)) {
    if (ownAddress.test(value)) say('header.own_address');
  } else if (ownAddress.test(value) && callerName.test(name) && name !== 'origin') say('header.address_override');
}
