/** JavaScript as `$where` and `mapReduce` run it, where a value goes on as a condition or a statement. */

/** Says that a rule matches at `[start, end)`; more than once is said once. */
export type Tell<Rule> = (rule: Rule, start: number, end: number) => void;

type ScriptRule = 'nosqli.code' | 'nosqli.breakout' | 'nosqli.operator';

/** A quote (or a number) that goes on as a condition or statement of JavaScript. */
export function judgeScript(text: string, tell: Tell<ScriptRule>): void {
  // A null character ends the code for some drivers, as a comment does.
  const lower = text.replaceAll('\u0000', '//');
  let blank = false;
  let seen = 0;
  for (let index = 0; index < lower.length && seen < 64; index += 1) {
    const code = lower.charCodeAt(index);
    if (code <= 0x20) blank = true;
    if (code !== 0x27 && code !== 0x22) continue;
    seen += 1;
    if (seen % 2 === 0 && lower.charCodeAt(index - 1) !== code) continue;
    const rest = lower.slice(index + 1, index + 160);
    const joined = /^\s{0,4}[)\]}]{0,4}\s{0,4}(?:\|\||&&|;|,)\s{0,4}/u.exec(rest)?.[0];
    if (joined === undefined) continue;
    const tail = rest.slice(joined.length);
    if (
      /^(?:!{0,3}|\(*)this(?:\.[\w.]|\[|\s{0,2}(?:\|\||&&|$))/u.test(tail) ||
      /^(?:\/[^/\n]{1,40}\/\.test|['"]\w{1,24}['"]\s{0,2}in|\w{1,24}(?:\.\w{1,16})?)\s{0,2}\(?\s{0,2}this\b/u.test(tail)
    )
      tell('nosqli.code', index, index + 40);
    else if (/^return\b[\s(]{0,4}(?:true|false|1|0|!|this|'|"|tojson|db\.)/u.test(tail) && (seen === 1 || !blank))
      tell('nosqli.code', index, index + 40);
    else if (isScriptTautology(tail)) tell('nosqli.breakout', index, index + 40);
    else if (
      /^(?:var |let )?[\w ]{0,16}=? ?(?:sleep\(\d|new date\(\)[^a-z])|^(?:do|while) ?[({].{0,80}(?:date|true|1)|^for\s?\(\s?;\s?;|^(?:if|throw)\b[^;]{0,80}(?:this\.|sleep\()|^(?:var|let|const) \w{1,12} ?=[^;]{1,40};\s{0,4}return\b/u.test(
        tail,
      ) &&
      joined.includes(';')
    )
      tell('nosqli.code', index, index + 40);
    else if (
      seen % 2 === 1 &&
      /^(?:\|\||&&)/u.test(joined.trim()) &&
      openEnd.test(lower.slice(Math.max(index + 1 + joined.length, lower.length - 48)))
    )
      tell('nosqli.breakout', index, index + 40);
    else if (joined.includes(';') && /^return\b.{0,80}\/\/\s{0,4}$/u.test(tail)) tell('nosqli.code', index, index + 40);
    else if (/^(?:emit|tojson|print)\s?\(|^new date\(\)\.get/u.test(tail)) tell('nosqli.code', index, index + 40);
    else if (/^'?\$(?:or|where|and|nor|ne|gt|regex)'?\s?:/u.test(tail)) tell('nosqli.operator', index, index + 40);
  }
  if (
    /^[\w"'-]{0,40}[)}\]]{0,3}\s{0,4};?\s{0,4}return\s{0,4}\(?\s{0,4}(?:(?:true|false|1|!0)\)?\s{0,4}(?:$|[;}/]|[=!]=)|this\.|this;)/u.test(
      lower,
    ) &&
    (!lower.startsWith('return') || (lower.length < 80 && !/^return\s{1,4}(?:false|!1)\b/u.test(lower)))
  )
    tell('nosqli.code', 0, 40);
  const loop = lower.includes('new date')
    ? /\b(?:do\s{0,2}\{.{0,120}\}\s{0,2})?while\s{0,2}\(.{0,80}(?:date|\w-\w)/u.exec(lower)
    : null;
  if (loop !== null && lower.length < 400 && /^[^\n]{0,60};/u.test(lower))
    tell('nosqli.code', loop.index, loop.index + 40);
  const member =
    /(?:\|\||&&|\breturn\b|^|[(!])\s{0,4}!?\(?this\.(?:pass\w{0,12}|pwd|user\w{0,12}|email|login|secret|token|name|credit\w{0,16}|constructor)(?:\.(?:match|length|charat|substr\w{0,6}|startswith|includes|indexof|constructor|test)\b|\[\d|\s{0,2}[!=<>]={1,2}\s{0,2}(?:['"\d/!]|null|true|false|undefined|this\.))/u.exec(
      lower,
    );
  if (member !== null) tell('nosqli.code', member.index, member.index + 40);
  if (
    /^\s{0,4}(?:function\s{0,4}\(\s{0,4}\)\s{0,4}\{|\(\s{0,2}\)\s{0,2}=>).{0,80}(?:this\.|obj\.|sleep\(|tojson)/u.test(
      lower,
    )
  )
    tell('nosqli.code', 0, 40);
  const whole =
    /\b(?:tojson\w{0,8}|object\.(?:keys|values|entries)|json\.stringify)\(this[),]|\/\.test\(this\.\w/u.exec(
      lower.slice(0, 800),
    );
  if (whole !== null) tell('nosqli.code', whole.index, whole.index + whole[0].length);
  // A number, a statement: what `$where` makes of a value that was to be a number.
  if (/^[\w.-]{0,24}\s{0,4};\s{0,4}sleep\(\s{0,4}\d{1,8}\s{0,4}\)\s{0,4}[;}/]{0,3}\s{0,4}$/u.test(lower))
    tell('nosqli.code', 0, 40);
  // A function is the whole value: what `$where`, `mapReduce` and `$function` take.
  if (
    lower.length < 400 &&
    /^\s{0,4}function\s{0,4}\(\s{0,4}(?:\w{1,12}(?:,\s{0,2}\w{1,12})?)?\s{0,4}\)\s{0,4}\{\s{0,4}(?:[^{}]{0,80};\s{0,4})?(?:return\b|emit\s?\()[^{}]{0,200}\}\s{0,4};?\s{0,4}$/u.test(
      lower,
    )
  )
    tell('nosqli.code', 0, 40);
  // A null character straight behind the quote that ends the literal: for some drivers the rest is gone.
  const cut = text.indexOf('\0');
  if (cut > 0 && cut < 80 && text.length - cut < 8 && /['"][)\]}\s]{0,4}$/u.test(text.slice(0, cut)))
    tell('nosqli.breakout', 0, cut);
  if (/\$where['"]?\s{0,4}:\s{0,4}(?:['"]|function|\d)/u.test(lower))
    tell('nosqli.code', lower.indexOf('$where'), lower.indexOf('$where') + 30);
}

/** The application's own quote is to close what the value leaves open at its end. */
const openEnd = /(?:\|\||&&|[=!]==?|[<>]=?|\+)\s{0,3}\(?\s{0,3}['"][^'"]{0,24}$/u;

/** `'1'=='1`, `1==1//`, `1==1%00`, `''==''`: JavaScript's own equality, which SQL's reader does not insist on. */
function isScriptTautology(tail: string): boolean {
  const found =
    /^\(?(?:'([^']{0,12})'|"([^"]{0,12})"|(\d{1,6})|(true|!0|!''|!null))\s{0,3}(?:([=!]==?|[<>]=?)\s{0,3}(?:'([^']{0,12})|"([^"]{0,12})|(\d{1,6})))?/u.exec(
      tail,
    );
  if (found === null) return false;
  const left = found[1] ?? found[2] ?? found[3];
  if (left === undefined) return /^\s{0,4}(?:\/\/|$)/u.test(tail.slice(found[0].length));
  if (found[5] === undefined) return found[3] !== undefined && /^\s{0,4}(?:\/\/|\})/u.test(tail.slice(found[0].length));
  return (found[6] ?? found[7] ?? found[8]) !== undefined;
}
