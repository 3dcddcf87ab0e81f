import type { Cidr } from '../../core/ip.ts';
import { parseCidr } from '../../core/ip.ts';
import type { Macro } from './macro.ts';
import { parseMacro, plainText } from './macro.ts';
import type { AnyOf } from './regex/literals.ts';
import type { Budget, Regex } from './regex/regex.ts';
import { compileRegex } from './regex/regex.ts';
import { lowercase } from './transform/all.ts';
import { isUtf8 } from './transform/text.ts';
import { isUrlEncodingValid } from './transform/url.ts';

/** What an operator may ask while a transaction runs. */
export interface Asking {
  expand(macro: Macro): string;
  /** Steps left for what expressions can only verify, for the whole transaction. */
  readonly budget: Budget;
  /** Whether the text is a SQL injection, by whoever judges that. */
  isSqlInjection(text: string): boolean;
  isCrossSiteScripting(text: string): boolean;
}

/** A test of one value. */
export interface Operator {
  readonly name: string;
  readonly isNegated: boolean;
  /** Literals without which the test fails; none when nothing is known. */
  readonly required: readonly AnyOf[];
  /** Its argument where that has values in it. */
  readonly macro: Macro | undefined;
  /** True when the literals are the whole test. */
  readonly isLiteral: boolean;
  /** The test before negation. */
  test(text: string, asking: Asking): boolean;
  /** What `TX:0` to `TX:9` become after a match. */
  capture(text: string, budget: Budget): readonly string[] | undefined;
}

type Built = Partial<Pick<Operator, 'required' | 'isLiteral' | 'capture' | 'macro'>> & Pick<Operator, 'test'>;
/** Reads a file that an operator names. */
type ReadData = (name: string) => string;
type Build = (argument: string, readData: ReadData) => Built;

/** Expressions with values in them are compiled when they are used, and so many kept. */
const compiledMax = 16;

const form = /^(!?)@([A-Za-z0-9]+)(?:\s+([\s\S]*))?$/;

/** Reads `@rx …`, `!@eq 0` or a bare expression; throws a RangeError for an operator or argument that is not understood. */
export function parseOperator(text: string, readData: ReadData): Operator {
  const found = form.exec(text);
  const isNegated = text.startsWith('!') && (found !== null || text[1] !== '@');
  const name = found?.[2] ?? 'rx';
  const argument = found === null ? (isNegated ? text.slice(1) : text) : (found[3] ?? '').trim();
  const build = operators.get(name.toLowerCase());
  if (build === undefined) throw new RangeError(`unknown operator "@${name}"`);
  const built = build(argument, readData);
  return {
    name,
    isNegated,
    required: [],
    isLiteral: false,
    macro: undefined,
    capture: matched => [matched],
    ...built,
  };
}

const operators: ReadonlyMap<string, Build> = new Map<string, Build>([
  ['rx', buildExpression],
  ['pm', argument => buildPhrases(argument.split(/\s+/))],
  ['pmfromfile', (argument, readData) => buildPhrases(dataLines(argument, readData))],
  ['pmf', (argument, readData) => buildPhrases(dataLines(argument, readData))],
  ['strmatch', argument => buildText(argument, (text, wanted) => text.includes(wanted))],
  ['contains', argument => buildText(argument, (text, wanted) => text.includes(wanted))],
  ['containsword', argument => buildText(argument, containsWord)],
  ['beginswith', argument => buildText(argument, (text, wanted) => text.startsWith(wanted))],
  ['endswith', argument => buildText(argument, (text, wanted) => text.endsWith(wanted))],
  ['streq', argument => buildText(argument, (text, wanted) => text === wanted)],
  ['within', argument => buildText(argument, (text, wanted) => wanted.includes(text))],
  ['eq', argument => buildNumber(argument, (value, wanted) => value === wanted)],
  ['ge', argument => buildNumber(argument, (value, wanted) => value >= wanted)],
  ['gt', argument => buildNumber(argument, (value, wanted) => value > wanted)],
  ['le', argument => buildNumber(argument, (value, wanted) => value <= wanted)],
  ['lt', argument => buildNumber(argument, (value, wanted) => value < wanted)],
  ['ipmatch', argument => buildAddresses(argument.split(','))],
  ['ipmatchfromfile', (argument, readData) => buildAddresses(dataLines(argument, readData))],
  ['ipmatchf', (argument, readData) => buildAddresses(dataLines(argument, readData))],
  ['validatebyterange', buildByteRange],
  ['validateurlencoding', () => ({ test: text => !isUrlEncodingValid(text) })],
  ['validateutf8encoding', () => ({ test: text => !isUtf8(text) })],
  ['detectsqli', () => ({ test: (text, asking) => asking.isSqlInjection(text) })],
  ['detectxss', () => ({ test: (text, asking) => asking.isCrossSiteScripting(text) })],
  ['unconditionalmatch', () => ({ test: () => true })],
  ['nomatch', () => ({ test: () => false })],
  // Country data and block lists by DNS are other parts' work here: rules that ask for them find nothing.
  ['geolookup', () => ({ test: () => false })],
  ['rbl', () => ({ test: () => false })],
]);

