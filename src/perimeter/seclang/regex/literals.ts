import type { ByteSet } from './bytes.ts';
import type { Node } from './parse.ts';

/** Strings of which at least one, in lower case, stands in every text that matches. */
export type AnyOf = readonly string[];

interface Facts {
  /** Everything the node can match, in lower case, while that is a short list. */
  readonly exact: readonly string[] | undefined;
  readonly required: readonly AnyOf[];
}

const exactMax = 48;
const lengthMax = 24;
const branchesMax = 1500;
const keptMax = 4;
const nothing: Facts = { exact: undefined, required: [] };
const empty: Facts = { exact: [''], required: [] };

/** What every match must contain: all of the lists, at least one string of each. Few, and the rarest first; none when nothing is certain. */
export function requiredLiterals(tree: Node): readonly AnyOf[] {
  const facts = visit(tree);
  return [...facts.required, ...asRequirement(facts.exact)].toSorted((a, b) => worth(b) - worth(a)).slice(0, keptMax);
}

function asRequirement(exact: readonly string[] | undefined): readonly AnyOf[] {
  return exact !== undefined && exact.length > 0 && exact.every(isTelling) ? [[...new Set(exact)]] : [];
}

/** A single letter, digit or blank says nothing; one odd character does. */
function isTelling(text: string): boolean {
  return text.length > 1 || (text.length === 1 && !/[\w \t]/.test(text));
}

function worth(list: AnyOf): number {
  let shortest = lengthMax;
  for (const text of list) shortest = Math.min(shortest, text.length);
  return shortest * 1000 - Math.min(list.length, 900);
}

function visit(node: Node): Facts {
  switch (node.type) {
    case 'set':
      return { exact: membersOf(node.set), required: [] };
    case 'empty':
    case 'assert':
    case 'look':
      return empty;
    case 'backreference':
      return nothing;
    case 'group':
    case 'atomic':
      return visit(node.item);
    case 'concat':
      return sequence(node.items.map(visit));
    case 'either':
      return choice(node.items.map(visit));
    case 'repeat':
      return repeated(node);
    default:
      return node satisfies never;
  }
}

function membersOf(set: ByteSet): readonly string[] | undefined {
  const members = new Set<string>();
  for (let code = 0; code < 256; code++) {
    if (set[code] !== 1) continue;
    members.add(lowerByte(code));
    if (members.size > 5) return undefined;
  }
  return [...members];
}

function lowerByte(code: number): string {
  return String.fromCharCode(code >= 65 && code <= 90 ? code + 32 : code);
}

function sequence(items: readonly Facts[]): Facts {
  const required: AnyOf[] = [];
  let run: readonly string[] = [''];
  let isWhole = true;
  for (const item of items) {
    required.push(...item.required);
    const joined = item.exact === undefined ? undefined : product(run, item.exact);
    if (joined !== undefined) {
      run = joined;
      continue;
    }
    required.push(...asRequirement(run));
    isWhole = false;
    run = item.exact !== undefined && item.exact.length <= exactMax ? item.exact : [''];
  }
  if (isWhole) return { exact: run, required };
  return { exact: undefined, required: [...required, ...asRequirement(run)] };
}

function product(left: readonly string[], right: readonly string[]): readonly string[] | undefined {
  if (left.length * right.length > exactMax) return undefined;
  const out = left.flatMap(a => right.map(b => a + b));
  return out.every(text => text.length <= lengthMax) ? out : undefined;
}

function choice(items: readonly Facts[]): Facts {
  const exact: string[] = [];
  let isExact = true;
  const required: string[] = [];
  for (const item of items) {
    if (item.exact === undefined || exact.length > branchesMax) isExact = false;
    else exact.push(...item.exact);
    const best = [...item.required, ...asRequirement(item.exact)].toSorted((a, b) => worth(b) - worth(a))[0];
    if (best !== undefined) required.push(...best);
    else if (!isExact) return nothing;
  }
  const isCertain = items.every(item => item.required.length > 0 || asRequirement(item.exact).length > 0);
  const list = isCertain && required.length <= branchesMax ? [[...new Set(required)]] : [];
  if (isExact && exact.length <= exactMax) return { exact: [...new Set(exact)], required: [] };
  return { exact: undefined, required: list };
}

function repeated(node: Extract<Node, { type: 'repeat' }>): Facts {
  const item = visit(node.item);
  if (node.min === 1 && node.max === 1) return item;
  if (node.min === 0) {
    const isOptional = node.max === 1 && item.exact !== undefined && item.exact.length < exactMax;
    return isOptional ? { exact: [...(item.exact ?? []), ''], required: [] } : nothing;
  }
  return { exact: undefined, required: [...item.required, ...asRequirement(item.exact)] };
}
