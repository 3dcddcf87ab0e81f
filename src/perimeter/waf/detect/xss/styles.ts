import type { Report } from './rules.ts';

/** Judges CSS: old ways to run script from it, with comments and escapes taken out as browsers do. `offset` is where the piece begins. */
export function judgeStyle(css: string, offset: number, report: Report): void {
  const plain = css.includes('\\') || css.includes('/*') ? uncover(css.slice(0, 4000)) : css;
  const end = offset + Math.min(css.length, 200);
  const expression = plain.indexOf('expression');
  if (
    expression !== -1 &&
    plain
      .slice(expression + 10, expression + 20)
      .trimStart()
      .startsWith('(')
  ) {
    if (plain.lastIndexOf(':', expression) !== -1) report('xss.style_code', offset, end);
  }
  if (plain.includes('-moz-binding')) report('xss.style_code', offset, end);
  const behaviour = plain.indexOf('behavior');
  if (
    behaviour !== -1 &&
    /^behavior\s{0,8}:\s{0,8}url/.test(plain.slice(behaviour, behaviour + 32)) &&
    !'-'.includes(plain[behaviour - 1] ?? ' ')
  ) {
    report('xss.style_code', offset, end);
  }
  for (const scheme of ['javascript:', 'vbscript:', 'livescript:', 'mocha:']) {
    if (plain.includes(scheme)) report('xss.style_code', offset, end);
  }
  if (tells(plain)) report('xss.style_theft', offset, end);
  const load = plain.indexOf('@import');
  if (
    load !== -1 &&
    /^(?:\s{0,4}['"]|\s{1,4}url\(['"]?)(?:javascript|data|\/\/|http:)/.test(plain.slice(load + 7, load + 32))
  ) {
    report(
      /^['"]|data:|javascript/.test(plain.slice(load + 7, load + 24)) ? 'xss.style_code' : 'xss.embedding',
      offset,
      end,
    );
  }
}

const url = /(?:url|image(?:-set)?|src)\(\s{0,4}(?:url\()?["']?\s{0,4}(?:https?:|[/\\]{2}|ftp:)/;
/** A part of what an element holds, where a browser writes what nobody else shall read. */
const partly =
  /\[\s{0,4}(?:value|content|nonce|srcdoc|data-[\w-]{0,20}(?:token|csrf|secret|key|nonce|pass)[\w-]{0,20}|(?:csrf|token)[\w-]{0,20})\s{0,4}[\^$*~|]=/;
const secretive =
  /\[\s{0,4}(?:name|id)\s{0,4}[\^$*]?=\s{0,4}["']?[\w-]{0,20}(?:csrf|xsrf|token|passw|secret|nonce)[\w-]{0,20}["']?\s{0,4}\]/;
/** A font for one letter: that it is fetched tells that the letter stands on the page. */
const lone = /unicode-range\s{0,4}:\s{0,4}u\+[\da-f?]{1,6}\s{0,4}[;}]/;
const rulesMax = 200;

/** Whether a rule of the sheet fetches from elsewhere only where a secret begins, ends or goes on so. */
function tells(css: string): boolean {
  if (!css.includes('[') && !css.includes('unicode-range')) return false;
  let from = 0;
  for (let count = 0; count < rulesMax; count++) {
    const open = css.indexOf('{', from);
    if (open < 0) return false;
    const close = css.indexOf('}', open);
    const end = close < 0 ? css.length : close + 1;
    const selector = css.slice(Math.max(from, open - 300), open);
    const body = css.slice(open, Math.min(end, open + 600));
    const isAway = url.test(body);
    if (isAway && (partly.test(selector) || secretive.test(selector) || lone.test(body))) return true;
    from = end;
    if (close < 0) return false;
  }
  return false;
}

/** Looks for script in style declarations outside of tags: a value may land inside a style attribute or sheet. */
export function findStyleCode(lower: string, report: Report): void {
  if (lower.includes('{') && tells(lower.slice(0, 4000))) report('xss.style_theft', 0, Math.min(lower.length, 200));
  for (const word of ['expression', '-moz-binding', 'behavior']) {
    const at = lower.indexOf(word);
    if (at === -1) continue;
    const before = lower.slice(Math.max(0, at - 40), at);
    const after = lower.slice(at + word.length, at + word.length + 40);
    const isCalled =
      word === 'expression'
        ? /[a-z-]\s{0,4}:\s{0,4}$/.test(before) && /^\((?!s\))/.test(after)
        : /^\s{0,4}:\s{0,4}url\(/.test(after);
    if (isCalled) report('xss.style_code', at, at + word.length);
  }
}

/** Comments out, backslash escapes (`\65 xpression`, `\000065`) and escaped letters resolved. */
function uncover(css: string): string {
  let out = '';
  for (let at = 0; at < css.length; at++) {
    if (css.startsWith('/*', at)) {
      const end = css.indexOf('*/', at + 2);
      if (end === -1) return out;
      at = end + 1;
    } else if (css[at] === '\\') {
      const digits = /^[0-9a-f]{1,6}/.exec(css.slice(at + 1, at + 7))?.[0];
      if (digits === undefined) continue;
      const code = Number.parseInt(digits, 16);
      out += code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toLowerCase() : '';
      at += digits.length;
      if (css[at + 1] === ' ') at++;
    } else if (css.charCodeAt(at) !== 0) out += css[at];
  }
  return out;
}
