import type { Detector, DetectorInput, Hit, Place, Rule } from '../../waf.ts';
import { type Target, targetOf } from './address.ts';
import { type Asked, isBesideServer, isDeepFetched, isService, isServicePort } from './internal-url.ts';
import { isNumbered, isTaken, otherScheme } from './other-schemes.ts';
import {
  addressed,
  dangerous,
  fetched,
  honestHeaders,
  included,
  needles,
  numberedText,
  ordinary,
  ownPages,
  stores,
} from './vocabulary.ts';

const rules = [
  { id: 'ssrf.metadata', title: "a request to a cloud machine's metadata service", points: 5, paranoia: 1 },
  { id: 'ssrf.metadata_mention', title: 'the address of a metadata service', points: 3, paranoia: 1 },
  { id: 'ssrf.disguised_host', title: 'an internal address in a form that few recognise', points: 5, paranoia: 1 },
  { id: 'ssrf.internal_url', title: 'a URL of an internal service to be fetched', points: 5, paranoia: 1 },
  { id: 'ssrf.internal_mention', title: 'the URL of an internal service', points: 3, paranoia: 1 },
  { id: 'ssrf.internal_any', title: 'any URL of an internal service', points: 5, paranoia: 2 },
  {
    id: 'ssrf.scheme',
    title: 'a URL of a scheme that reaches files, shells or raw connections',
    points: 5,
    paranoia: 1,
  },
  { id: 'ssrf.file_mention', title: 'a file URL', points: 2, paranoia: 1 },
  { id: 'ssrf.split_authority', title: 'a URL with two hosts, one of them internal', points: 5, paranoia: 1 },
  { id: 'ssrf.remote_include', title: 'a script on another site to be included', points: 5, paranoia: 1 },
  { id: 'ssrf.remote_file', title: 'a page parameter that leads to another site', points: 3, paranoia: 1 },
] as const satisfies readonly Rule[];
type SsrfRule = (typeof rules)[number]['id'];

/** URLs that make the server reach inside: its own machine, its network, its cloud's metadata, or by a scheme other than http. */
export const ssrf: Detector = {
  id: 'ssrf',
  rules,
  needles,
  chars: 0,
  detect,
};

function detect(input: DetectorInput, hit: Hit): void {
  const { lower, place, paranoia } = input;
  // Apache takes what follows the bar for the server behind a socket whose name is too long.
  const isSocket = place.zone === 'query' && lower.startsWith('unix:');
  if (isSocket && (/^unix:[^|]{0,400}\|/.test(lower) || (lower.length > 400 && /\|https?:/.test(lower))))
    hit('ssrf.scheme', 0, 5);
  if (place.part === 'name') return;
  const said = new Set<SsrfRule>();
  const report = (rule: SsrfRule, start: number, end: number): void => {
    if (said.has(rule)) return;
    said.add(rule);
    hit(rule, start, end);
  };
  let count = 0;
  for (let at = lower.indexOf(':'); at !== -1 && count < 2000; at = lower.indexOf(':', at + 1), count++) {
    const url = urlAt(lower, at);
    if (url !== undefined) judgeUrl(lower, { url, place, paranoia }, report);
  }
  judgeData(lower, place, report);
  const socket = lower.indexOf('unix:');
  if (
    socket >= 0 &&
    socket < 12 &&
    /^unix:\/{0,3}(?:%2f|\/)?(?:var|run|tmp)[/%]/.test(lower.slice(socket, socket + 24))
  )
    report('ssrf.scheme', socket, socket + 20);
  const start = leading(lower);
  if (lower.length < 600 && addressed.test(lower.slice(start))) judgeBare(lower, start, place, report);
}

interface FoundUrl {
  readonly scheme: string;
  readonly start: number;
  /** Where the host part begins. */
  readonly host: number;
}

