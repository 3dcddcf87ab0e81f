import type { Variable } from './variables.ts';
import { variableOf } from './variables.ts';

/** A text with places for values, such as `%{tx.score}`. */
export type Macro = readonly (string | MacroPart)[];

export interface MacroPart {
  readonly variable: Variable;
  /** In lower case; empty for a variable that holds one value. */
  readonly key: string;
}

/** Reads a text with macros; throws a RangeError for a variable that does not exist. */
export function parseMacro(text: string): Macro {
  const out: (string | MacroPart)[] = [];
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('%{', at);
    const end = start < 0 ? -1 : text.indexOf('}', start);
    if (end < 0) {
      out.push(text.slice(at));
      break;
    }
    if (start > at) out.push(text.slice(at, start));
    const [name = '', ...rest] = text.slice(start + 2, end).split(/[.:]/);
    const variable = variableOf(name);
    if (variable === undefined) throw new RangeError(`unknown variable "${name}" in "${text.slice(start, end + 1)}"`);
    out.push({ variable, key: rest.join('.').toLowerCase() });
    at = end + 1;
  }
  return out;
}

/** The text of a macro without places; nothing when it has some. */
export function plainText(macro: Macro): string | undefined {
  if (macro.length === 0) return '';
  const first = macro[0];
  return macro.length === 1 && typeof first === 'string' ? first : undefined;
}

/** The text with values filled in. */
export function expand(macro: Macro, valueOf: (part: MacroPart) => string): string {
  let out = '';
  for (const part of macro) out += typeof part === 'string' ? part : valueOf(part);
  return out;
}
