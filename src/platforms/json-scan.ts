/**
 * Reads text members of a JSON document that may be cut off: the gate keeps only the beginning of an answer. Members are given as paths
 * (`data.id`); the first of several members with one name counts. What stands behind the cut is not found.
 */
export function scanJson(text: string, wanted: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const path: string[] = [];
  let at = 0;
  let key: string | undefined;
  while (at < text.length) {
    const char = text[at];
    if (char === '{' || char === '[') {
      // A list is no member of any wanted path: its elements get a name that no path has.
      path.push(char === '[' ? '[]' : (key ?? ''));
      if (path.length > depthMax) return found;
      key = undefined;
      at++;
    } else if (char === '}' || char === ']') {
      path.pop();
      key = undefined;
      at++;
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (end === -1) return found;
      const value = unquote(text.slice(at, end + 1));
      at = end + 1;
      if (value === undefined) return found;
      if (
        key === undefined &&
        text
          .slice(at, at + 20)
          .trimStart()
          .startsWith(':')
      )
        key = value;
      else key = keep(found, wanted, path, key, value);
    } else if (char === ',') {
      key = undefined;
      at++;
    } else {
      const literal = /^[-+.\w]+/.exec(text.slice(at, at + 40))?.[0];
      if (literal === undefined) at++;
      else {
        key = keep(found, wanted, path, key, literal);
        at += literal.length;
      }
    }
    if (Object.keys(found).length === wanted.length) return found;
  }
  return found;
}

const depthMax = 64;

function keep(
  found: Record<string, string>,
  wanted: readonly string[],
  path: readonly string[],
  key: string | undefined,
  value: string,
): undefined {
  if (key === undefined) return undefined;
  const name = [...path.slice(1), key].join('.');
  if (wanted.includes(name) && !Object.hasOwn(found, name)) found[name] = value;
  return undefined;
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function unquote(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
