import type { LiteralScan } from './aho.ts';
import { createLiteralScan } from './aho.ts';
import { touches } from './collect.ts';
import type { Operator } from './operators.ts';
import type { Regex } from './regex/regex.ts';
import type { Link, Phase, SecRule, SecRules, Target, Targets } from './rule.ts';
import type { Transform } from './transform/all.ts';
import { transforms } from './transform/all.ts';
import { kindsChangedBy } from './transform/kinds.ts';
import type { Variable } from './variables.ts';
import { writable } from './variables.ts';

/** Targets that several rules name alike share one number, and so what they stand for is collected once. */
export interface PlannedTargets {
  readonly number: number;
  readonly targets: Targets;
  /** Each target by itself, with what is taken from it; alike ones have one number in all rules. */
  readonly parts: readonly { readonly number: number; readonly targets: Targets }[];
  /** False when rules can change the values while they run. */
  readonly isStable: boolean;
}

export interface PlannedLink {
  readonly link: Link;
  readonly targets: PlannedTargets | undefined;
  /** Numbers of transformations, and the number of the whole chain of them. */
  readonly transforms: readonly number[];
  readonly chain: number;
  /** Whether the groups of its match go to TX: when it says so and somebody may read them. */
  readonly isCaptureRead: boolean;
  readonly operator: { readonly groups: readonly number[]; readonly of: Operator } | undefined;
}

export type PlannedStep =
  | { readonly kind: 'rule'; readonly rule: SecRule; readonly links: readonly PlannedLink[] }
  | { readonly kind: 'marker'; readonly name: string };

export interface PlannedTransform {
  readonly apply: Transform;
  /** Kinds of bytes without one of which it leaves a text as it is. All bits for one that may change any. */
  readonly kinds: number;
}

/** Rules laid out for running: by phase, with everything shared that can be. */
export interface Plan {
  readonly phases: ReadonlyMap<Phase, readonly PlannedStep[]>;
  readonly transforms: readonly PlannedTransform[];
  readonly scan: LiteralScan;
  readonly words: number;
}

interface Numbers {
  readonly of: Map<string, number>;
}

/** Lays out the rules of some phases; literals of all their tests go into one scan. */
export function createPlan(rules: SecRules, phases: readonly Phase[]): Plan {
  const groups: (readonly string[])[] = [];
  const groupNumbers = new Map<string, number>();
  const groupOf = (literals: readonly string[]) => {
    const key = JSON.stringify(literals);
    const known = groupNumbers.get(key);
    if (known !== undefined) return known;
    groups.push(literals);
    groupNumbers.set(key, groups.length - 1);
    return groups.length - 1;
  };
  const transformNumbers = new Map<string, number>();
  const chains: Numbers = { of: new Map() };
  const partNumbers = new Map<string, number>();
  const targetSets = new Map<string, PlannedTargets>();

  const readElsewhere = rules.steps.some(
    step => step.kind === 'rule' && !capturesItself(step.rule) && readsCaptures(step.rule),
  );
  const planLink = (link: Link, isRead: boolean): PlannedLink => {
    const numbers = link.transforms.map(name => numberOf(transformNumbers, name));
    const isCaptureRead = isRead && link.actions.isCapturing;
    const base = { link, isCaptureRead, transforms: numbers, chain: numberOf(chains.of, numbers.join()) };
    if (link.test === undefined) return { ...base, targets: undefined, operator: undefined };
    const { targets, operator } = link.test;
    const key = keyOf(targets);
    const parts = targets.include.map(target => {
      const exclude = targets.exclude.filter(one => touches(one.variable, target.variable));
      const part = { include: [target], exclude };
      return { number: numberOf(partNumbers, keyOf(part)), targets: part };
    });
    const planned = targetSets.get(key) ?? { number: targetSets.size, targets, parts, isStable: isStable(targets) };
    targetSets.set(key, planned);
    const required = operator.required.map(groupOf);
    return { ...base, targets: planned, operator: { groups: required, of: operator } };
  };

  const planned = new Map<Phase, PlannedStep[]>(phases.map(phase => [phase, []]));
  for (const step of rules.steps) {
    if (step.kind === 'marker') for (const steps of planned.values()) steps.push(step);
    else {
      const isRead = readElsewhere || readsCaptures(step.rule);
      const links = step.rule.links.map(link => planLink(link, isRead));
      planned.get(step.rule.phase)?.push({ kind: 'rule', rule: step.rule, links });
    }
  }
  return {
    phases: planned,
    transforms: [...transformNumbers.keys()].map(name => ({
      apply: transforms.get(name) ?? same,
      kinds: kindsChangedBy(name) ?? -1,
    })),
    scan: createLiteralScan(groups),
    words: (groups.length >>> 5) + 1,
  };
}

function capturesItself(rule: SecRule): boolean {
  return rule.links.some(link => link.actions.isCapturing);
}

/** Whether a rule asks for one of `TX:0` to `TX:9`, or for so many of TX that they may be among them. */
function readsCaptures(rule: SecRule): boolean {
  return rule.links.some(({ test, actions }) => {
    const macros = [actions.message ?? [], ...actions.setVariables.flatMap(change => [change.key, change.value])];
    if (test?.operator.macro !== undefined) macros.push(test.operator.macro);
    if (macros.some(macro => macro.some(part => typeof part !== 'string' && isCapture(part.variable, part.key))))
      return true;
    const targets = test === undefined ? [] : [...test.targets.include, ...test.targets.exclude];
    return targets.some(({ variable, selector }) => {
      if (selector.kind === 'fits') return variable === 'TX' && fitsDigit(selector.regex);
      return isCapture(variable, selector.kind === 'name' ? selector.name : '0');
    });
  });
}

function fitsDigit(regex: Regex): boolean {
  return Array.from({ length: 10 }, (_, digit) => String(digit)).some(digit => regex.test(digit));
}

function isCapture(variable: Variable, key: string): boolean {
  return variable === 'TX' && /^\d$/.test(key);
}

const same: Transform = text => text;

function numberOf(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key) ?? numbers.size;
  numbers.set(key, known);
  return known;
}

const volatileVariables: ReadonlySet<Variable> = new Set([
  'MATCHED_VAR',
  'MATCHED_VAR_NAME',
  'MATCHED_VARS',
  'MATCHED_VARS_NAMES',
  'REQBODY_PROCESSOR',
  'RULE',
]);

function isStable({ include }: Targets): boolean {
  return include.every(target => !volatileVariables.has(target.variable) && !writable.has(target.variable));
}

function keyOf({ include, exclude }: Targets): string {
  return `${include.map(targetKey).join('|')}!${exclude.map(targetKey).join('|')}`;
}

function targetKey(target: Target): string {
  const { selector } = target;
  const key = selector.kind === 'all' ? '' : selector.kind === 'name' ? `=${selector.name}` : `/${selector.source}`;
  return `${target.isCount ? '&' : ''}${target.variable}${JSON.stringify(key)}`;
}
