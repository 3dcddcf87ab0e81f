/** Paths that climb out of where they should stay, and files no parameter should name. Encodings are taken off before. */

import { charClass, type Detector, type DetectorInput, type Hit } from '../waf.ts';
import { isBlank, isWordCode, readingOf } from './reading.ts';
import { isInRepository } from './scanner-files.ts';
import { sensitivePath } from './sensitive.ts';
import { traversalNeedles } from './traversal-needles.ts';
import { streams } from './traversal-streams.ts';

/** Path traversal and inclusion of local files. */
export const traversal: Detector = {
  id: 'traversal',
  rules: [
    { id: 'traversal.climb', title: 'a path that climbs several folders up', points: 5, paranoia: 1 },
    { id: 'traversal.to-secret', title: 'a path that climbs to a file of the system', points: 5, paranoia: 1 },
    {
      id: 'traversal.disguised',
      title: 'a climbing path written so that it is not recognised',
      points: 5,
      paranoia: 1,
    },
    { id: 'traversal.system-file', title: 'a file of the system', points: 5, paranoia: 1 },
    { id: 'traversal.upload-name', title: "a file's name with folders to climb", points: 5, paranoia: 1 },
    { id: 'traversal.null-byte', title: 'a path cut short by a null byte', points: 5, paranoia: 1 },
    { id: 'traversal.stream', title: 'a stream wrapper instead of a file', points: 5, paranoia: 1 },
    { id: 'traversal.device', title: 'a Windows device or share', points: 5, paranoia: 1 },
    { id: 'traversal.step', title: 'a path with a step up', points: 3, paranoia: 2 },
    { id: 'traversal.named-file', title: 'the path of a system file within a text', points: 3, paranoia: 2 },
    { id: 'traversal.share', title: 'the path of a Windows share', points: 3, paranoia: 3 },
  ],
  needles: traversalNeedles,
  chars: charClass.control,
  detect,
};

function detect(input: DetectorInput, hit: Hit): void {
  const { text } = input;
  if (isFileName(input) && /^\/(?:etc|var|usr|root|home|proc|opt|s?bin|dev|tmp|srv|lib)\//i.test(text))
    hit('traversal.upload-name', 0, text.length);
  const isPath = pathLike(text);
  // A folder's name that runs into the step: what an alias without its slash leads out of.
  const alias = input.place.zone === 'path' ? /\/[\w-]{1,40}\.\.(?=\/)/.exec(text.slice(0, 2048)) : null;
  if (alias !== null) hit('traversal.disguised', alias.index, alias.index + alias[0].length);
  climbs(input, isPath, hit);
  nullByte(input, hit);
  streams(input, hit);
  if (isPath) wholePath(input, hit);
  else namedFile(input, hit);
}

/** The request line of an access log, quoted with the answer behind it: `"GET /../x HTTP/1.1" 404`. */
function isLogged(text: string, { start, end }: Run): boolean {
  if (!/\] "(?:GET|POST|HEAD|PUT) \/?\S{0,80}$/.test(text.slice(Math.max(0, start - 96), start))) return false;
  return /^\S{0,200} HTTP\/\d(?:\.\d)?" \d{3} (?:\d|-)/.test(text.slice(end, end + 240));
}

/** The name a sender gives a file. */
function isFileName({ place }: DetectorInput): boolean {
  return place.zone === 'multipart' && place.name.endsWith('.filename');
}

/** The line is a name and nothing else: what archives keep of their entries. Texts sent as files link and log in longer lines. */
function isEntry(text: string, { start, end }: Run): boolean {
  const from = text.lastIndexOf('\n', start) + 1;
  const line = text.slice(
    from,
    Math.min(from + 512, text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end)),
  );
  return !/[\s"'()<>[\]{}=]/.test(line.trim());
}

/** A value that is a path, or a field's or address's end that is one: no blanks but those of names, and not long. */
function pathLike(text: string): boolean {
  if (text.length > 2048) return false;
  // `C:\Program Files\MySQL\MySQL Server 8.0\my.ini`
  const isDrive = /^[a-z]:[\\/]program files/i.test(text);
  let blanks = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) {
      if (text.slice(at).trim() !== '' && at > 0) return false;
    } else if (isBlank(code) && at > 0 && at < text.length - 1 && ++blanks > (isDrive ? 6 : 2)) return false;
  }
  return true;
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly ups: number;
  readonly isOdd: boolean;
}

