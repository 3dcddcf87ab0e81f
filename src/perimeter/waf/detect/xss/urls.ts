import type { Report, XssRule } from './rules.ts';
import { holdsCode, isNamePart, isSinkAt, skip } from './script.ts';

/** How sure it is that the text is used as a URL. */
type Setting = 'url' | 'prose';

const schemes = ['javascript:', 'vbscript:', 'livescript:', 'jscript:', 'mocha:'];
const documents = [
  'text/html',
  'application/xhtml',
  'text/xml',
  'application/xml',
  'text/javascript',
  'application/javascript',
];
const harmless = new Set([
  '',
  ';',
  '//',
  '#',
  'void0',
  'void(0)',
  'void(null)',
  'void(1)',
  "void('')",
  'false',
  'returnfalse',
  'undefined',
  'history.back()',
  'history.go(-1)',
  'window.history.back()',
  'window.history.go(-1)',
  'window.print()',
  'window.close()',
  'self.close()',
  'location.reload()',
]);
/** As part of a longer text, as statistics send what was clicked: `el=javascript:void(0)&dt=Home`. */
const harmlessStart = /^(?:;|void\(?0\)?;?|history\.back\(\);?)[&"'<>\])}|]/;
const plainCall = /^[\w.$]{1,60}\([\w,.'"#\-/:&;]{0,160}\)$/;

/** The rule that a value used as a URL breaks, if any: `javascript:` and its kind with code behind, or a document in a `data:` URL. */
export function judgeUrl(value: string, setting: Setting): XssRule | undefined {
  if (!mayBeScript(value)) return undefined;
  const compact = compactUrl(value);
  const scheme = schemes.find(name => compact.startsWith(name));
  if (scheme !== undefined) {
    if (scheme === 'vbscript:' && compact.length > 12 && setting === 'url' && !isSentence(value))
      return 'xss.script_url';
    return judgeScript(compact.slice(scheme.length), isSentence(value) ? 'prose' : setting);
  }
  if (compact.startsWith('data:')) return judgeData(compact.slice(5), setting);
  return undefined;
}

/** The first sign that is no blank and no quote decides for nearly all URLs: none of the schemes begins with it. */
function mayBeScript(value: string): boolean {
  for (let at = 0; at < value.length && at < 64; at++) {
    const code = value.charCodeAt(at);
    if (code <= 34 || code === 39 || code === 96 || code === 0x7f || code === 160 || code === 0xfeff) continue;
    return 'jJvVlLmMdDfFuU&'.includes(value[at] ?? '');
  }
  return value.length >= 64;
}

/** Looks for script URLs anywhere in a text: the whole of it, behind quotes and brackets, or in a sentence. */
export function findScriptUrls(lower: string, report: Report): void {
  const whole = judgeUrl(lower.slice(0, 600), 'url');
  if (whole !== undefined) report(whole, 0, Math.min(lower.length, 64));
  for (let at = lower.indexOf(']('), count = 0; at !== -1 && count < 500; at = lower.indexOf('](', at + 2), count++) {
    const rule = judgeUrl(lower.slice(at + 2, at + 400), 'url');
    if (rule !== undefined) report(rule, at, at + 24);
  }
  for (const scheme of ['script:', 'data:', 'mocha:']) {
    for (let at = lower.indexOf(scheme); at !== -1; at = lower.indexOf(scheme, at + 5)) {
      let start = at;
      while (start > 0 && at - start < 5 && isNamePart(lower.charCodeAt(start - 1))) start--;
      const next = lower.charCodeAt(at + scheme.length);
      // A scheme straight behind a scheme is judged as its own occurrence; no document type begins with these letters.
      if (lower.startsWith('javascript:', at + scheme.length) || (scheme === 'data:' && next > 97 && next < 105))
        continue;
      const setting = settingAt(lower, start);
      const rule = setting === undefined ? undefined : judgeUrl(cutValue(lower, start), setting);
      if (rule !== undefined) report(rule, start, at + scheme.length);
      if (rule === 'xss.script_url' || rule === 'xss.data_url') break;
    }
  }
}

/** Up to 600 characters; a quoted URL ends with its quote, so that what follows it is not taken as its code. */
function cutValue(lower: string, start: number): string {
  const quote = lower[start - 1] ?? '';
  const piece = lower.slice(start, start + (lower.startsWith('data:', start) ? 64 : 200));
  const end = quote === '"' || quote === "'" ? piece.indexOf(quote) : -1;
  return end === -1 ? piece : piece.slice(0, end);
}

/** A numeric character reference; blanks and control characters vanish as they do in a scheme. */
function entity(digits: string): string {
  const code = digits.startsWith('x') ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  return code > 32 && code <= 0x10ffff ? String.fromCodePoint(code).toLowerCase() : '';
}

function settingAt(lower: string, start: number): Setting | undefined {
  if (start === 0) return 'url';
  const before = lower[start - 1] ?? '';
  if ('"\'`=(:[<>,;|/\\'.includes(before)) return 'url';
  return before.charCodeAt(0) <= 32 ? 'prose' : undefined;
}

/** `JavaScript: The Good Parts (2nd edition)`: words with blanks between them come before the first sign of code. */
function isSentence(value: string): boolean {
  const body = value.slice(value.indexOf(':') + 1, value.indexOf(':') + 120);
  return (
    /^ [a-z']{1,20},? [a-z']{1,20}(?: |$|[.,!?"])/i.test(body) &&
    !/^ (?:var|let|const|return|void|throw|new|delete|typeof) /i.test(body)
  );
}

function judgeScript(body: string, setting: Setting): XssRule | undefined {
  const end = body.endsWith(';') ? body.slice(0, -1) : body;
  if (harmlessStart.test(body)) return undefined;
  if (harmless.has(end) || end.startsWith('__dopostback(') || end.startsWith('webform_')) return undefined;
  if (setting === 'prose') {
    return holdsCode(body, 0, Math.min(body.length, 60)) && isSinkAt(body, 0) ? 'xss.script_url' : undefined;
  }
  if (plainCall.test(end) && !isSinkAt(body, 0)) return 'xss.script_url_plain';
  return hasCode(body) ? 'xss.script_url' : undefined;
}

function hasCode(body: string): boolean {
  for (const sign of '(`=\\%<[{*.+') if (body.includes(sign)) return body.length > 1 && !/^\w+\.$/.test(body);
  return body.includes('//') || body.includes('throw');
}

function judgeData(body: string, setting: Setting): XssRule | undefined {
  const type = documents.find(name => body.startsWith(name));
  if (
    type !== undefined &&
    body.length > type.length + 1 &&
    (setting === 'url' || body[type.length] === ',' || body[type.length] === ';')
  ) {
    return 'xss.data_url';
  }
  if (body.startsWith('image/svg') && (body.includes('<script') || body.includes('onload='))) return 'xss.data_url';
  if (body.startsWith(',') && setting === 'url' && isSinkAt(body, 1)) return 'xss.data_url';
  return undefined;
}

/** A browser drops blanks and control characters around and tab and line ends inside a scheme; the entities for them mean the same. */
function compactUrl(value: string): string {
  let out = '';
  const from = skip(value, 0, '"\'` \t\r\n', 32);
  const head = value.slice(from, from + 200);
  if (!/[^!-~]/.test(head)) out = head;
  else
    for (let i = from; i < value.length && out.length < 200; i++) {
      const code = value.charCodeAt(i);
      if (code > 32 && code !== 0x7f && code !== 0xfeff && code !== 160) out += value[i];
    }
  out = out.toLowerCase();
  if (out.includes('&#')) out = out.replace(/&#(x[0-9a-f]{1,8}|\d{1,8});?/g, (_, digits: string) => entity(digits));
  if (out.includes('&'))
    out = out.replaceAll('&tab;', '').replaceAll('&newline;', '').replaceAll('&colon;', ':').replaceAll('&lpar;', '(');
  for (const wrapper of ['view-source:', 'feed:', 'url=', 'url:'])
    if (out.startsWith(wrapper)) out = out.slice(wrapper.length);
  return out;
}