/** A URL whose scheme ends at the colon: `http://`, also `http:/` and `http:\\` as lenient parsers take them, `php:` and `jar:` without slashes. */
function urlAt(lower: string, colon: number): FoundUrl | undefined {
  let start = colon;
  while (start > 0 && colon - start < 16 && /[a-z0-9+._]/.test(lower[start - 1] ?? '')) start--;
  const scheme = lower.slice(start, colon).replace(/^[\d._+]{1,16}/, '');
  if (scheme === '') return undefined;
  let host = colon + 1;
  while (host < lower.length && host - colon < 8 && '/\\'.includes(lower[host] ?? ' ')) host++;
  const slashes = host - colon - 1;
  if (slashes >= 2 || (slashes >= 1 && /^https?$/.test(scheme))) return { scheme, start: colon - scheme.length, host };
  if (scheme === 'file' && slashes === 1) return { scheme, start: colon - scheme.length, host };
  if (/^https?$/.test(scheme) && start === 0 && /^(?:@|[\d[][^/]{0,60}\.)/.test(lower.slice(host, host + 64))) {
    return { scheme, start: 0, host };
  }
  const isLoose =
    scheme === 'jar' || scheme === 'netdoc' || scheme === 'expect' || scheme === 'gopher' || scheme === 'dict';
  return isLoose && lower.length > host ? { scheme, start: colon - scheme.length, host } : undefined;
}

interface Found {
  readonly url: FoundUrl;
  readonly place: Place;
  readonly paranoia: number;
}

function judgeUrl(lower: string, found: Found, report: (rule: SsrfRule, start: number, end: number) => void): void {
  const { url, place } = found;
  const isWhole = isWholeValue(lower, url.start, place);
  const end = Math.min(lower.length, url.host + 80);
  if (/^(?:https?|ftps?|wss?|url)$/.test(url.scheme) || dangerous.has(url.scheme) || url.scheme === 'file') {
    judgeScheme(lower, { ...found, isWhole }, report);
    const { target, isSplit } = authorityTarget(lower, url.host);
    if (target !== 'public') {
      const rest = lower.slice(url.host, url.host + 200);
      const standing = { place, isWhole, isSplit, rest, target, scheme: url.scheme };
      const isMarred =
        isWhole &&
        url.scheme.startsWith('http') &&
        !/^:\/\/[^/\\]/.test(lower.slice(url.start + url.scheme.length, url.host + 1));
      const rule = isMarred ? 'ssrf.disguised_host' : ruleFor({ ...standing, isJoined: isJoined(lower, url.start) });
      report(rule, url.start, end);
      if (found.paranoia >= 2) report('ssrf.internal_any', url.start, end);
    } else if (isWhole && /^(?:https?|ftps?)$/.test(url.scheme)) {
      const rest = lower.slice(url.host, url.host + 100);
      if (isServicePort(rest, place) || isBesideServer(rest, place)) report('ssrf.internal_url', url.start, end);
      else if (isLedInside(lower, url.host, place)) report('ssrf.internal_url', url.start, end);
      judgeInclude(lower, found, report);
    }
  } else if (isWhole) judgeOther(lower, found, report);
}

/** Databases, queues, shares and whatever else has an address of its own behind a scheme. */
function judgeOther(lower: string, found: Found, report: (rule: SsrfRule, start: number, end: number) => void): void {
  const { url, place } = found;
  // A camera's own stream, which a recorder is asked to show.
  if (url.scheme.startsWith('rtsp') && /stream|cam|video|rtsp|channel/.test(place.name.toLowerCase())) return;
  const { target } = authorityTarget(lower, url.host);
  const isAsked = isFetched(place) && place.zone !== 'json' && (stores.test(url.scheme) || isNumbered(lower, url.host));
  const rule = isTaken(place) ? otherScheme(lower, url, target) : undefined;
  const told = rule ?? (isAsked && target !== 'public' ? 'ssrf.internal_url' : undefined);
  if (told !== undefined) report(told, url.start, Math.min(lower.length, url.host + 80));
}

function judgeScheme(
  lower: string,
  found: Found & { isWhole: boolean },
  report: (rule: SsrfRule, start: number, end: number) => void,
): void {
  const { url, isWhole } = found;
  const end = Math.min(lower.length, url.host + 60);
  if (url.scheme === 'file') {
    const isReference =
      found.place.zone === 'header' || found.place.zone === 'cookie' || ownPages.test(found.place.name.toLowerCase());
    const isUsual = /^\/{2,3}[a-z]:|^\/{2,3}(?:users|home|android_asset|var\/mobile|private\/var)\//.test(
      lower.slice(url.start + 5, url.start + 32),
    );
    report(isWhole && !isReference && !isUsual ? 'ssrf.scheme' : 'ssrf.file_mention', url.start, end);
    return;
  }
  if (!dangerous.has(url.scheme) || !/^[^\s'"<>]/.test(lower.slice(url.host, url.host + 1))) return;
  if (url.scheme === 'jar' && !/^jar:(?:https?|file|ftp):/.test(lower.slice(url.start, url.start + 12))) return;
  if (
    url.scheme === 'php' &&
    !/^(?:filter|input|data|expect|memory|temp|stdin|fd|output)/.test(lower.slice(url.host, url.host + 8))
  )
    return;
  if (url.scheme === 'expect' && !(isWhole && lower[url.host] !== ' ')) return;
  if ((url.scheme === 'dict' || url.scheme === 'gopher') && url.host - url.start < url.scheme.length + 3) return;
  if (ordinary.has(url.scheme) && !(isWhole && isFetched(found.place))) return;
  report('ssrf.scheme', url.start, end);
}

/** The value is the URL; behind at most what some forms put before it. In a path, what follows a slash is a value of its own. */
function isWholeValue(lower: string, start: number, place: Place): boolean {
  // A sentence goes on behind the URL: nothing that fetches would take it.
  if (/^\S{1,200}\s{1,4}[^\s:/]{1,40}\s{1,4}[^\s:/]{1,40}/.test(lower.slice(start, start + 300))) return false;
  if (
    start <= leading(lower) ||
    /^(?:[a-z-]{2,12}:)?(?:url|feed|view-source|blob|filesystem|location|wyciwyg|jar|intent):$/.test(
      lower.slice(0, start),
    ) ||
    lower.startsWith('url:', start - 4)
  )
    return true;
  // `url=http://…`: the name was sent along with what it is for.
  if (lower[start - 1] === '=' && start <= 13 && /^[a-z]{2,12}=$/.test(lower.slice(0, start))) return true;
  if (';,|'.includes(lower[start - 1] ?? ' ') && lower.length < 300 && !/\s/.test(lower)) return true;
  return place.zone === 'path' && '/='.includes(lower[start - 1] ?? ' ');
}

/** Standing in structure (`u=http`, `"http`, `<x>http`) rather than in a sentence. */
function isJoined(lower: string, start: number): boolean {
  return '"\'=(<>,|@`[{&;'.includes(lower[start - 1] ?? ' ');
}

interface Standing extends Asked {
  readonly place: Place;
  readonly isWhole: boolean;
  readonly isSplit: boolean;
  readonly isJoined: boolean;
  readonly rest: string;
}

function ruleFor({ place, isWhole, isSplit, isJoined, rest, target, scheme }: Standing): SsrfRule {
  if (isSplit) return 'ssrf.split_authority';
  if (target === 'disguised') return 'ssrf.disguised_host';
  if (
    target === 'inside' &&
    isWhole &&
    /^(?:kubernetes\.default|consul\.service|[\w-]{1,40}\.[\w-]{1,40}\.svc)\b/.test(rest)
  )
    return 'ssrf.internal_url';
  if (target === 'metadata')
    return isWhole || isJoined || place.zone !== 'json' ? 'ssrf.metadata' : 'ssrf.metadata_mention';
  if (!isWhole) return 'ssrf.internal_mention';
  return isFetched(place) || isService(rest, { place, target, scheme }) ? 'ssrf.internal_url' : 'ssrf.internal_mention';
}

/** Where a device tells its own address: TR-069 (section A.3.3.1), the sender of WS-Addressing, the services of ONVIF. */
const reported =
  /(?:inform\.parameterlist\.parametervaluestruct\.value|header\.from\.address|\.xaddrs?|subscriptionreference\.address)$/;
/** What a traced request was about, in the words of OpenTelemetry and Zipkin. */
const traced = /(?:^|[.\]])(?:tags|attributes|labels)\.(?:http|url|peer|net|server)\.[\w.]{1,40}$/;

/**
 * Fields a server would fetch. Pages of people's own machines are told by redirects, referrers and analytics; and settings deep inside a
 * document (`nodes[].parameters.url`) are the work of who configures a platform.
 */
function isFetched(place: Place): boolean {
  const name = place.name.toLowerCase();
  switch (place.zone) {
    case 'header':
      return (
        !honestHeaders.has(name) &&
        !name.startsWith('x-forwarded') &&
        !name.startsWith('sec-') &&
        !name.startsWith('access-control')
      );
    case 'cookie':
    case 'text':
    case 'file':
      return false;
    case 'path':
      return true;
    case 'xml':
      return !reported.test(name);
    case 'json':
    case 'graphql':
      if (ownPages.test(name.replace('callback', '')) || traced.test(name)) return false;
      return name.includes('.') ? isDeepFetched(name) : fetched.test(name);
    case 'query':
    case 'form':
    case 'multipart':
      return !ownPages.test(name) && fetched.test(name.slice(name.lastIndexOf('.') + 1));
    default:
      return place.zone satisfies never;
  }
}

/** Reads the authority as several parsers would: user names, backslashes, fragments and blanks each may or may not end the host. */
function authorityTarget(lower: string, start: number): { target: Target; isSplit: boolean } {
  let end = start;
  while (end < lower.length && end - start < 300 && !/[/?\s"'<>`]/.test(lower[end] ?? '')) end++;
  const authority = lower.slice(start, end);
  const joined = joinedAuthority(lower, start, end);
  if (joined !== undefined && targetOf(hostOf(joined)) !== 'public') return { target: 'disguised', isSplit: false };
  if (authority === '') return { target: 'public', isSplit: false };
  const pieces = authority.split(/[@\\#,;&]|%(?:23|40|5c|2f|3f|0[09ad]|20)/).filter(piece => piece !== '');
  let target: Target = 'public';
  for (const piece of pieces.slice(0, 8)) {
    const found = targetOf(hostOf(piece));
    if (found !== 'public' && (target === 'public' || found === 'metadata')) target = found;
  }
  const isCredential =
    pieces.length === 2 &&
    !/[#\\]/.test(authority) &&
    authority.indexOf('@') === authority.length - (pieces[1] ?? '').length - 1 &&
    (pieces[0] ?? '').includes(':');
  // Behind a blank another host: some parsers end the first one there, some take it for a name.
  const behind = /^ {1,2}[&;,]?@([\w.[\]:-]{1,60})(?=[#/?\s]|$)/.exec(lower.slice(end, end + 80))?.[1];
  if (behind !== undefined && targetOf(hostOf(behind)) !== 'public')
    return { target: targetOf(hostOf(behind)), isSplit: true };
  // `http://a.example/@127.0.0.1/`: what parsers take for a user's name that look for the sign first.
  const named = /^[/?]{1,2}@([\w.[\]:-]{1,60})(?=[#/?\s]|$)/.exec(lower.slice(end, end + 80))?.[1];
  if (named !== undefined && /[.:]|^localhost/.test(named) && targetOf(hostOf(named)) !== 'public')
    return { target: targetOf(hostOf(named)), isSplit: true };
  const hasSplitter =
    /[@\\]|#@|#\w|;\S|%(?:0|2[03f])/.test(authority) && (pieces.length > 1 || /%0[09ad]/.test(authority));
  return { target, isSplit: target !== 'public' && hasSplitter && !isCredential };
}

/** Tabs and line ends inside an authority are dropped by browsers' parsers (WHATWG URL section 4.4). */
function joinedAuthority(lower: string, start: number, end: number): string | undefined {
  if (!'\t\r\n'.includes(lower[end] ?? ' ') || end === start) return undefined;
  const found = /^[a-z0-9.[\]:-]{1,60}(?:[\t\r\n]{1,2}[a-z0-9.[\]:-]{1,60}){1,4}(?=[/?#]|$)/.exec(
    lower.slice(start, start + 120),
  );
  return found === null || /\s[a-z]{2,8}:/.test(found[0]) ? undefined : found[0].replaceAll(/[\t\r\n]/g, '');
}

function hostOf(piece: string): string {
  if (piece.startsWith('[')) {
    const end = piece.indexOf(']');
    return end === -1 ? piece : piece.slice(0, end + 1);
  }
  const colon = piece.indexOf(':');
  return colon === -1 ? piece : piece.slice(0, colon);
}

/** No scheme: `//169.254.169.254/…`, `169.254.169.254/latest`, `localhost:22` are told by the address alone. */
function judgeBare(
  lower: string,
  start: number,
  place: Place,
  report: (rule: SsrfRule, start: number, end: number) => void,
): void {
  let host = start;
  while (lower[host] === '/') host++;
  const { target } = authorityTarget(lower, host);
  const isPath = host > start + 1 || /^[^/]{3,80}\//.test(lower.slice(host, host + 90));
  if (target === 'metadata' && (isPath || lower.slice(host).includes('169.254.169')))
    report('ssrf.metadata', start, lower.length);
  else if (target === 'disguised' && host > start + 1) report('ssrf.disguised_host', start, lower.length);
  else if ((target === 'loopback' || target === 'private') && host > start + 1)
    report(
      isFetched(place) && isDeepFetched(place.name.toLowerCase()) ? 'ssrf.internal_url' : 'ssrf.internal_mention',
      start,
      lower.length,
    );
  else if (
    target === 'loopback' &&
    /^[^/]{7,40}:\d{1,5}(?:[/?]|$)/.test(lower.slice(host, host + 60)) &&
    isBareFetched(place)
  )
    report('ssrf.internal_url', start, lower.length);
}

/** A name and port alone are a setting in a document, a thing to be fetched in a form. */
function isBareFetched(place: Place): boolean {
  return (
    place.zone !== 'json' &&
    place.zone !== 'graphql' &&
    place.zone !== 'path' &&
    isFetched(place) &&
    isDeepFetched(place.name.toLowerCase())
  );
}

/** `http://other/r?url=http://127.0.0.1/`: another site is to send the server back inside. Where people are sent back to is no such thing. */
function isLedInside(lower: string, from: number, place: Place): boolean {
  if (!isFetched(place) || !isDeepFetched(place.name.toLowerCase())) return false;
  const found = /[?&]([\w-]{1,24})=(?:https?:)?\/\/(.{1,80})/.exec(lower.slice(from, from + 400)) ?? [];
  const { target } = authorityTarget(found[2] ?? '', 0);
  return target === 'metadata' || target === 'disguised' || (target !== 'public' && !ownPages.test(found[1] ?? ''));
}

/** `data:` as what a script includes: PHP takes it as a file. */
function judgeData(lower: string, place: Place, report: (rule: SsrfRule, start: number, end: number) => void): void {
  const start = leading(lower);
  if (!lower.startsWith('data:', start) || !included.test(place.name.toLowerCase())) return;
  const head = lower.slice(start, start + 200);
  if (head.startsWith('data://') || /<\?|base64,pd9|base64,pd8/.test(head))
    report('ssrf.remote_include', start, start + head.length);
}

/** Old include holes: `page=http://other/shell.txt?`, the question mark cutting off what the script appends. */
function judgeInclude(
  lower: string,
  { url, place }: Found,
  report: (rule: SsrfRule, start: number, end: number) => void,
): void {
  if (place.zone === 'header') return;
  const tail = lower.trimEnd();
  // A text on a machine by its number, and a question mark for what the script appends: no field is named for it.
  if (numberedText.test(tail.slice(url.host, url.host + 160)))
    return report('ssrf.remote_include', url.start, tail.length);
  if (place.zone === 'cookie' || !included.test(place.name.toLowerCase())) return;
  const isCut =
    /\.(?:txt|php\d?|phtml|inc|gif|jpe?g|png|dat|html?|asp|jsp)\?{1,3}$|\?{2,3}$/.test(tail.slice(-16)) ||
    tail.endsWith('\0');
  const isScript =
    /\/(?:[a-z0-9_-]{0,20}(?:shell|c99|r57|cmd|backdoor|evil|exploit|malicious|rfi|inject)[a-z0-9_-]{0,20}|id|a|x|test)\.(?:txt|php|gif|jpe?g|png|dat)\b/.test(
      tail.slice(-60),
    );
  const isCode = /\.(?:txt|php\d?|phtml|inc)$/.test(tail.slice(-8));
  if (isCut || isScript) report('ssrf.remote_include', url.start, tail.length);
  else if (isCode) report('ssrf.remote_file', url.start, tail.length);
}

function leading(lower: string): number {
  return /^[ \t\r\n"'<(`]{0,16}/.exec(lower)?.[0].length ?? 0;
}
