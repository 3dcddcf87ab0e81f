import { compileRegex } from './regex/regex.ts';
import type { Selector, Target, Targets } from './rule.ts';
import { isCollection, variableOf } from './variables.ts';

/** Reads a list such as `ARGS|!ARGS:password|&REQUEST_HEADERS:/^x-/`; throws a RangeError for what is not understood. */
export function parseTargets(text: string): Targets {
  const include: Target[] = [];
  const exclude: Target[] = [];
  for (const item of splitTargets(text)) {
    const isExcluded = item.startsWith('!');
    const target = parseTarget(isExcluded ? item.slice(1) : item);
    (isExcluded ? exclude : include).push(target);
  }
  return { include, exclude };
}

/** Reads one variable with its selector. */
export function parseTarget(text: string): Target {
  const isCount = text.startsWith('&');
  const [name = '', ...rest] = (isCount ? text.slice(1) : text).split(':');
  const variable = variableOf(name.trim());
  if (variable === undefined) throw new RangeError(`unknown variable "${name}"`);
  const selector = rest.length === 0 ? { kind: 'all' as const } : parseSelector(rest.join(':'));
  if (selector.kind !== 'all' && !isCollection(variable)) {
    throw new RangeError(`variable "${name}" has no names to choose from`);
  }
  return { variable, selector, isCount };
}

function parseSelector(text: string): Selector {
  // An XPath (`/*`, `//@*`) is a name of the variable XML, not an expression.
  if (text === '/*' || text === '//@*') return { kind: 'name', name: text };
  const plain = text.startsWith("'") && text.endsWith("'") && text.length > 1 ? text.slice(1, -1) : text;
  if (plain.length > 1 && plain.startsWith('/') && plain.endsWith('/')) {
    const source = plain.slice(1, -1);
    return { kind: 'fits', source, regex: compileRegex(`(?i)${source}`) };
  }
  return { kind: 'name', name: plain.toLowerCase() };
}

function splitTargets(text: string): string[] {
  const out: string[] = [];
  let start = 0;
  let isExpression = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '/' && text[at - 1] !== '\\') {
      // `:/` opens an expression unless it is an XPath.
      if (isExpression) isExpression = false;
      else if (text[at - 1] === ':' && text[at + 1] !== '*' && text[at + 1] !== '/') isExpression = true;
    } else if ((char === '|' || char === ',') && !isExpression) {
      out.push(text.slice(start, at));
      start = at + 1;
    }
  }
  out.push(text.slice(start));
  return out.map(item => item.trim()).filter(item => item !== '');
}

/** Whether a value of this name is chosen. */
export function selects(selector: Selector, key: string): boolean {
  if (selector.kind === 'all') return true;
  return selector.kind === 'name' ? selector.name === key.toLowerCase() : selector.regex.test(key);
}
