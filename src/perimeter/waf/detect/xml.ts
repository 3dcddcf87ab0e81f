/** XML that reads files, calls out or grows: document types with entities, external documents, XInclude, XSLT. */

import type { Detector, Place, Rule } from '../waf.ts';

const rules = [
  { id: 'xxe.external_entity', title: 'an XML entity that reads a file or a URL', points: 5, paranoia: 1 },
  { id: 'xxe.parameter_entity', title: 'an XML parameter entity', points: 5, paranoia: 1 },
  { id: 'xxe.expansion', title: 'XML entities that grow when they are read', points: 5, paranoia: 1 },
  { id: 'xxe.entity', title: 'an XML entity of the sender', points: 5, paranoia: 1 },
  { id: 'xxe.drawing_entity', title: 'an XML entity as drawing programs write them', points: 2, paranoia: 1 },
  { id: 'xxe.external_subset', title: 'an XML document type read from elsewhere', points: 5, paranoia: 1 },
  { id: 'xxe.include', title: 'an XML inclusion of another document', points: 5, paranoia: 1 },
  { id: 'xxe.stylesheet', title: 'a stylesheet that reads files, calls out or runs code', points: 5, paranoia: 1 },
  { id: 'xxe.reference', title: 'a reference from XML to a local file or a wrapper', points: 5, paranoia: 1 },
  { id: 'xxe.encoding', title: 'XML in an encoding that hides its signs', points: 5, paranoia: 1 },
  { id: 'xxe.doctype', title: 'an XML document type with declarations', points: 3, paranoia: 1 },
] as const satisfies readonly Rule[];
type XmlRule = (typeof rules)[number]['id'];
type Tell = (rule: XmlRule, start: number) => void;

/** Hosts whose document types honest programs name. */
const knownTypes = [
  'www.w3.org/',
  'w3.org/',
  'www.apple.com/dtds/',
  'xml.apache.org/',
  'www.oasis-open.org/',
  'docbook.org/',
  'hibernate.sourceforge.net/',
  'www.hibernate.org/',
  'mybatis.org/',
  'java.sun.com/dtd',
  'struts.apache.org/',
  'logging.apache.org/',
  'www.springframework.org/dtd',
  'ns.adobe.com/',
  'www.idpf.org/',
  'www.daisy.org/',
  'checkstyle.org/',
  'www.puppycrawl.com/',
  'xml.evolus.vn/',
  'my.netscape.com/',
  'www.wapforum.org/',
  'www.openmobilealliance.org/',
  'www.jboss.org/',
  'www.netbeans.org/',
  'xml.cxml.org/',
  'eutils.ncbi.nlm.nih.gov/',
  'www.ncbi.nlm.nih.gov/',
  'dtd.nlm.nih.gov/',
  'jats.nlm.nih.gov/',
  'www.musicxml.org/',
  'www.freedesktop.org/',
  'glade.gnome.org/',
  'www.tei-c.org/',
  'www.eclipse.org/',
  'www.crossref.org/',
];

export const xml: Detector = {
  id: 'xxe',
  rules,
  needles: [
    '!doctype',
    '[%',
    '[ %',
    '[\n%',
    '<!entity',
    '<!element',
    '<!attlist',
    '<!notation',
    'system',
    'public',
    'xml-stylesheet',
    'xinclude',
    'xi:include',
    'document(',
    'xsl:',
    'msxsl',
    'href=',
    'unparsed-text',
    'schemalocation',
    '+adw-',
    '+adwaiq-',
    'encoding=',
    '.xsl',
    'xsl:',
    ':script',
    ':evaluate',
    'msl:',
    'ephemeral:',
    'text:/',
    'caption:@',
    'label:@',
    'mhtml:',
    'rec-xslt',
    'xalan/java',
    'php.net/xsl',
    'transform/java',
    'exslt.org/dynamic',
  ],
  chars: 0,
  detect({ lower, place }, hit) {
    const told = new Set<XmlRule>();
    const tell: Tell = (rule, start) => {
      if (told.has(rule)) return;
      told.add(rule);
      hit(rule, start, Math.min(lower.length, start + 60));
    };
    // UTF-7 keeps the letters and hides only the signs.
    const text = lower.includes('+adw-')
      ? lower
          .replaceAll('+adw-', '<')
          .replaceAll('+ad4-', '>')
          .replaceAll('+acu-', '%')
          .replaceAll('+aci-', '"')
          .replaceAll('+afs-', '[')
      : lower;
    judgeEntities(text, tell);
    if (place.zone === 'xml') judgeNode(text, place, tell);
    if (hiding.test(text)) tell('xxe.encoding', 0);
    if (place.zone === 'xml' && place.name.toLowerCase().startsWith('!doctype')) judgeType(text, 0, tell);
    let at = text.indexOf('<!doctype');
    for (let count = 0; at >= 0 && count < 16; count += 1) {
      judgeType(text, at + 9, tell);
      at = text.indexOf('<!doctype', at + 9);
    }
    judgeInclusions(text, tell);
    judgeStyles(text, tell);
  },
};

