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

/** Looks for script in style declarations outside of tags: a value may land inside a style attribute or sheet. */
export function findStyleCode(lower: string, report: Report): void {
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
