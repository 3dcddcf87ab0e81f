import type { Plan, PlannedLink, PlannedTargets } from './plan.ts';
import type { RuleChoice, SecRule, Target, Targets } from './rule.ts';
import { selects } from './targets.ts';
import type { Text, Texts } from './texts.ts';
import type { Entry } from './transaction.ts';
import type { Variable } from './variables.ts';
import { writable } from './variables.ts';

/** Where values are asked for; one of a collection that rules write is found by its name at once. */
export interface Values {
  all(variable: Variable): readonly Entry[];
  written(variable: Variable, key: string): readonly Entry[];
}

/** The values of one target before transformation, equal ones told once. */
interface Part {
  readonly entries: readonly Entry[];
  /** By entry: which of the texts is its own. */
  readonly indexes: Int32Array;
  readonly seen: Seen;
}

/** Texts after the transformations so far. A step that changes none of them leads back to the same object. */
interface Seen {
  readonly texts: readonly Text[];
  readonly kinds: number;
  /** The literals of all texts together; nothing when there are none. */
  readonly union: Uint32Array | undefined;
  readonly next: Map<number, Seen>;
}

/** What a rule has before it: texts to judge, and whose they are. */
export interface View {
  readonly texts: readonly Text[];
  readonly union: Uint32Array | undefined;
  readonly entries: readonly Entry[];
  readonly indexes: Int32Array;
}

/** Values of one phase, collected once for all rules that name the same targets. */
export interface Collected {
  views(link: PlannedLink, targets: PlannedTargets): readonly View[];
}

/** A collection whose answers hold until the values change: make a new one for every phase. */
export function createCollected(texts: Texts, plan: Plan, values: Values): Collected {
  const parts: (Part | undefined)[] = [];
  const views: Map<number, readonly View[]>[] = [];
  return {
    views(link, targets) {
      const byChain = (views[targets.number] ??= new Map());
      let found = byChain.get(link.chain);
      if (found === undefined) {
        found = targets.parts
          .map(one => viewOf((parts[one.number] ??= partOf(texts, plan.words, entriesOf(one.targets, values))), link))
          .filter(view => view.entries.length > 0);
        byChain.set(link.chain, found);
      }
      return found;
    },
  };

  function viewOf(part: Part, link: PlannedLink): View {
    let seen = part.seen;
    for (const transform of link.transforms) seen = after(seen, transform);
    return { texts: seen.texts, union: seen.union, entries: part.entries, indexes: part.indexes };
  }

  function after(seen: Seen, transform: number): Seen {
    let next = seen.next.get(transform);
    if (next === undefined) {
      next = transformed(seen, transform);
      seen.next.set(transform, next);
    }
    return next;
  }

  function transformed(seen: Seen, number: number): Seen {
    const transform = plan.transforms[number];
    if (transform === undefined || (seen.kinds & transform.kinds) === 0) return seen;
    let isChanged = false;
    const out = seen.texts.map(text => {
      if ((text.kinds & transform.kinds) === 0) return text;
      const changed = transform.apply(text.text);
      if (changed === text.text) return text;
      isChanged = true;
      return texts(changed);
    });
    return isChanged ? seenOf(out, plan.words) : seen;
  }
}

function partOf(texts: Texts, words: number, entries: readonly Entry[]): Part {
  const numbers = new Map<Text, number>();
  const indexes = Int32Array.from(entries, entry => {
    const text = texts(entry.value);
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  });
  return { entries, indexes, seen: seenOf([...numbers.keys()], words) };
}

function seenOf(texts: readonly Text[], words: number): Seen {
  let union: Uint32Array | undefined;
  let kinds = 0;
  for (const text of texts) {
    kinds |= text.kinds;
    if (text.literals === undefined) continue;
    union ??= new Uint32Array(words);
    for (let word = 0; word < words; word++) union[word] = (union[word] ?? 0) | (text.literals[word] ?? 0);
  }
  return { texts, kinds, union, next: new Map() };
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
  const key = selector.kind === 'name' ? selector.name : '';
  return [{ variable, key: `&${key}`, value: String(chosen.length) }];
}

function covers(excluded: Target, target: Target, entry: Entry): boolean {
  return touches(excluded.variable, target.variable) && selects(excluded.selector, entry.key);
}

/** Whether taking values from one variable takes them from the other: `ARGS` takes in `ARGS_GET` and `ARGS_POST`. */
export function touches(whole: Variable, part: Variable): boolean {
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
    if (entry.variable === target.variable && selects(target.selector, entry.key)) return true;
  }
  return false;
}
