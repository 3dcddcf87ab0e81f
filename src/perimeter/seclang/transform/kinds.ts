/** Kinds of bytes that transformations change, as bits. */
export const byteKind = {
  upper: 1,
  /** % + */
  escape: 2,
  backslash: 4,
  ampersand: 8,
  nul: 16,
  /** Space, tab to carriage return, and the no-break space of Latin-1. */
  blank: 32,
  high: 64,
  slash: 128,
  /** " ' ^ , ; ( */
  shell: 256,
  /** - # * < */
  comment: 512,
  dot: 1024,
} as const;

/** The kinds of each byte. */
export const byteKinds: Int32Array = makeKinds();

function makeKinds(): Int32Array {
  const kinds = new Int32Array(256);
  const mark = (chars: string, kind: number) => {
    for (const char of chars) kinds[char.charCodeAt(0)] = (kinds[char.charCodeAt(0)] ?? 0) | kind;
  };
  mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ', byteKind.upper);
  mark('%+', byteKind.escape);
  mark('\\', byteKind.backslash);
  mark('&', byteKind.ampersand);
  mark('\0', byteKind.nul);
  mark(' \t\n\v\f\r\xa0', byteKind.blank);
  mark('/', byteKind.slash);
  mark('"\'^,;(', byteKind.shell);
  mark('-#*<', byteKind.comment);
  mark('.', byteKind.dot);
  for (let code = 128; code < 256; code++) kinds[code] = (kinds[code] ?? 0) | byteKind.high;
  return kinds;
}

const { upper, escape, backslash, ampersand, nul, blank, high, slash, shell, comment, dot } = byteKind;
const comments = slash | comment;

const changed = new Map<string, number>([
  ['cmdline', upper | backslash | blank | slash | shell],
  ['compresswhitespace', blank],
  ['cssdecode', backslash],
  ['escapeseqdecode', backslash],
  ['htmlentitydecode', ampersand],
  ['jsdecode', backslash],
  ['lowercase', upper],
  ['normalisepath', slash | dot],
  ['normalizepath', slash | dot],
  ['normalisepathwin', slash | dot | backslash],
  ['normalizepathwin', slash | dot | backslash],
  ['removecomments', comments],
  ['removecommentschar', comments],
  ['removenulls', nul],
  ['removewhitespace', blank],
  ['replacecomments', comments],
  ['replacenulls', nul],
  ['trim', blank],
  ['trimleft', blank],
  ['trimright', blank],
  ['urldecode', escape],
  ['urldecodeuni', escape],
  ['utf8tounicode', high],
]);

/** The kinds of bytes without which the transformation leaves every text as it is; undefined when it may change any. */
export function kindsChangedBy(name: string): number | undefined {
  return changed.get(name);
}
