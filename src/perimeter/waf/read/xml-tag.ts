import type { Problem } from '../waf.ts';
import { childField, type Field } from './field.ts';
import { problem, quote } from './problem.ts';
import type { Teller } from './teller.ts';
import type { XmlOptions } from './xml.ts';
import { decodeEntities } from './xml-entities.ts';

/** The elements that are open, and what their tags say. */
export interface XmlTags {
  /** Takes what stands between `<` and `>`. */
  read(tag: string, hasDoctype: boolean): Problem | undefined;
  current(): Field;
  depth(): number;
  hasRoot(): boolean;
}

const attributesMax = 256;
const localsMax = 1024;
const name = /^[A-Za-z_:\x80-\uffff][^\s<>&"'/=]*$/;

/** Reads tags strictly: every one is closed by its own name (in turn), attributes are quoted and stand once (XML 1.0 section 3). */
export function createXmlTags(teller: Teller, root: Field, options: XmlOptions): XmlTags {
  const attribute = /\s*([^\s=<>&"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')|\s*$/y;
  /** By name as written, what it is without its prefix: elements come again and again, and are looked at once. */
  const locals = new Map<string, string>();
  const open: string[] = [];
  const fields: Field[] = [root];
  let hasRoot = false;
  const current = (): Field => fields[fields.length - 1] ?? root;
  const malformed = (what: string): Problem => problem('malformed', `XML: ${what}`, current().asValue);

  function read(tag: string, hasDoctype: boolean): Problem | undefined {
    if (tag.charCodeAt(0) === 0x2f) return close(tag);
    const isEmpty = tag.charCodeAt(tag.length - 1) === 0x2f;
    const end = nameEnd(tag);
    const element = end === tag.length ? tag : tag.slice(0, end);
    const local = locals.get(element) ?? learn(element);
    if (local === undefined) return malformed('a tag without a name');
    if (!options.isGuess && hasRoot && open.length === 0) return malformed('a second element at the top');
    const field = childField(current(), local);
    const refusal = tooMany(field) ?? enter(element, field);
    if (refusal !== undefined) return refusal;
    const last = isEmpty ? tag.length - 1 : tag.length;
    const wrong = last <= end ? undefined : attributes(tag.slice(end, last), field, hasDoctype);
    if (wrong !== undefined) return wrong;
    if (!isEmpty) return undefined;
    open.pop();
    fields.pop();
    return undefined;
  }

  /** Of text that only looks like XML no more is read so. */
  function tooMany(field: Field): Problem | undefined {
    const { fieldsMax } = teller.limits;
    if (field.count.fields <= fieldsMax) return undefined;
    if (options.isGuess) return malformed('too many different elements');
    return problem('too_many', `XML with more than ${fieldsMax} different elements and attributes`, field.asValue);
  }

  function enter(element: string, field: Field): Problem | undefined {
    if (open.length >= teller.limits.depthMax) {
      // Guessed text is HTML more often than not, where many elements stay open.
      if (!options.isGuess)
        return problem('too_deep', `XML is nested deeper than ${teller.limits.depthMax}`, field.asValue);
      open.length = 0;
      fields.length = 1;
    }
    if (!options.isGuess && element.length > teller.limits.nameCharsMax)
      return problem('too_large', 'XML: a name that is too long');
    hasRoot = true;
    tellName(field, element);
    open.push(element);
    fields.push(field);
    return undefined;
  }

  /** The local part of a name; undefined when it is none. */
  function learn(element: string): string | undefined {
    if (!name.test(element)) return undefined;
    if (locals.size >= localsMax) locals.clear();
    const local = localName(element);
    locals.set(element, local);
    return local;
  }

  function close(tag: string): Problem | undefined {
    const last = open[open.length - 1];
    if (last !== undefined && tag.startsWith(last, 1) && isBlank(tag, last.length + 1)) {
      open.pop();
      fields.pop();
      return undefined;
    }
    return options.isGuess ? undefined : malformed('an end tag that closes nothing');
  }

  function attributes(text: string, field: Field, hasDoctype: boolean): Problem | undefined {
    let first: string | undefined;
    let seen: Set<string> | undefined;
    for (let at = 0; at < text.length; at = attribute.lastIndex) {
      attribute.lastIndex = at;
      const found = attribute.exec(text);
      if (found === null || (!options.isGuess && !isBlankAt(text, at))) return oddAttributes(text.slice(at), field);
      const key = found[1];
      if (key === undefined) break;
      const raw = found[2] ?? found[3] ?? '';
      if (!options.isGuess) {
        if (key === first || seen?.has(key) === true)
          return problem('ambiguous', `XML attribute ${quote(key)} stands twice`, field.asValue);
        if (first === undefined) first = key;
        else if ((seen ??= new Set()).add(key).size >= attributesMax)
          return problem('too_many', 'XML: too many attributes', field.asValue);
      }
      const value = decodeEntities(raw, options.isGuess || hasDoctype);
      if (value === undefined || (!options.isGuess && raw.includes('<'))) return malformed('a broken attribute');
      const child = childField(field, `@${key}`);
      tellName(child, key);
      teller.tell(child.asValue, value);
    }
    return undefined;
  }

  /** Attributes as HTML has them, without quotes, are told as one text. */
  function oddAttributes(text: string, field: Field): Problem | undefined {
    if (!options.isGuess) return malformed('a broken attribute');
    teller.tell(childField(field, '@').asValue, text);
    return undefined;
  }

  function tellName(field: Field, text: string): void {
    if (field.isTold) return;
    field.isTold = true;
    teller.tell(field.asName, text);
  }

  return { read, current, depth: () => open.length, hasRoot: () => hasRoot };
}

/** Where the name that begins a tag ends. */
function nameEnd(tag: string): number {
  let end = 0;
  for (; end < tag.length; end++) {
    const code = tag.charCodeAt(end);
    if (code <= 0x20 || code === 0x2f || code === 0x3d || code === 0x3e) return end;
    if (code >= 0x80 && /\s/.test(tag.charAt(end))) return end;
  }
  return end;
}

/** Whether a text is white space only from `start` on. */
export function isBlank(text: string, start = 0): boolean {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return false;
  }
  return true;
}

function isBlankAt(text: string, at: number): boolean {
  return isBlank(text.charAt(at));
}

function localName(element: string): string {
  return element.slice(element.lastIndexOf(':') + 1) || element;
}
