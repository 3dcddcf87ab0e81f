const predefined = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** No reference is longer. */
export const entityCharsMax = 64;

const reference = /&(?:#([0-9]{1,10})|#x([0-9a-fA-F]{1,8})|([A-Za-z_:][\w:.-]{0,59}));/y;

/**
 * Takes the predefined and the numeric references of XML 1.0 section 4.1 off. Another entity, or an ampersand that begins none, stays as it
 * stands when `isLoose`, else there is no result.
 */
export function decodeEntities(text: string, isLoose: boolean): string | undefined {
  let at = text.indexOf('&');
  if (at < 0) return text;
  let out = '';
  let from = 0;
  for (; at >= 0; at = text.indexOf('&', Math.max(from, at + 1))) {
    reference.lastIndex = at;
    const found = reference.exec(text);
    const char = found === null ? undefined : charOf(found);
    if (found === null || char === undefined) {
      if (!isLoose) return undefined;
      continue;
    }
    out += text.slice(from, at) + char;
    from = at + found[0].length;
  }
  return out + text.slice(from);
}

function charOf(found: RegExpExecArray): string | undefined {
  const [, decimal, hex, name] = found;
  if (name !== undefined) return predefined.get(name);
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const isChar = code <= 0x10ffff && code !== 0 && (code < 0xd800 || code > 0xdfff);
  return isChar ? String.fromCodePoint(code) : undefined;
}