function buildExpression(argument: string): Built {
  if (!/%\{[A-Za-z_]+[.:}]/.test(argument)) {
    const regex = compileRegex(argument);
    return {
      test: (text, asking) => regex.test(text, asking.budget),
      required: regex.required,
      capture: (text, budget) => regex.capture(text, budget),
    };
  }
  const macro = parseMacro(argument);
  const compiled = new Map<string, Regex>();
  return {
    macro,
    test(text, asking) {
      const source = asking.expand(macro);
      let regex = compiled.get(source);
      if (regex === undefined) {
        regex = compileRegex(source);
        if (compiled.size >= compiledMax) compiled.clear();
        compiled.set(source, regex);
      }
      return regex.test(text, asking.budget);
    },
  };
}

function dataLines(name: string, readData: ReadData): string[] {
  const lines = readData(name)
    .split(/\r?\n/)
    .map(line => line.trim());
  return lines.filter(line => line !== '' && !line.startsWith('#'));
}

function buildPhrases(phrases: readonly string[]): Built {
  const wanted = [...new Set(phrases.filter(phrase => phrase !== '').map(lowercase))];
  if (wanted.length === 0) throw new RangeError('no phrases');
  return {
    test: text => firstPhrase(text, wanted) !== undefined,
    required: [wanted],
    isLiteral: true,
    capture: text => {
      const phrase = firstPhrase(text, wanted);
      return phrase === undefined ? undefined : [phrase];
    },
  };
}

function firstPhrase(text: string, wanted: readonly string[]): string | undefined {
  const lower = lowercase(text);
  return wanted.find(phrase => lower.includes(phrase));
}

function buildText(argument: string, test: (text: string, wanted: string) => boolean): Built {
  const macro = parseMacro(argument);
  const plain = plainText(macro);
  if (plain !== undefined) return { test: text => test(text, plain) };
  return { macro, test: (text, asking) => test(text, asking.expand(macro)) };
}

function containsWord(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const isWhole = !/\w/.test(text[at - 1] ?? ' ') && !/\w/.test(text[at + wanted.length] ?? ' ');
    if (isWhole) return true;
  }
  return wanted === '';
}

function buildNumber(argument: string, test: (value: number, wanted: number) => boolean): Built {
  const macro = parseMacro(argument);
  const plain = plainText(macro);
  if (plain !== undefined) {
    const wanted = toNumber(plain);
    return { test: text => test(toNumber(text), wanted) };
  }
  return { macro, test: (text, asking) => test(toNumber(text), toNumber(asking.expand(macro))) };
}

/** The whole number that a text begins with, 0 when none: as the language compares everywhere. */
export function toNumber(text: string): number {
  const found = /^\s*([+-]?\d{1,15})/.exec(text);
  return found === null ? 0 : Number(found[1]);
}

function buildAddresses(list: readonly string[]): Built {
  const blocks = list
    .map(item => item.trim())
    .filter(item => item !== '')
    .map(addressBlock);
  return { test: text => blocks.some(block => block.contains(text)) };
}

function addressBlock(text: string): Cidr {
  try {
    return parseCidr(text);
  } catch (cause) {
    throw new RangeError(`address "${text}"`, { cause });
  }
}

function buildByteRange(argument: string): Built {
  const allowed = new Uint8Array(256);
  for (const item of argument.split(',')) {
    const found = /^\s*(\d{1,3})(?:-(\d{1,3}))?\s*$/.exec(item);
    const first = Number(found?.[1] ?? 256);
    const last = Number(found?.[2] ?? first);
    if (first > 255 || last > 255 || first > last) throw new RangeError(`byte range "${item}"`);
    allowed.fill(1, first, last + 1);
  }
  return {
    test: text => {
      for (let at = 0; at < text.length; at++) if (allowed[text.charCodeAt(at) & 255] === 0) return true;
      return false;
    },
  };
}
