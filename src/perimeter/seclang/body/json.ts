const depthMax = 64;

interface Cursor {
  readonly text: string;
  at: number;
  take(name: string, value: string): boolean;
}

/**
 * Reads a JSON text (RFC 8259) of bytes and tells its leaves by the names the reference engine gives them: `json.user.name`,
 * `json.list.array_0`. Returns what was wrong, if anything was.
 */
export function readJson(text: string, take: (name: string, value: string) => boolean): string | undefined {
  const cursor: Cursor = { text, at: text.startsWith('\xef\xbb\xbf') ? 3 : 0, take };
  const fault = value(cursor, 'json', 0);
  if (fault !== undefined) return fault;
  skip(cursor);
  return cursor.at < text.length ? 'text behind the JSON value' : undefined;
}

function skip(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    cursor.at += 1;
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function value(cursor: Cursor, name: string, depth: number): string | undefined {
  if (depth > depthMax) return 'JSON nested too deep';
  skip(cursor);
  const { text } = cursor;
  const char = text[cursor.at];
  if (char === '{') return members(cursor, name, depth);
  if (char === '[') return elements(cursor, name, depth);
  let leaf: string | undefined;
  if (char === '"') leaf = string(cursor);
  else {
    for (const [word, meaning] of words) {
      if (!text.startsWith(word, cursor.at)) continue;
      cursor.at += word.length;
      leaf = meaning;
    }
    if (leaf === undefined) {
      number.lastIndex = cursor.at;
      leaf = number.exec(text)?.[0];
      cursor.at += leaf?.length ?? 0;
    }
  }
  if (leaf === undefined) return 'malformed JSON value';
  return cursor.take(name, leaf) ? undefined : 'too many arguments';
}

const words = [
  ['true', 'true'],
  ['false', 'false'],
  ['null', ''],
] as const;

function members(cursor: Cursor, name: string, depth: number): string | undefined {
  for (let isFirst = true; ; isFirst = false) {
    cursor.at += 1;
    skip(cursor);
    if (isFirst && cursor.text[cursor.at] === '}') break;
    const key = cursor.text[cursor.at] === '"' ? string(cursor) : undefined;
    if (key === undefined) return 'malformed JSON name';
    skip(cursor);
    if (cursor.text[cursor.at] !== ':') return 'malformed JSON object';
    cursor.at += 1;
    const fault = value(cursor, `${name}.${key}`, depth + 1);
    if (fault !== undefined) return fault;
    skip(cursor);
    const char = cursor.text[cursor.at];
    if (char === '}') break;
    if (char !== ',') return 'malformed JSON object';
  }
  cursor.at += 1;
  return undefined;
}

function elements(cursor: Cursor, name: string, depth: number): string | undefined {
  for (let index = 0; ; index++) {
    cursor.at += 1;
    skip(cursor);
    if (index === 0 && cursor.text[cursor.at] === ']') break;
    const fault = value(cursor, `${name}.array_${index}`, depth + 1);
    if (fault !== undefined) return fault;
    skip(cursor);
    const char = cursor.text[cursor.at];
    if (char === ']') break;
    if (char !== ',') return 'malformed JSON list';
  }
  cursor.at += 1;
  return undefined;
}

const escapes = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
]);

function string(cursor: Cursor): string | undefined {
  const { text } = cursor;
  let out = '';
  let from = cursor.at + 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32) return undefined;
    if (code === 34) {
      cursor.at = at + 1;
      return out + text.slice(from, at);
    }
    if (code !== 92) continue;
    out += text.slice(from, at);
    const char = text[++at] ?? '';
    if (char === 'u') {
      const unit = unitAt(text, at + 1);
      if (unit < 0) return undefined;
      at += 4;
      const low = isHigh(unit) && text.startsWith('\\u', at + 1) ? unitAt(text, at + 3) : -1;
      const isPair = low >= 0xdc00 && low < 0xe000;
      if (isPair) at += 6;
      out += utf8(isPair ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit);
    } else {
      const meant = escapes.get(char);
      if (meant === undefined) return undefined;
      out += meant;
    }
    from = at + 1;
  }
  return undefined;
}

function unitAt(text: string, at: number): number {
  const digits = text.slice(at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function utf8(point: number): string {
  return point < 128 ? String.fromCharCode(point) : Buffer.from(String.fromCodePoint(point)).toString('latin1');
}