/** XML 1.0 section 4.3.3 knows them; writers of documents do not, and readers of signs see none. */
const hiding =
  /<\?xml\s[^>?]{0,80}encoding\s{0,2}=\s{0,2}["'](?:utf-?7|unicode-1-1-utf-7|cp037|ibm-?\d{3,5}|ebcdic[\w-]{0,16}|utf-?32\w{0,2}|iso-10646-ucs-4|ucs-?4|utf-?ebcdic|cp1047|cp500)["']/u;
/** What converters of pictures and servers of Java open. */
const opener = /^(?:file|php|expect|gopher|jar|netdoc|msl|text|ephemeral|dict|caption|label|mvg|mhtml):/u;
const elsewhere = /^(?:https?:|file:|ftp:|\/\/|\\\\)/u;

/** One name or value of a parsed document: its place is the path of the element. */
function judgeNode(text: string, { name, part }: Place, tell: Tell): void {
  const path = name.toLowerCase();
  if (part === 'name') {
    if (/^(?:msxsl|lxslt|xalan|saxon):(?:script|component)$|:evaluate$/u.test(text)) tell('xxe.stylesheet', 0);
    return;
  }
  if (path === '?') {
    const href = /\shref\s{0,2}=\s{0,2}["']([^"']{1,200})/u.exec(text.slice(0, 600))?.[1];
    if (text.startsWith('xml-stylesheet') && !text.includes('text/css') && href !== undefined && elsewhere.test(href))
      tell('xxe.stylesheet', 0);
    return;
  }
  if (/[.:@]href$/u.test(path)) {
    if (opener.test(text)) tell('xxe.reference', 0);
    if (/^(?:stylesheet|transform)\b.{0,200}\.(?:import|include)\.@href$/u.test(path) && elsewhere.test(text))
      tell('xxe.stylesheet', 0);
    if (/\.(?:\w{1,16}:)?include\.@href$/u.test(path) && opener.test(text)) tell('xxe.include', 0);
  }
  if (/(?:\.@target|location|@src|@uri|@data)$/u.test(path) && /^(?:mhtml|netdoc|jar|gopher|expect|php):/u.test(text))
    tell('xxe.reference', 0);
  if (path.endsWith('@algorithm') && text.includes('rec-xslt')) tell('xxe.stylesheet', 0);
  if (path.includes('@xmlns') && /xalan\/java|php\.net\/xsl|xsl\/transform\/java|exslt\.org\/dynamic/u.test(text))
    tell('xxe.stylesheet', 0);
}

function skip(text: string, at: number): number {
  let index = at;
  while (index < at + 256 && text.charCodeAt(index) <= 0x20) index += 1;
  return index;
}

function wordAt(text: string, at: number): string {
  let end = at;
  while (end < at + 80 && /[^\s<>"'[\]%;]/u.test(text.charAt(end)) && end < text.length) end += 1;
  return text.slice(at, end);
}

/** A literal in either quote, or undefined; at most 2,000 characters of it. */
function literalAt(text: string, at: number): { text: string; end: number } | undefined {
  const quote = text.charAt(at);
  if (quote !== '"' && quote !== "'") return undefined;
  const span = text.slice(at + 1, at + 2001);
  const end = span.indexOf(quote);
  return { text: end === -1 ? span : span.slice(0, end), end: at + 1 + (end === -1 ? span.length : end + 1) };
}

/** Outside a DOCTYPE, with three words of a sentence behind it: no parser takes that, somebody writes about entities. */
function isToldOf(text: string, { at, end }: { readonly at: number; readonly end: number }): boolean {
  return (
    /^\s{0,4}>[ \t]{1,4}[a-z']{2,24}[ ,][ a-z',]{0,4}[a-z']{2,24} [a-z']{2,24}/u.test(text.slice(end, end + 100)) &&
    !text.slice(0, at).includes('<!doctype')
  );
}

/** `<!ENTITY [%] name (value | SYSTEM uri | PUBLIC id uri)`, XML 1.0 section 4.2. */
function judgeEntities(text: string, tell: Tell): void {
  let at = text.indexOf('<!entity');
  for (let count = 0; at >= 0 && count < 64; count += 1) {
    let index = skip(text, at + 8);
    const isParameter =
      text.charAt(index) === '%' || text.startsWith('&#37;', index) || text.startsWith('&#x25;', index);
    if (isParameter)
      index = skip(text, index + (text.charAt(index) === '%' ? 1 : text.indexOf(';', index) - index + 1));
    index = skip(text, index + wordAt(text, index).length);
    const word = wordAt(text, index);
    const value = literalAt(text, index);
    if (word === 'system' || word === 'public') {
      tell(isParameter ? 'xxe.parameter_entity' : 'xxe.external_entity', at);
    } else if (isParameter) tell('xxe.parameter_entity', at);
    else if (value !== undefined && index > at + 9) {
      if (/[&%][a-z_]/u.test(value.text) || value.text.includes('&#')) tell('xxe.expansion', at);
      else if (
        /^https?:\/\/(?:www\.w3\.org|ns\.adobe\.com|purl\.org|xmlns\.com|www\.owl-ontologies\.com|[\w.-]{1,60}\/ontology)/u.test(
          value.text,
        )
      )
        tell('xxe.drawing_entity', at);
      else if (!isToldOf(text, { at, end: value.end })) tell('xxe.entity', at);
    }
    at = text.indexOf('<!entity', at + 8);
  }
}

/** What follows `<!DOCTYPE`, XML 1.0 section 2.8. */
function judgeType(text: string, at: number, tell: Tell): void {
  let index = skip(text, at);
  if (text.startsWith('<!doctype', index)) index = skip(text, index + 9);
  const name = wordAt(text, index);
  if (name !== 'system' && name !== 'public') index = skip(text, index + name.length);
  const word = wordAt(text, index);
  if (word === 'system') {
    const uri = literalAt(text, skip(text, index + 6));
    if (
      uri !== undefined &&
      uri.text !== 'about:legacy-compat' &&
      !isKnown(uri.text) &&
      !/^[\w-]{1,40}\.dtd$/u.test(uri.text)
    )
      tell('xxe.external_subset', index);
    index = skip(text, uri?.end ?? index + 6);
  } else if (word === 'public') {
    const id = literalAt(text, skip(text, index + 6));
    const uri = id === undefined ? undefined : literalAt(text, skip(text, id.end));
    if (uri !== undefined && !isKnown(uri.text)) tell('xxe.external_subset', index);
    index = skip(text, uri?.end ?? id?.end ?? index + 6);
  }
  if (text.charAt(index) !== '[') return;
  const subset = skip(text, index + 1);
  if (
    text.startsWith('<!element', subset) ||
    text.startsWith('<!attlist', subset) ||
    text.startsWith('<!notation', subset)
  )
    tell('xxe.doctype', index);
  if (text.charAt(subset) === '%') tell('xxe.parameter_entity', subset);
}

function isKnown(uri: string): boolean {
  const rest = /^(?:https?:)?\/\//u.exec(uri)?.[0];
  if (rest === undefined) return uri === '';
  const address = uri.slice(rest.length);
  return knownTypes.some(known => address.startsWith(known));
}

function judgeInclusions(text: string, tell: Tell): void {
  const at = text.indexOf('xi:include');
  const tag = at > 0 && text.charAt(at - 1) === '<' ? at : text.indexOf('<include');
  if (
    tag >= 0 &&
    (text.charAt(tag - 1) === '<' || text.includes('www.w3.org/2001/xinclude')) &&
    text.slice(tag, tag + 400).includes('href')
  )
    tell('xxe.include', tag);
  else if (
    (text.includes('www.w3.org/2001/xinclude') || text.includes('www.w3.org/2003/xinclude')) &&
    text.includes('include')
  )
    tell('xxe.include', text.indexOf('/xinclude'));
  let href = text.indexOf('href=');
  for (let count = 0; href >= 0 && count < 64; count += 1) {
    const value = literalAt(text, href + 5)?.text ?? '';
    if (
      /^(?:file:|php:|expect:|gopher:|jar:|netdoc:|msl:|text:\/|ephemeral:|dict:)/u.test(value) &&
      text.lastIndexOf('<', href) > href - 300
    )
      tell('xxe.reference', href);
    href = text.indexOf('href=', href + 5);
  }
  const schema = text.indexOf('schemalocation=');
  if (schema >= 0) {
    const value = literalAt(text, schema + 15)?.text ?? '';
    if (
      /(?:^|\s)(?:file|ftp|gopher|jar|php|expect|netdoc):|(?:^|\s)https?:\/\/(?:127\.|10\.|169\.254\.|192\.168\.|localhost|\[::1)/u.test(
        value,
      )
    )
      tell('xxe.reference', schema);
  }
}

function judgeStyles(text: string, tell: Tell): void {
  const instruction = text.indexOf('<?xml-stylesheet');
  if (instruction >= 0) {
    const span = text.slice(instruction, instruction + 400);
    const href = span.indexOf('href=');
    const value = href < 0 ? '' : (literalAt(span, href + 5)?.text ?? '');
    if (/^(?:https?:|ftp:|file:|\/\/|data:|javascript:|gopher:|php:|jar:)/u.test(value))
      tell('xxe.stylesheet', instruction);
  }
  if (!text.includes('<xsl:') && !text.includes('1999/xsl/transform')) return;
  for (const mark of [
    'document(',
    'system-property(',
    'unparsed-text(',
    'php:function',
    'php:functionstring',
    'msxsl:script',
    'xalan/java',
    'xslt/java',
    'java.lang.',
    'runtime:exec',
    'exploit:',
    'result-document',
    'exsl:document',
    'xmlns:rt=',
    'xmlns:java=',
    'redirect:write',
    'saxon:',
    'xsl:evaluate',
    'dyn:evaluate',
    'exslt.org/dynamic',
    'php.net/xsl',
    'transform/java',
    'json-doc(',
  ]) {
    const at = text.indexOf(mark);
    if (at >= 0) return tell('xxe.stylesheet', at);
  }
  const include = /<xsl:(?:include|import)\s{1,8}href=["'](?:https?:|file:|ftp:|\/\/)/u.exec(text);
  if (include !== null) tell('xxe.stylesheet', include.index);
}
