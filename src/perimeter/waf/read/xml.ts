import type { Problem } from '../waf.ts';
import { childField, rootField } from './field.ts';
import { problem, quote } from './problem.ts';
import { createValue, type Teller, type ValueWriter } from './teller.ts';
import type { TextReader } from './text-reader.ts';
import { decodeEntities, entityCharsMax } from './xml-entities.ts';
import { createXmlTags } from './xml-tag.ts';

/** How strictly XML is taken. */
export interface XmlOptions {
  /** For text that merely looks like XML (HTML often): tags need not match and unknown entities stay as they stand. */
  readonly isGuess: boolean;
}

const tagCharsMax = 64 * 1024;
// oxlint-disable-next-line no-control-regex -- the characters XML 1.0 does not have
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** A token that has begun, by its first characters. */
const openings = [
  { begin: '<!--', end: '-->', name: '!--' },
  { begin: '<![CDATA[', end: ']]>', name: '' },
  { begin: '<?', end: '?>', name: '?' },
] as const;

/**
 * Reads XML 1.0 as it arrives, holding at most one tag or document type (64 KiB). Text, CDATA, attributes, comments and instructions are
 * told with the path of their element; a document type is told whole as the field `!DOCTYPE` and never acted on, so no entity is expanded
 * but the five predefined and the numeric ones.
 */
export function createXmlReader(teller: Teller, options: XmlOptions): TextReader {
  const root = rootField('xml');
  const tags = createXmlTags(teller, root, options);
  let rest = '';
  let hasDoctype = false;
  /** Text and CDATA between two tags are one value, comments within it left out, as DOM and ElementTree join them. */
  let value: ValueWriter | undefined;
  let aside: ValueWriter | undefined;
  let section: (typeof openings)[number] | undefined;

  const malformed = (what: string): Problem => problem('malformed', `XML: ${what}`, tags.current().asValue);

  function write(text: string, isLast = false): Problem | undefined {
    if (!options.isGuess && forbidden.test(text)) return malformed('a character XML does not have');
    const whole = rest === '' ? text : rest + text;
    let i = 0;
    while (i < whole.length) {
      const next = section === undefined ? token(whole, i, isLast) : inSection(whole, i, isLast);
      if (typeof next !== 'number') {
        // What came before the fault was said all the same.
        value?.end();
        return next;
      }
      if (next < 0) break;
      i = next;
    }
    rest = whole.slice(i);
    return teller.problem;
  }

  /** The place after what begins at `i`; -1 when the next piece is needed. */
  function token(text: string, i: number, isLast: boolean): number | Problem {
    if (text.charCodeAt(i) !== 0x3c) return inText(text, i, isLast);
    if (!isLast && text.length - i < 9) return -1;
    const kind = text.charCodeAt(i + 1);
    const isMarked = kind === 0x21 || kind === 0x3f;
    const opening = isMarked ? openings.find(({ begin }) => text.startsWith(begin, i)) : undefined;
    if (opening !== undefined) return beginSection(opening, i);
    const isDoctype = kind === 0x21;
    const end = isDoctype ? doctypeEnd(text, i) : tagEnd(text, i + 1);
    if (end < 0) {
      // HTML holds pictures in attributes.
      if (text.length - i > tagCharsMax && options.isGuess) return malformed('a tag that is too long');
      if (text.length - i > tagCharsMax) return problem('too_large', 'XML: a tag or document type that is too long');
      return isLast ? malformed('a tag without its end') : -1;
    }
    value?.end();
    value = undefined;
    if (isDoctype) return doctype(text.slice(i, end)) ?? end;
    return tags.read(text.slice(i + 1, end - 1), hasDoctype) ?? end;
  }

  function inText(text: string, start: number, isLast: boolean): number | Problem {
    const open = text.indexOf('<', start);
    let end = open < 0 ? text.length : open;
    if (open < 0 && !isLast) {
      const amp = text.lastIndexOf('&');
      if (amp >= start && text.length - amp <= entityCharsMax && text.indexOf(';', amp) < 0) end = amp;
      if (end === start) return -1;
    }
    const piece = text.slice(start, end);
    const raw = value === undefined ? piece.replace(/^[ \t\r\n]+/, '') : piece;
    if (raw === '') return end;
    if (tags.depth() === 0 && !options.isGuess) return malformed('text outside the element');
    const decoded = decodeEntities(raw, options.isGuess || hasDoctype);
    if (decoded === undefined) return malformed('an entity that does not exist');
    // Between two tags the text is whole; before a section it goes on.
    if (value === undefined && open >= 0 && text.length - open > 1 && isTagBegin(text.charCodeAt(open + 1))) {
      teller.tell(tags.current().asValue, decoded);
      return end;
    }
    value ??= createValue(teller, tags.current().asValue);
    value.write(decoded);
    return end;
  }

  function beginSection(opening: (typeof openings)[number], i: number): number | Problem {
    section = opening;
    if (opening.name === '' && tags.depth() === 0 && !options.isGuess) return malformed('text outside the element');
    if (opening.name === '') value ??= createValue(teller, tags.current().asValue);
    else aside = createValue(teller, childField(tags.current(), opening.name).asValue);
    return i + opening.begin.length;
  }

  function inSection(text: string, start: number, isLast: boolean): number | Problem {
    const mark = section?.end ?? '';
    const found = text.indexOf(mark, start);
    if (found < 0) {
      if (isLast) return malformed('a section without its end');
      const end = text.length - mark.length + 1;
      if (end <= start) return -1;
      (aside ?? value)?.write(text.slice(start, end));
      return end;
    }
    (aside ?? value)?.write(text.slice(start, found));
    aside?.end();
    aside = undefined;
    section = undefined;
    return found + mark.length;
  }

  function doctype(text: string): Problem | undefined {
    if (!options.isGuess) {
      if (!text.startsWith('<!DOCTYPE')) return malformed(`a declaration ${quote(text.slice(0, 12))}`);
      if (hasDoctype || tags.hasRoot()) return malformed('a document type where none may stand');
    }
    hasDoctype = true;
    teller.tell(childField(root, '!DOCTYPE').asValue, text);
    return undefined;
  }

  return {
    write: text => write(text),
    end() {
      const refusal = write('', true);
      if (refusal !== undefined) return refusal;
      if (section !== undefined) return malformed('a section without its end');
      value?.end();
      return options.isGuess || (tags.depth() === 0 && tags.hasRoot())
        ? teller.problem
        : malformed('the text ends early');
    },
  };
}

/** Neither a comment nor CDATA nor an instruction. */
function isTagBegin(code: number): boolean {
  return code !== 0x21 && code !== 0x3f;
}

/** The place after the `>` of a tag; -1 when it is not there yet. Quotes hide it. */
function tagEnd(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3e) return i + 1;
    if (code !== 0x22 && code !== 0x27) continue;
    i = text.indexOf(code === 0x22 ? '"' : "'", i + 1);
    if (i < 0) return -1;
  }
  return -1;
}

/** The place after a document type with its internal subset: quotes, comments and brackets hide the `>`. */
function doctypeEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start + 2; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22 || code === 0x27) {
      i = text.indexOf(code === 0x22 ? '"' : "'", i + 1);
      if (i < 0) return -1;
    } else if (text.startsWith('<!--', i)) {
      i = text.indexOf('-->', i + 4);
      if (i < 0) return -1;
      i += 2;
    } else if (code === 0x5b) depth++;
    else if (code === 0x5d) depth--;
    else if (code === 0x3e && depth <= 0) return i + 1;
  }
  return -1;
}