function climbs(input: DetectorInput, isPath: boolean, hit: Hit): void {
  const { text, place } = input;
  const hasWide = text.includes('\uff0e');
  let count = 0;
  let steps = 0;
  for (let at = nextDots(text, 0, hasWide); at >= 0 && count < 512; count++) {
    const run = readRun(text, at);
    if (run.ups === 0 || isLogged(text, run)) {
      at = nextDots(text, run.end, hasWide);
      continue;
    }
    if ((place.zone === 'file' || isFileName(input)) && run.end > at + 2) {
      if (isFileName(input) || isEntry(text, run)) return hit('traversal.upload-name', at, run.end);
      at = nextDots(text, run.end, hasWide);
      continue;
    }
    const rest = text.slice(run.end, run.end + 120);
    if (sensitivePath(`/${rest.split(/[\s"'<>]/, 1)[0] ?? ''}`)) return hit('traversal.to-secret', run.start, run.end);
    if (run.isOdd && (isPath || run.ups >= 3)) return hit('traversal.disguised', run.start, run.end);
    steps += run.ups;
    if (run.ups >= 3 && !isPath && !isCode(text, run)) return hit('traversal.climb', run.start, run.end);
    if (isPath && run.start === 0 && reachesSource(input, rest)) return hit('traversal.to-secret', run.start, run.end);
    if (isPath && steps >= 2 && isHostile(input, run, steps)) return hit('traversal.climb', run.start, run.end);
    if (
      place.zone === 'path' &&
      (run.end === text.length || run.start === 0 || isSeparator(text.charCodeAt(run.start - 1)))
    )
      return hit('traversal.climb', run.start, run.end);
    if (input.paranoia >= 2) hit('traversal.step', run.start, run.end);
    at = nextDots(text, run.end, hasWide);
  }
}

/** `import x from '../../../a'`, `](../../../a.md)`, `src="../../../a.png"`: a path as authors write it in their own text. */
function isCode(text: string, run: Run): boolean {
  return (
    /(?:from|import|require|href|src|url|\]|extends|path|include)[\s=:('"]{1,6}$/.test(
      text.slice(Math.max(0, run.start - 24), run.start),
    ) || readingOf(text).isDocument
  );
}

