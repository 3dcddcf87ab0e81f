import { charClass, type Detector, type DetectorInput, type FirstLook, type Hit } from '../../waf.ts';
import { findBareHandlers, findScriptBreakouts, findTagBreakouts } from './breakouts.ts';
import { judgeTags } from './elements.ts';
import { findExpressions } from './expressions.ts';
import { readTags, type Tag } from './html-lexer.ts';
import { type Report, type XssRule, xssRules } from './rules.ts';
import { findStyleCode } from './styles.ts';
import { findScriptUrls } from './urls.ts';

/**
 * Markup and browser script in every context a value can land in: element content, attributes of any quoting, strings of a script, URLs
 * and styles. Linear: each context is one pass over the text, and what looks back or ahead does so for a fixed number of characters.
 */
export const xss: Detector = {
  id: 'xss',
  rules: xssRules,
  needles: [
    'script:',
    '&colon;',
    '&lpar;',
    'data:',
    'mocha:',
    '+adw-',
    '\u00bcscript',
    '\u03c9\uff9f\uff89',
    '\uff1c',
    '\ufe64',
    '-moz-binding',
  ],
  chars: charClass.less | charClass.equals | charClass.paren | charClass.backtick,
  mayMatch,
  detect,
};

/** Anything that could call, open a tag or end a string wakes it; a plain `name=value` does only with a word of script in it. */
function mayMatch({ text, chars, hasNeedle }: FirstLook): boolean {
  if (hasNeedle) return true;
  // Brackets in a sentence or in what a browser says of itself call nothing: a call has its name or another bracket right before.
  if ((chars & active) === charClass.paren && (chars & charClass.equals) === 0) return calling.test(text);
  return (chars & active) !== 0 || telling.test(text);
}

const active =
  charClass.less |
  charClass.paren |
  charClass.backtick |
  charClass.singleQuote |
  charClass.doubleQuote |
  charClass.bracket |
  charClass.ampersand |
  charClass.backslash |
  charClass.star |
  charClass.control |
  charClass.high;
const telling =
  /on[a-z]|script|document|storage|cookie|constructor|innerhtml|expression|binding|behavior|import|alert|eval|prompt|confirm|print|throw/i;

const calling =
  /[\w$)\]}]\(|script|document|storage|cookie|constructor|innerhtml|expression|binding|behavior|import|alert|eval|prompt|confirm|print|throw|function|\w\s\(\s?(?:\)|\d)|:/i;

function detect(input: DetectorInput, hit: Hit): void {
  const said = new Set<XssRule>();
  const report: Report = (rule, start, end) => {
    if (said.has(rule)) return;
    said.add(rule);
    hit(rule, start, end);
  };
  const { text, lower, chars } = input;
  if (lower.length !== text.length) return detectIn(input, lower, report);
  detectIn(input, text, report);
  if (chars & charClass.high) findEncodedMarkup(lower, report);
  else if (lower.includes('+adw-')) findEncodedMarkup(lower, report);
}

/** `text` has the same length as `lower`: where lower-casing changed the length, positions are those of the lower text. */
function detectIn(input: DetectorInput, text: string, report: Report): void {
  const { lower, chars, paranoia } = input;
  let limit = lower.length;
  if (chars & charClass.less) {
    const tags = readTags(text, 'html');
    limit = tags[0]?.start ?? limit;
    judgeTags(lower, tags, report);
    if (tags.some(hidesMarkup)) judgeTags(lower, readTags(text, 'flat'), report);
    if (paranoia >= 3 && tags.length > 0) report('xss.markup', limit, tags[0]?.end ?? limit);
    findTagBreakouts(lower, report);
  }
  if (lower.includes(':') || lower.includes('&colon')) findScriptUrls(lower, report);
  if (chars & charClass.equals) findBareHandlers(lower, limit, report);
  if (chars & (charClass.paren | charClass.backtick | charClass.equals) || lower.includes('&lpar;')) {
    if (
      chars &
      (charClass.singleQuote |
        charClass.doubleQuote |
        charClass.backtick |
        charClass.star |
        charClass.dollar |
        charClass.semicolon)
    ) {
      findScriptBreakouts(lower, report);
    }
    findExpressions(lower, report);
    if (lower.includes(':')) findStyleCode(lower, report);
  }
  if (lower.includes('-moz-binding')) findStyleCode(lower, report);
}

function hidesMarkup(tag: Tag): boolean {
  if (!tag.isFinished) return true;
  return tag.attributes.some(({ value, name }) => value.includes('<') || name.includes('<'));
}

/** UTF-7, the bytes of old code pages with the eighth bit set, and full-width signs that a later step folds into `<`. */
function findEncodedMarkup(lower: string, report: Report): void {
  for (const opening of ['+adw-', '\u00bc', '\uff1c', '\ufe64']) {
    for (let at = lower.indexOf(opening); at !== -1; at = lower.indexOf(opening, at + opening.length)) {
      const rest = lower.slice(at + opening.length, at + opening.length + 12);
      if (
        /^\/?(?:script|img|svg|iframe|body|object|embed|math|style|details|video|audio|input|link|meta|base)/.test(rest)
      ) {
        report('xss.encoded_markup', at, at + opening.length + rest.length);
        return;
      }
    }
  }
}
