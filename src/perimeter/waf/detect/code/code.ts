/** Code of server languages in values: found by a literal, judged by what stands around it, and let go where people talk about it. */

import { charClass, type Detector, type DetectorInput, type Hit } from '../../waf.ts';
import { createPresence } from '../presence.ts';
import { isWordCode, type Reading, readingOf } from '../reading.ts';
import { forms } from './forms.ts';
import { wholeCall, wholeNeedles } from './whole.ts';

/** The needles whose form asks for no sign. */
const bare = new RegExp(
  forms
    .filter(
      ({ needle, form }) =>
        /^[a-z\d]+$/.test(needle) && (form.test(needle) || form.test(`${needle}x`) || form.source.includes('.{')),
    )
    .map(({ needle }) => needle)
    .join('|'),
  'i',
);

/** Server-side code injection: PHP, Node, Python, Ruby, Java and its expression languages, .NET, Perl, Lua, server and edge includes. */
export const code: Detector = {
  id: 'code',
  rules: [
    { id: 'code.php', title: 'PHP code', points: 5, paranoia: 1 },
    { id: 'code.php-tag', title: 'a PHP tag', points: 5, paranoia: 1 },
    { id: 'code.php-probe', title: 'PHP that prints a known value', points: 5, paranoia: 1 },
    { id: 'code.php-setting', title: 'a setting of PHP that loads code', points: 5, paranoia: 1 },
    { id: 'code.evaluate', title: 'text that is evaluated as code', points: 5, paranoia: 1 },
    { id: 'code.run', title: 'a call that runs a program', points: 5, paranoia: 1 },
    { id: 'code.node', title: 'JavaScript that leaves its place on the server', points: 5, paranoia: 1 },
    { id: 'code.python', title: 'Python code', points: 5, paranoia: 1 },
    { id: 'code.ruby', title: 'Ruby code', points: 5, paranoia: 1 },
    { id: 'code.java', title: 'Java code or a Java expression', points: 5, paranoia: 1 },
    { id: 'code.groovy', title: 'Groovy that runs a program', points: 5, paranoia: 1 },
    { id: 'code.dotnet', title: '.NET or VBScript code', points: 5, paranoia: 1 },
    { id: 'code.lua', title: 'Lua code', points: 5, paranoia: 1 },
    { id: 'code.perl', title: 'Perl code', points: 5, paranoia: 1 },
    { id: 'code.probe', title: 'code that waits', points: 5, paranoia: 1 },
    { id: 'code.server-tag', title: 'a tag the server runs', points: 5, paranoia: 1 },
    { id: 'code.server-include', title: 'a server-side include', points: 5, paranoia: 1 },
    { id: 'code.edge-include', title: 'an edge-side include', points: 5, paranoia: 1 },
    { id: 'code.expression', title: 'an expression that breaks out of its sandbox', points: 5, paranoia: 1 },
    { id: 'code.formula', title: 'a formula that starts a program or sends a cell away', points: 5, paranoia: 1 },
    { id: 'code.talked-code', title: 'server code within a text', points: 3, paranoia: 2 },
  ],
  needles: [...new Set([...forms.map(form => form.needle), ...wholeNeedles])].filter(needle => needle.length >= 2),
  chars: 0,
  // Letters and digits alone call nothing; a few names are enough by themselves.
  mayMatch: ({ text, chars }) => (chars & ~(charClass.letter | charClass.digit)) !== 0 || bare.test(text),
  detect,
};

const presence = createPresence(forms.map(form => form.needle));
const triesMax = 24;
const spanMax = 240;

function detect(input: DetectorInput, hit: Hit): void {
  const { lower } = input;
  let known: Reading | undefined;
  const reading = (): Reading => (known ??= readingOf(input.text));
  const state: Sought = { needle: '', places: [] };
  const whole = wholeCall(lower);
  if (whole !== undefined && reading().words < 5) return hit(whole.rule, whole.at, lower.length);
  presence.take(lower);
  for (let index = 0; index < forms.length; index++) {
    const form = forms[index];
    if (form === undefined || !presence.mayHold(index)) continue;
    if (form.needle !== state.needle) seek(lower, form.needle, state);
    for (const at of state.places) {
      if (form.isName === true && isNamePart(lower, at)) continue;
      if (form.isWhole === true && at > 0 && lower.slice(0, at).trim() !== '') continue;
      if (!form.form.test(lower.slice(at, at + spanMax))) continue;
      if (form.rule === 'code.groovy' && form.isWhole !== true && !isGroovy(lower, at)) continue;
      if (form.isFormula === true && !/^\s{0,4}[=+@-]/.test(lower)) continue;
      const isTalk =
        (form.isSure !== true || isAsked(input.text, reading())) &&
        (reading().isDocument || (reading().isProse && isSetOff(input.text, at)) || isRemarkedOn(lower, at));
      if (!isTalk) hit(form.rule, at, Math.min(lower.length, at + form.needle.length));
      else if (input.paranoia >= 2) hit('code.talked-code', at, at + form.needle.length);
      break;
    }
  }
}

interface Sought {
  needle: string;
  places: number[];
}

/** The first places of a needle; neighbouring forms with the same needle share them. */
function seek(lower: string, needle: string, state: Sought): void {
  state.needle = needle;
  state.places = [];
  for (let at = lower.indexOf(needle); at >= 0 && state.places.length < triesMax; at = lower.indexOf(needle, at + 1))
    state.places.push(at);
}

function isNamePart(lower: string, at: number): boolean {
  const before = lower.charCodeAt(at - 1);
  // `'.system('id').'` joins strings in PHP; `a.system(` calls a method.
  if (before === 46) return !/["'\s]/.test(lower[at - 2] ?? '');
  return isWordCode(before) || before === 36 || before === 45 || (before === 62 && lower.charCodeAt(at - 2) === 45);
}

/** `'id'.execute()`, `["sh","-c","id"].execute()`: on a literal; every other object may have such a method. */
function isGroovy(lower: string, at: number): boolean {
  return /["'\]]$/.test(lower.slice(Math.max(0, at - 1), at));
}

/** `process.exit(1) ends my script`: three plain words right behind the call leave no program that would run. */
function isRemarkedOn(lower: string, at: number): boolean {
  const close = lower.slice(at, at + 120).search(/[)\]]/);
  const rest = lower.slice(at + close + 1, at + close + 90);
  if (close > 0 && /^ (?!(?:or|and|if|unless|while|do|xor|not|in|is|then|else|end)$)[a-z']{3,24}[.!?]?$/.test(rest))
    return true;
  return (
    close > 0 &&
    /^[)\]}]{0,3}[,:]? (?!(?:or|and|if|unless|while|do|xor) )[a-z']{2,24} [a-z']{2,24}(?: [\w'.]{2,24}(?:[ ,.!?]|$)|[.!?]?$)/.test(
      rest,
    )
  );
}

/** A sentence of many words without a sign of a template or expression around. */
function isAsked(text: string, { words, isDocument }: Reading): boolean {
  return !isDocument && words >= 6 && text.length < 400 && !/[{<%#@;]/.test(text);
}

/** In prose code follows a word and a blank, or stands in Markdown's backticks; an injected piece follows a quote or bracket. */
function isSetOff(text: string, at: number): boolean {
  if (at === 0) return false;
  const start = text.slice(Math.max(0, at - 24), at);
  return /(?:\w[,:]?\s{1,3}|[\s(]`[^`]{0,24}|`[^`]{0,24}|=\s{1,3}(?:require\(\\?['"])?)$/.test(start);
}