const authored =
  /\.(?:tsx?|jsx?|mjs|cjs|json|mdx?|css|scss|less|png|jpe?g|gif|svg|webp|ico|html?|vue|py|go|rs|java|woff2?|ttf|mp[34]|wasm|map)(?:[?#].{0,80})?$/i;

const source =
  /^[\w./\\-]{0,80}\.(?:php\d?|phtml|inc|jspx?|aspx?|cgi|pl|py|rb|env|ini|conf|cfg|config|properties|pem|key|sql|db|sqlite3?|bak|old|log|ya?ml)$/i;
const settings =
  /(?:^|[/\\])(?:package(?:-lock)?|composer|appsettings(?:\.\w{2,12})?|secrets?|config|credentials|settings|database|local_settings|app|server|main)\.(?:json|js|ts|py)$/i;

/** A step up to what a server runs or is set up by, where a value names a file; in bodies two steps, as links of authors have one. */
function reachesSource({ place: { zone } }: DetectorInput, rest: string): boolean {
  if (zone === 'query' || zone === 'form' || zone === 'cookie') return source.test(rest) || settings.test(rest);
  return false;
}

/** Two or more steps up in a value that is a path. Relative links of authors in bodies (`"../../logo.png"`) need three. */
function isHostile({ text, place }: DetectorInput, run: Run, steps: number): boolean {
  const isBody =
    place.zone === 'json' ||
    place.zone === 'text' ||
    place.zone === 'xml' ||
    place.zone === 'multipart' ||
    place.zone === 'graphql';
  if (/^(?:https?:)?\/\//i.test(text) && place.zone === 'header') return steps >= 3;
  return !(isBody && run.start <= 1 && steps < 4 && authored.test(text) && !settings.test(text));
}

function nextDots(text: string, from: number, hasWide: boolean): number {
  if (!hasWide) return text.indexOf('..', from);
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0xff0e || (code === 46 && isDot(text.charCodeAt(at + 1)))) return at;
  }
  return -1;
}

/** `../../`, `..\..\`, `....//`, `..;/`, `..././` and mixtures, from the first dot. */
function readRun(text: string, start: number): Run {
  let at = start;
  let ups = 0;
  let isOdd = false;
  const stop = Math.min(text.length, start + 512);
  const before = text.charCodeAt(start - 1);
  if (isWordCode(before) && text[start + 2] !== '/' && text[start + 2] !== '\\')
    return { start, end: start + 2, ups: 0, isOdd: false };
  while (at < stop) {
    let dots = 0;
    while (isDot(text.charCodeAt(at + dots)) && dots < 6) dots++;
    if (dots < 2) break;
    let next = at + dots;
    let marks = 0;
    while (isMark(text.charCodeAt(next))) {
      marks++;
      next++;
      if (marks > 3) break;
    }
    // `..;a=b/`: a parameter of the step itself.
    if (marks === 1 && text[next - 1] === ';') {
      let end = next;
      while (end - next < 32 && /[\w=.,:-]/.test(text[end] ?? '')) end++;
      if (isSeparator(text.charCodeAt(end))) next = end;
    }
    let separators = 0;
    while (isSeparator(text.charCodeAt(next)) && separators < 8) {
      separators++;
      next++;
    }
    const isLast = next >= text.length && (ups > 0 || isSeparator(text.charCodeAt(at - 1)) || text.length <= 3);
    if (separators === 0 && !(isLast && marks === 0)) break;
    if (dots === 3 && text[next] === '.' && isSeparator(text.charCodeAt(next + 1))) {
      isOdd = true;
      next += 2;
    } else if (dots === 3 || dots > 4 || (dots === 4 && separators < 2)) break;
    if (marks > 0 || (dots === 4 && separators >= 2) || text.charCodeAt(at) > 0x7f) isOdd = true;
    ups++;
    while (text[next] === '.' && isSeparator(text.charCodeAt(next + 1))) next += 2;
    at = next;
  }
  return { start, end: Math.max(at, start + 2), ups, isOdd };
}

/** What some servers drop between the dots and the separator: a parameter's beginning, an escape's, a control character but the line feed. */
function isMark(code: number): boolean {
  return code === 59 || code === 37 || (code < 32 && code !== 10);
}

function isDot(code: number): boolean {
  return code === 46 || code === 0xff0e;
}

function isSeparator(code: number): boolean {
  return (
    code === 47 ||
    code === 92 ||
    code === 0x2215 ||
    code === 0x2044 ||
    code === 0xff0f ||
    code === 0xff3c ||
    code === 0x2216
  );
}

const worst =
  /(?:etc\/{0,3}(?:passwd|shadow|group|gshadow|sudoers|master\.passwd)|proc\/(?:self|version|cmdline|\d|net|environ|mounts|sched)|win\.ini|boot\.ini|system\.ini|web-inf|meta-inf|\.htpasswd|\.htaccess|\.ssh|_history|\.aws\/|\.git\/|\.svn\/|wp-config\.php|id_rsa|id_dsa|id_ed25519|authorized_keys|\/root\/\.|system32[/\\](?:config|drivers\/etc|drivers\\etc)|windows\/system32|inetpub[/\\]|web\.config$|\.n8n\/(?:config|database)|\.flowise\/|run\/secrets|tomcat-users\.xml|mgmt-users\.|anaconda-ks|\.n8n\/nodes|jenkins_home\/|\.netrc|\.pgpass|\.kube\/config|[?*])/;

/** A script whose name ends in what a file system drops and a server's table of types does not know: it is shown, not run. */
const cutScript =
  /^[\w./\\-]{1,120}\.(?:php\d?|phtml|jspx?|aspx?|ashx|cfm|cgi|asp|shtml)(?:%(?:20|2e|00|0a|0d|09|81|5c|2f)|::\$data|\.{1,3}(?=$|%)){1,4}(?:\.(?:jpe?g|png|gif|txt|html?))?$/;
/** The same behind an empty segment of an address's path. */
const remoteBelow = /[^:/]\/{2,3}\d{1,3}(?:\.\d{1,3}){3}(?:\/[\w.$-]{1,40}){1,5}$/;
/** A file on another machine by its number, as shares and includes take it. */
const remote = /^(?:\/\/|\\{1,2})\d{1,3}(?:\.\d{1,3}){3}(?:@\w{1,5})?(?:[/\\][\w.$-]{1,40}){1,6}$/;

/** The value, brought into its simplest form, is a file of the system. */
function wholePath(input: DetectorInput, hit: Hit): void {
  const { text, place } = input;
  const simple = simplified(input.lower.trim());
  // NTFS: the stream behind the name is the file itself, its extension another.
  if (
    /^[^\s:]{1,200}\.\w{2,8}(?:::\$(?:data|index_allocation|attribute_list)|:\.(?:jpe?g|png|gif|txt|pdf))$/.test(
      input.lower,
    )
  )
    return hit('traversal.disguised', 0, text.length);
  if (cutScript.test(input.lower)) return hit('traversal.disguised', 0, text.length);
  if (place.zone === 'path' ? remoteBelow.test(input.lower) : place.zone !== 'text' && remote.test(input.lower))
    return hit('traversal.device', 0, text.length);
  if (
    (place.zone === 'query' || place.zone === 'form' || place.zone === 'cookie') &&
    /^classpath\*?:\/?[\w./-]{1,120}\.(?:properties|ya?ml|xml|class|conf)$/.test(input.lower)
  )
    return hit('traversal.stream', 0, text.length);
  if (
    /^(?:\\\\|\/\/)[.?][\\/]|^\\\\(?:localhost|127\.0\.0\.1|\d{1,3}(?:\.\d{1,3}){3}|[\w.-]{1,60}@(?:ssl|\d)[@\d]{0,6})\\|^\\\\[\w.-]{1,60}\\[a-z]\$/i.test(
      text,
    )
  )
    hit('traversal.device', 0, text.length);
  else if (input.paranoia >= 3 && /^\\\\[\w.-]{1,60}\\\w/.test(text)) hit('traversal.share', 0, text.length);
  if (place.zone === 'json' && watched.test(place.name)) return;
  if (!sensitivePath(simple) || (place.zone === 'path' && isInRepository(simple))) return;
  if (isRemarkedOn(simple)) {
    if (input.paranoia >= 2) hit('traversal.named-file', 0, text.length);
    return;
  }
  const isAbsolute = /^(?:file:\/{0,3})?(?:\/|[a-z]:|%\w{2,20}%|~)/.test(simple);
  const isSure = worst.test(simple);
  const isNamedFile = /^[a-z][^/]*$/.test(simple) || simple === 'proc/self';
  if (isNamedFile && spoken.test(place.name)) return;
  // Lists of the files a change touches.
  if (/(?:^|\.)(?:added|removed|modified|files|paths|changed_files)\[\]$/.test(place.name) && /^\.?[a-z]/.test(simple))
    return;
  const isBody =
    place.zone === 'text' ||
    ((place.zone === 'json' || place.zone === 'graphql') && !opened.test(place.name) && !isValue(place.name));
  if (isSure ? isAbsolute || /^[\w.-]{0,40}(?:\/|\\|$)/.test(simple) || /[/=]/.test(simple) : isAbsolute && !isBody) {
    if (!(isUrl(simple) && !isSure)) return hit('traversal.system-file', 0, text.length);
  }
  if (input.paranoia >= 2) hit('traversal.named-file', 0, text.length);
}

/** Members in which what watches files says which one changed: Wazuh, OSQuery, auditd. */
const watched = /(?:^|\.)(?:syscheck|fim|columns|auditd?)\.(?:path|target_path|name|file)$/i;

/** `/etc/fstab mount options?`: words behind the path that no file's name has. */
function isRemarkedOn(simple: string): boolean {
  const blank = simple.indexOf(' ');
  if (blank < 0 || !sensitivePath(simple.slice(0, blank))) return false;
  return /^(?: [a-z']{2,24}){1,2}[?!.]?$|^ (?:and|or|vs) \S{1,80}$/.test(simple.slice(blank));
}

/** Fields of a flat document whose value a server opens; deeper ones are what shippers of logs and settings report. */
const opened =
  /^(?:.{0,20}_)?(?:file|filename|file_?path|path|page|template|include|doc|document|lang|locale|url|uri|src|source|download|view|load|dir|folder|img|image|theme|layout|content|config|module|target|resource|attachment|name)$/i;

/** Fields people search and write in: the bare name of a file is what they ask about. */
const spoken = /^(?:q|query|search|s|text|message|comment|keywords?|term|title|subject|description)$/i;
const valueName =
  /(?:^|[.\]])(?:value|val|name|q|input|id|search|template|page|lang|locale|include|download|view|doc|document|theme|layout)$/i;
const reported =
  /(?:env|labels?|annotations?|attributes?|tags?|volumes?|mounts?|args|log|fields?|spec|process|frames?|properties)\b/i;

/** Attributes of a JSON:API resource that no shipper of logs has. */
const resource =
  /(?:^|[.\]])attributes\.(?:include|download|view|template|page|lang|locale|theme|layout|document|doc)$/i;

/** A deeper field that holds what somebody chose, in a document that reports nothing. */
function isValue(name: string): boolean {
  return (valueName.test(name.slice(-48)) && !reported.test(name)) || resource.test(name);
}

function isUrl(text: string): boolean {
  return /^(?:https?|wss?|ftp):\/\//.test(text);
}

/** Backslashes turned, empty and `.` segments dropped, `a/../` taken back. */
function simplified(lower: string): string {
  const parts: string[] = [];
  const turned = lower.replaceAll('\\', '/');
  const scheme = /^[a-z]{2,8}:\/\//.exec(turned)?.[0] ?? '';
  const rest = turned.slice(scheme.length);
  for (const part of rest.split('/', 256)) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 1) parts.pop();
    else parts.push(part);
  }
  return scheme + parts.join('/');
}

/** A system file named within a longer text: talk, or an order to something that reads it. */
function namedFile(input: DetectorInput, hit: Hit): void {
  if (input.paranoia < 2 || input.text.length > 8192) return;
  const found = /(?:\/etc\/|\/proc\/|c:\\windows\\|win\.ini|boot\.ini|web-inf|\.htpasswd|\.ssh\/)/.exec(input.lower);
  if (found !== null && sensitivePath(input.lower.slice(found.index, found.index + 60).split(/[\s"'<>,;]/, 1)[0] ?? ''))
    hit('traversal.named-file', found.index, found.index + found[0].length);
}

function nullByte({ text, place }: DetectorInput, hit: Hit): void {
  let at = text.indexOf('\0');
  if (at < 0) at = text.indexOf('%00');
  if (at < 0 || place.zone === 'file' || text.length > 1024) return;
  const before = text.slice(Math.max(0, at - 64), at);
  const behind = text.slice(at).replace(/^(?:\0|%00)+/, '');
  if (/\.[a-z]{2,6}\d?$|[/\\][\w.-]{1,40}$/i.test(before) && /^(?:$|\.?[a-z]{2,5}\d?\b|[/\\;?])/i.test(behind))
    hit('traversal.null-byte', at, at + 1);
}
