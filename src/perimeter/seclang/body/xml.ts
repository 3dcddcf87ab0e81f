const depthMax = 200;

/** Reads an XML text and tells the content of all elements, joined, and the values of all attributes. No entity but the five is expanded. */
export function readXml(
  text: string,
  take: (text: string, attributes: readonly string[]) => boolean,
): string | undefined {
  let content = '';
  const attributes: string[] = [];
  let depth = 0;
  let elements = 0;
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('<', at);
    content += unescape(text.slice(at, open < 0 ? text.length : open));
    if (open < 0) break;
    const end = endOfMarkup(text, open);
    if (end < 0) return 'XML markup without an end';
    if (text.startsWith('<![CDATA[', open)) content += text.slice(open + 9, end - 3);
    else if (text.startsWith('</', open)) depth -= 1;
    else if (!text.startsWith('<!', open) && !text.startsWith('<?', open)) {
      elements += 1;
      const tag = text.slice(open + 1, end - 1);
      readAttributes(tag, attributes);
      if (!tag.endsWith('/')) depth += 1;
    }
    if (depth > depthMax) return 'XML nested too deep';
    if (depth < 0) return 'XML end without a beginning';
    at = end;
  }
  if (depth !== 0 || elements === 0) return 'XML without its end';
  return take(content, attributes) ? undefined : 'too many arguments';
}

function readAttributes(tag: string, into: string[]): void {
  for (let at = tag.indexOf('='); at >= 0; at = tag.indexOf('=', at)) {
    at += 1;
    while (/\s/.test(tag[at] ?? '')) at += 1;
    const quote = tag[at];
    if (quote !== '"' && quote !== "'") continue;
    const end = tag.indexOf(quote, at + 1);
    if (end < 0) return;
    into.push(unescape(tag.slice(at + 1, end)));
    at = end + 1;
  }
}

function endOfMarkup(text: string, open: number): number {
  for (const [start, close] of sections) {
    if (!text.startsWith(start, open)) continue;
    const end = text.indexOf(close, open + start.length);
    return end < 0 ? -1 : end + close.length;
  }
  if (text.startsWith('<!DOCTYPE', open)) return endOfDoctype(text, open);
  let quote = '';
  for (let at = open + 1; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at + 1;
  }
  return -1;
}

const sections = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

function endOfDoctype(text: string, open: number): number {
  const close = text.indexOf('>', open);
  const subset = text.indexOf('[', open);
  if (subset < 0 || subset > close) return close < 0 ? -1 : close + 1;
  const end = text.indexOf(']', subset);
  const last = end < 0 ? -1 : text.indexOf('>', end);
  return last < 0 ? -1 : last + 1;
}

const named = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/g, (all, hex, decimal, name) => {
    if (typeof name === 'string') return named.get(name) ?? all;
    const point = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0x10ffff ? all : Buffer.from(String.fromCodePoint(point)).toString('latin1');
  });
}
