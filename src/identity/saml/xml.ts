import { SamlRefusal } from './refusal.ts';

export interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly ns: string;
  readonly value: string;
}

export type XmlNode = XmlElement | string;

export interface XmlElement {
  readonly prefix: string;
  readonly local: string;
  readonly ns: string;
  /** Without the declarations of namespaces. */
  readonly attributes: readonly XmlAttribute[];
  /** Elements and text; no two texts beside each other. */
  readonly children: readonly XmlNode[];
  /** Every prefix in scope here with its namespace; the default one under "". */
  readonly scope: ReadonlyMap<string, string>;
}

/** How much is read. `comments`: only where nothing is signed may they stand, and then they are left out. */
export interface XmlLimits {
  readonly bytesMax: number;
  readonly depthMax: number;
  readonly elementsMax: number;
  readonly comments: 'refuse' | 'skip';
}

/** What a protocol message may be: larger ones are attacks or mistakes. */
export const messageLimits: XmlLimits = { bytesMax: 262_144, depthMax: 24, elementsMax: 6000, comments: 'refuse' };

const attributesMax = 32;
const namespacesMax = 64;
const name = '[A-Za-z_][A-Za-z0-9._-]*';
const openTag = new RegExp(`<(?:(${name}):)?(${name})`, 'y');
const closeTag = new RegExp(`</(?:(${name}):)?(${name})[ \\t\\n]*>`, 'y');
const attributeForm = new RegExp(
  `[ \\t\\n]+(?:(${name}):)?(${name})[ \\t\\n]*=[ \\t\\n]*(?:"([^<"]*)"|'([^<']*)')`,
  'y',
);
const tagEnd = /[ \t\n]*(\/?)>/y;
const textForm = /[^<]+/y;
const commentForm = /<!--(?:[^-]|-[^-])*-->/y;
const declaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(["'])1\.0\1(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(["'])utf-8\2)?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(["'])(?:yes|no)\3)?[ \t\n]*\?>/i;
const notXmlChar = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const entities = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
const xmlNs = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNs = 'http://www.w3.org/2000/xmlns/';

/**
 * Reads XML 1.0 with namespaces, and of that only what every parser reads alike: no document type, entity declaration, processing
 * instruction, CDATA or comment, ASCII names, absolute namespace names, no prefix declared away. Throws `SamlRefusal` for all else.
 */
export function readXml(source: string, limits: XmlLimits): XmlElement {
  if (Buffer.byteLength(source) > limits.bytesMax)
    throw new SamlRefusal(`Cannot read the XML: want at most ${limits.bytesMax} bytes`);
  // XML 1.0 section 2.11: line ends become one line feed before anything else is read.
  const whole = source.replaceAll(/\r\n?/g, '\n');
  if (notXmlChar.test(whole)) throw new SamlRefusal('Cannot read the XML: it holds characters that XML has not');
  const cursor: Cursor = { text: whole, at: declaration.exec(whole)?.[0].length ?? 0, elements: 0, limits };
  skipBlank(cursor);
  const root = readElement(cursor, new Map([['xml', xmlNs]]), 1);
  skipBlank(cursor);
  if (cursor.at !== whole.length) throw refusal(cursor, 'want nothing after the root element');
  return root;
}

interface Cursor {
  readonly text: string;
  readonly limits: XmlLimits;
  at: number;
  elements: number;
}

function refusal(cursor: Cursor, want: string): SamlRefusal {
  return new SamlRefusal(`Cannot read the XML at character ${cursor.at}: ${want}`);
}

function take(cursor: Cursor, form: RegExp): RegExpExecArray | undefined {
  form.lastIndex = cursor.at;
  const match = form.exec(cursor.text);
  if (match === null) return undefined;
  cursor.at = form.lastIndex;
  return match;
}

function skipBlank(cursor: Cursor): void {
  take(cursor, /[ \t\n]+/y);
  while (cursor.limits.comments === 'skip' && take(cursor, commentForm)) take(cursor, /[ \t\n]+/y);
}

function readElement(cursor: Cursor, outer: ReadonlyMap<string, string>, depth: number): XmlElement {
  if (depth > cursor.limits.depthMax) throw refusal(cursor, `want at most ${cursor.limits.depthMax} levels`);
  if (++cursor.elements > cursor.limits.elementsMax)
    throw refusal(cursor, `want at most ${cursor.limits.elementsMax} elements`);
  const open = take(cursor, openTag);
  if (!open) throw refusal(cursor, 'want an element (no document type, instruction, comment or CDATA)');
  const [, prefix = '', local = ''] = open;
  const { attributes, scope } = readAttributes(cursor, outer);
  const end = take(cursor, tagEnd);
  if (!end) throw refusal(cursor, 'want the end of a tag');
  const ns = scope.get(prefix);
  if (prefix === 'xmlns' || (ns === undefined && prefix !== '')) throw refusal(cursor, 'want a declared prefix');
  const children = end[1] === '/' ? [] : readChildren(cursor, scope, depth, { prefix, local });
  return { prefix, local, ns: ns ?? '', attributes, children, scope };
}

