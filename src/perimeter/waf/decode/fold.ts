/** Characters that databases, browsers and mail gateways are known to take for an ASCII one, beyond Unicode's compatibility forms. */
const lookalikes: ReadonlyMap<string, string> = new Map([
  ...each('\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02c8\u00b4\u2035', "'"),
  ...each('\u201c\u201d\u201e\u201f\u2033\u02ba\u02ee\u2036', '"'),
  ...each('\u2039\u2329\u3008\u27e8\u02c2\u276e', '<'),
  ...each('\u203a\u232a\u3009\u27e9\u02c3\u276f', '>'),
  ...each('\u2044\u2215\u29f8', '/'),
  ...each('\u2216\u29f5\u29f9', '\\'),
  ...each('\u037e', ';'),
  ...each('\u2236', ':'),
  ...each('\u017f', 's'),
  ...each('\u212a', 'K'),
  ...each('\u0131', 'i'),
  ...each('\u200b\u2060\ufeff\u00ad', ''),
]);

/**
 * Full-width, small, enclosed and mathematical forms as the ASCII they stand for (Unicode NFKC, character by character), likewise quotes,
 * angles and slashes of other scripts; zero-width characters are dropped. The same string when there are none.
 */
export function foldCompatibility(text: string): string {
  let result = '';
  let kept = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xad || !mayFold(unit)) continue;
    const isPair = unit === 0xd835;
    const char = text.slice(i, isPair ? i + 2 : i + 1);
    // One character at a time: normalising a whole text is not linear when it is made of combining marks.
    const folded = lookalikes.get(char) ?? char.normalize('NFKC');
    if (folded === char) continue;
    result += text.slice(kept, i) + folded;
    kept = i + char.length;
  }
  return kept === 0 ? text : result + text.slice(kept);
}

/** Takes out null characters, which some readers end at and others skip. */
export function dropNulls(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

function mayFold(unit: number): boolean {
  if (unit >= 0xff00) return true;
  if (unit < 0x2000) {
    return (
      (unit >= 0x2b9 && unit <= 0x2ee) ||
      unit === 0xad ||
      unit === 0xb4 ||
      unit === 0x131 ||
      unit === 0x17f ||
      unit === 0x37e
    );
  }
  // The ellipsis stays: people write it, and three full stops mean something in a path.
  if (unit === 0x2026) return false;
  if (unit < 0x2460) return unit <= 0x2060 || (unit >= 0x2100 && unit <= 0x214f) || (unit >= 0x2215 && unit <= 0x232a);
  return unit <= 0x24ff || (unit >= 0x276e && unit <= 0x29f9) || unit === 0x3008 || unit === 0x3009 || isOther(unit);
}

/** Mathematical letters (the first half of the pair) and small forms. */
function isOther(unit: number): boolean {
  return unit === 0xd835 || (unit >= 0xfe50 && unit <= 0xfe6f) || unit === 0xfeff;
}

function each(from: string, to: string): [string, string][] {
  return Array.from(from).map(char => [char, to]);
}
