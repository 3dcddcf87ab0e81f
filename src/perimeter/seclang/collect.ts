import type { PlannedLink, PlannedTargets } from './plan.ts';
import type { RuleChoice, SecRule, Target, Targets } from './rule.ts';
import { selects } from './targets.ts';
import type { Text, Texts } from './texts.ts';
import type { Entry } from './transaction.ts';
import { writable } from './variables.ts';
import type { Variable } from './variables.ts';

/** Where values are asked for; one of a collection that rules write is found by its name at once. */
export interface Values {
  all(variable: Variable): readonly Entry[];
  written(variable: Variable, key: string): readonly Entry[];
}

/** Values as one list of targets sees them after one chain of transformations. */
export interface Seen {
  readonly entries: readonly Entry[];
  readonly texts: readonly Text[];
  /** The literals of all texts together. */
  readonly union: Uint32Array;
}

/** Values of one phase, collected once for all rules that name the same targets. */
export interface Collected {
  seen(link: PlannedLink, targets: PlannedTargets): Seen;
}

/** A collection whose answers hold until the values change: make a new one for every phase. */
export function createCollected(texts: Texts, words: number, values: Values): Collected {
  const entries: (readonly Entry[] | undefined)[] = [];
  const seen: Map<number, Seen>[] = [];
  return {
    seen(link, targets) {
      const byChain = (seen[targets.number] ??= new Map());
      let found = byChain.get(link.chain);
      if (found === undefined) {
        const list = (entries[targets.number] ??= entriesOf(targets.targets, values));
        found = look(texts, words, list, link.transforms);
        byChain.set(link.chain, found);
      }
      return found;
    },
  };
}

function look(texts: Texts, words: number, entries: readonly Entry[], transforms: readonly number[]): Seen {
  const union = new Uint32Array(words);
  const out = entries.map(entry => {
    let text = texts.of(entry.value);
    for (const transform of transforms) text = texts.after(text, transform);
    for (let word = 0; word < words; word++) union[word] = (union[word] ?? 0) | (text.literals[word] ?? 0);
    return text;
  });
  return { entries, texts: out, union };
}

/** The values that targets stand for. */
export function entriesOf(targets: Targets, values: Values): readonly Entry[] {
  const out: Entry[] = [];
  for (const target of targets.include) {
    const chosen = entriesOfTarget(target, values);
    if (targets.exclude.length === 0) out.push(...chosen);
    else for (const entry of chosen) if (!targets.exclude.some(one => covers(one, target, entry))) out.push(entry);
  }
  return out;
}

function entriesOfTarget(target: Target, values: Values): readonly Entry[] {
  const { selector, variable } = target;
  let chosen: readonly Entry[];
  if (selector.kind === 'name' && writable.has(variable)) chosen = values.written(variable, selector.name);
  else if (selector.kind === 'all') chosen = values.all(variable);
  else chosen = values.all(variable).filter(entry => selects(selector, entry.key));
  if (!target.isCount) return chosen;
  const name = selector.kind === 'name' ? `${variable}:${selector.name}` : variable;
  return [{ name: `&${name}`, key: '', value: String(chosen.length) }];
}

function covers(excluded: Target, target: Target, entry: Entry): boolean {
  return isSameOrPart(excluded.variable, target.variable) && selects(excluded.selector, entry.key);
}

/** `ARGS` takes in `ARGS_GET` and `ARGS_POST`. */
function isSameOrPart(whole: Variable, part: Variable): boolean {
  return whole === part || (whole === 'ARGS' && (part === 'ARGS_GET' || part === 'ARGS_POST'));
}

/** Takes back the values that a rule removed from another while running. */
export function isRemoved(
  removed: readonly { readonly by: RuleChoice; readonly target: Target }[],
  rule: SecRule,
  entry: Entry,
): boolean {
  for (const { by, target } of removed) {
    const isRule = by.kind === 'id' ? rule.id >= by.first && rule.id <= by.last : rule.tags.includes(by.tag);
    if (!isRule) continue;
    const colon = entry.name.indexOf(':');
    const variable = colon < 0 ? entry.name : entry.name.slice(0, colon);
    if (variable === target.variable && selects(target.selector, entry.key)) return true;
  }
  return false;
}
