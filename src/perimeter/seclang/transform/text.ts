const blank = /[ \t\n\r\f\v]/;

/** Every run of blanks becomes one space; a no-break space counts as one. */
export function compressWhitespace(text: string): string {
  return /[\t\n\r\f\v\xa0]| {2}/.test(text) ? text.replace(/[ \t\n\r\f\v\xa0]+/g, ' ') : text;
}

/** Blanks are taken out. */
export function removeWhitespace(text: string): string {
  return /[ \t\n\r\f\v\xa0]/.test(text) ? text.replace(/[ \t\n\r\f\v\xa0]/g, '') : text;
}

/** What a shell would read through: no `\ " ' ^`, separators as one space, none before `/` or `(`, lower case. */
export function cmdLine(text: string): string {
  if (!/[\\"'^,;A-Z\t\n\r\f\v]| [ /(]/.test(text)) return text;
  const out = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '"' || char === "'" || char === '\\' || char === '^') continue;
    let code = text.charCodeAt(at);
    if (char === ',' || char === ';' || blank.test(char)) {
      if (length > 0 && out[length - 1] === 32) continue;
      code = 32;
    } else if ((char === '/' || char === '(') && length > 0 && out[length - 1] === 32) length -= 1;
    else if (code >= 65 && code <= 90) code += 32;
    out[length++] = code;
  }
  return out.toString('latin1', 0, length);
}

/** Each C comment becomes one space; one that never ends takes the rest. */
export function replaceComments(text: string): string {
  return withoutComments(text, ' ');
}

/** Comments of C, HTML, SQL and shells are taken out; one that never ends takes the rest. */
export function removeComments(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const close = text.startsWith('/*', at) ? '*/' : text.startsWith('<!--', at) ? '-->' : undefined;
    if (close !== undefined) {
      const end = text.indexOf(close, at + 2);
      if (end < 0) return out;
      at = end + close.length;
    } else if (text.startsWith('--', at) || text[at] === '#') return out;
    else out += text[at++];
  }
  return out;
}

function withoutComments(text: string, replacement: string): string {
  if (!text.includes('/*')) return text;
  let out = '';
  for (let at = 0; ; ) {
    const start = text.indexOf('/*', at);
    if (start < 0) return out + text.slice(at);
    out += text.slice(at, start) + replacement;
    const end = text.indexOf('*/', start + 2);
    if (end < 0) return out;
    at = end + 2;
  }
}

/** The marks of comments (not what stands between them) are taken out. */
export function removeCommentsChar(text: string): string {
  return text.replace(/\/\*|\*\/|<!--|-->|--|#/g, '');
}

/** A path without empty, `.` and `..` segments; `..` above the top of a relative path stays. */
export function normalizePath(text: string): string {
  if (!text.includes('/') && text !== '.' && text !== '..') return text;
  const isAbsolute = text[0] === '/';
  const isFolder = /(?:^|\/)\.{0,2}$/.test(text);
  const out: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') out.push(segment);
    else if (out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (!isAbsolute) out.push('..');
  }
  const path = (isAbsolute ? '/' : '') + out.join('/');
  return isFolder && out.length > 0 && out.at(-1) !== '..' ? `${path}/` : path;
}

/** As `normalizePath`, with backslashes as separators too. */
export function normalizePathWin(text: string): string {
  return normalizePath(text.replaceAll('\\', '/'));
}

/** Characters above ASCII that come as UTF-8 become `%uhhhh`; bytes that are not UTF-8 stay. */
export function utf8toUnicode(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (!/[\x80-\xff]/.test(text)) return text;
  let out = '';
  for (let at = 0; at < text.length; ) {
    const size = sequenceLength(text, at);
    if (size === 1) {
      out += text[at++];
      continue;
    }
    let value = text.charCodeAt(at) & (0xff >> (size + 1));
    for (let i = 1; i < size; i++) value = (value << 6) | (text.charCodeAt(at + i) & 0x3f);
    out += `%u${value.toString(16).padStart(4, '0')}`;
    at += size;
  }
  return out;
}

/** Bytes of the UTF-8 sequence at a place; 1 for ASCII and for what is no sequence. */
function sequenceLength(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const size = code >= 0xf0 && code < 0xf5 ? 4 : code >= 0xe0 && code < 0xf0 ? 3 : code >= 0xc0 && code < 0xe0 ? 2 : 1;
  for (let i = 1; i < size; i++) if ((text.charCodeAt(at + i) & 0xc0) !== 0x80) return 1;
  return size;
}

/** True when the bytes are UTF-8 without overlong forms, surrogates or values above U+10FFFF. */
export function isUtf8(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  if (!/[\x80-\xff]/.test(text)) return true;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
    return true;
  } catch {
    return false;
  }
}