function readChildren(
  cursor: Cursor,
  scope: ReadonlyMap<string, string>,
  depth: number,
  parent: { prefix: string; local: string },
): XmlNode[] {
  const children: XmlNode[] = [];
  let text = '';
  for (;;) {
    const run = take(cursor, textForm)?.[0];
    if (run !== undefined) {
      if (run.includes(']]>')) throw refusal(cursor, 'want no "]]>" in text');
      text += resolve(cursor, run);
      continue;
    }
    if (cursor.limits.comments === 'skip' && take(cursor, commentForm)) continue;
    if (text !== '') children.push(text);
    text = '';
    const close = take(cursor, closeTag);
    if (close) {
      if ((close[1] ?? '') !== parent.prefix || close[2] !== parent.local)
        throw refusal(cursor, `want the end of "${parent.local}"`);
      return children;
    }
    children.push(readElement(cursor, scope, depth + 1));
  }
}

function readAttributes(
  cursor: Cursor,
  outer: ReadonlyMap<string, string>,
): { attributes: XmlAttribute[]; scope: ReadonlyMap<string, string> } {
  const found: { prefix: string; local: string; value: string }[] = [];
  const declared = new Map<string, string>();
  for (let count = 0, match = take(cursor, attributeForm); match; match = take(cursor, attributeForm)) {
    if (++count > attributesMax) throw refusal(cursor, `want at most ${attributesMax} attributes`);
    const [, prefix = '', local = '', double, single] = match;
    // XML 1.0 section 3.3.3: white space in an attribute is a space unless written as a character reference.
    const value = resolve(cursor, (double ?? single ?? '').replaceAll(/[\t\n]/g, ' '));
    if (prefix === 'xmlns') declare(cursor, declared, local, value);
    else if (prefix === '' && local === 'xmlns') declare(cursor, declared, '', value);
    else found.push({ prefix, local, value });
  }
  const scope = declared.size === 0 ? outer : new Map([...outer, ...declared]);
  if (scope.size > namespacesMax) throw refusal(cursor, `want at most ${namespacesMax} prefixes`);
  const seen = new Set<string>();
  const attributes = found.map(attribute => {
    const ns = attribute.prefix === '' ? '' : scope.get(attribute.prefix);
    const key = `${ns}\n${attribute.local}`;
    if (ns === undefined || seen.has(key)) throw refusal(cursor, 'want declared prefixes and no attribute twice');
    seen.add(key);
    return { ...attribute, ns };
  });
  return { attributes, scope };
}

/** Namespaces in XML 1.0 sections 2.2 and 3; relative names are refused because canonical forms of them differ. */
function declare(cursor: Cursor, declared: Map<string, string>, prefix: string, uri: string): void {
  const isReserved = prefix === 'xml' || prefix === 'xmlns' || uri === xmlNs || uri === xmlnsNs;
  if (isReserved || declared.has(prefix)) throw refusal(cursor, 'want each prefix declared once and none reserved');
  if (uri === '' && prefix === '') return void declared.set('', '');
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>]+$/.test(uri)) throw refusal(cursor, 'want absolute namespace names');
  declared.set(prefix, uri);
}

function resolve(cursor: Cursor, text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#(x?)([0-9A-Fa-f]{1,6});|([a-z]{2,4});)?/g, (whole, hex, digits, entity) => {
    const known = entity === undefined ? undefined : entities.get(entity);
    if (known !== undefined) return known;
    const isNumber = digits !== undefined && (hex === 'x' || /^\d+$/.test(digits));
    const code = isNumber ? Number.parseInt(digits, hex === 'x' ? 16 : 10) : -1;
    const character = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\u0000';
    if (notXmlChar.test(character)) throw refusal(cursor, `want no entity but the five of XML, got "${whole}"`);
    return character;
  });
}

/** The elements directly below. */
export function childElements(parent: XmlElement): XmlElement[] {
  return parent.children.filter(child => typeof child !== 'string');
}

/** The one element of this name directly below; undefined when there is none. Forms see to it that there are not two. */
export function childOf(parent: XmlElement, ns: string, local: string): XmlElement | undefined {
  return childElements(parent).find(child => child.ns === ns && child.local === local);
}

export function childrenOf(parent: XmlElement, ns: string, local: string): XmlElement[] {
  return childElements(parent).filter(child => child.ns === ns && child.local === local);
}

/** The value of an attribute without namespace. */
export function attributeOf(element: XmlElement, local: string): string | undefined {
  return element.attributes.find(attribute => attribute.ns === '' && attribute.local === local)?.value;
}

/** All text directly inside, without white space at the ends. */
export function textOf(element: XmlElement): string {
  return element.children
    .filter(child => typeof child === 'string')
    .join('')
    .replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/** The element and everything below, in the order of the document. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of childElements(element)) yield* everyElement(child);
}
