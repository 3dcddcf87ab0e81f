import type { Collected, Values, View } from './collect.ts';
import { createCollected, entriesOf, isRemoved } from './collect.ts';
import type { Macro, MacroPart } from './macro.ts';
import { expand } from './macro.ts';
import type { Asking } from './operators.ts';
import type { Plan, PlannedLink, PlannedStep } from './plan.ts';
import type { Budget } from './regex/regex.ts';
import type { BodyProcessor, Control, Phase, SecRule } from './rule.ts';
import type { Store } from './store.ts';
import type { Text, Texts } from './texts.ts';
import type { Entry } from './transaction.ts';
import type { Variable } from './variables.ts';
import { writable } from './variables.ts';
import type { Written } from './written.ts';
import { createWritten } from './written.ts';

/** One rule that matched, all of its links together. */
export interface SecMatch {
  readonly rule: SecRule;
  readonly message: string;
  /** Where the last link matched, as `ARGS:name`, and the text there after transformation. */
  readonly variable: Variable;
  readonly key: string;
  readonly text: string;
}

/** What rules have decided so far. */
export interface Decisions {
  readonly matches: SecMatch[];
  /** The first rule that stops the transaction. */
  denied: { readonly rule: number; readonly status: number } | undefined;
  /** A rule let the transaction go, or switched the rules off. */
  isReleased: boolean;
  bodyProcessor: BodyProcessor | undefined;
  isBodyForced: boolean;
}

export interface Detectors {
  isSqlInjection(text: string): boolean;
  isCrossSiteScripting(text: string): boolean;
}

export interface Runner {
  readonly decisions: Decisions;
  readonly written: Written;
  /** Runs the rules of a phase over what the store holds now. */
  run(phase: Phase, plan: Plan, texts: Texts): void;
}

const matchesMax = 1000;
/** About 40 ms for verification in one transaction, and as much for what is captured. */
const verifyStepsMax = 4_000_000;
const captureStepsMax = 4_000_000;

interface Scene {
  readonly store: Store;
  readonly written: Written;
  readonly asking: Asking;
  readonly captures: Budget;
  readonly decisions: Decisions;
  readonly removedIds: Extract<Control, { kind: 'removeById' }>[];
  readonly removedTags: string[];
  readonly removedTargets: Extract<Control, { kind: 'removeTarget' }>[];
  readonly values: Values;
  matched: Entry;
  matchedAll: Entry[];
  rule: SecRule | undefined;
}

/** Runs rules over one transaction. `mayStop` is false to go on after a rule that denies, as for a report. */
export function createRunner(store: Store, detectors: Detectors, mayStop: boolean): Runner {
  const written = createWritten();
  const decisions: Decisions = {
    matches: [],
    denied: undefined,
    isReleased: false,
    bodyProcessor: undefined,
    isBodyForced: false,
  };
  const asking: Asking = { ...detectors, budget: { steps: verifyStepsMax }, expand: macro => expandIn(scene, macro) };
  const scene: Scene = {
    store,
    written,
    asking,
    captures: { steps: captureStepsMax },
    decisions,
    removedIds: [],
    removedTags: [],
    removedTargets: [],
    values: {
      all: variable => valuesOf(scene, variable),
      written(variable, key) {
        const value = written.get(variable, key);
        return value === undefined ? [] : [{ variable, key, value }];
      },
    },
    matched: { variable: 'MATCHED_VAR', key: '', value: '' },
    matchedAll: [],
    rule: undefined,
  };
  return {
    decisions,
    written,
    run(phase, plan, texts) {
      const isLogging = phase === 5;
      if (!isLogging && (decisions.isReleased || (mayStop && decisions.denied !== undefined))) return;
      const collected = createCollected(texts, plan, scene.values);
      runSteps(scene, plan.phases.get(phase) ?? [], { plan, texts, collected, mayStop: mayStop && !isLogging });
    },
  };
}

interface Means {
  readonly plan: Plan;
  readonly texts: Texts;
  readonly collected: Collected;
  readonly mayStop: boolean;
}

function runSteps(scene: Scene, steps: readonly PlannedStep[], means: Means): void {
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    if (step === undefined || step.kind === 'marker' || isRuleRemoved(scene, step.rule)) continue;
    scene.rule = step.rule;
    if (!runRule(scene, step.links, means)) continue;
    finish(scene, step.rule);
    if (scene.decisions.isReleased || (means.mayStop && scene.decisions.denied !== undefined)) return;
    at = placeAfter(steps, at, step.rule);
  }
}

/** The step before the one that comes next, when a rule that matched says what to leave out. */
function placeAfter(steps: readonly PlannedStep[], at: number, rule: SecRule): number {
  const { skipAfter, skip } = rule.links[0].actions;
  let place = at;
  if (skipAfter !== undefined) {
    do place += 1;
    while (place < steps.length && !isMarker(steps[place], skipAfter));
    return place;
  }
  for (let left = skip; left > 0 && place < steps.length; left--) {
    do place += 1;
    while (steps[place]?.kind === 'marker');
  }
  return place;
}

function isMarker(step: PlannedStep | undefined, name: string): boolean {
  return step?.kind === 'marker' && step.name === name;
}

function isRuleRemoved(scene: Scene, rule: SecRule): boolean {
  if (scene.removedIds.length === 0 && scene.removedTags.length === 0) return false;
  return (
    scene.removedIds.some(one => rule.id >= one.first && rule.id <= one.last) ||
    scene.removedTags.some(tag => rule.tags.some(own => own.includes(tag)))
  );
}

function runRule(scene: Scene, links: readonly PlannedLink[], means: Means): boolean {
  scene.matchedAll = [];
  for (const link of links) if (!runLink(scene, link, means)) return false;
  return true;
}

function runLink(scene: Scene, link: PlannedLink, means: Means): boolean {
  const { targets, operator } = link;
  if (targets === undefined || operator === undefined) {
    act(scene, link);
    return true;
  }
  const isFree = !targets.isStable || link.link.actions.isMultiMatch;
  if (isFree) return runFreely(scene, link, means);
  let isMatch = false;
  for (const view of means.collected.views(link, targets)) {
    if (judgeView(scene, link, { view, operator })) isMatch = true;
  }
  return isMatch;
}

type PlannedOperator = NonNullable<PlannedLink['operator']>;

function judgeView(scene: Scene, link: PlannedLink, on: { view: View; operator: PlannedOperator }): boolean {
  const { view, operator } = on;
  const { of, groups } = operator;
  if (!of.isNegated && groups.length > 0 && (view.union === undefined || !hasAll(view.union, groups))) return false;
  let hits: Set<number> | undefined;
  for (let i = 0; i < view.texts.length; i++) {
    const text = view.texts[i];
    if (text !== undefined && judged(text, operator, scene) !== of.isNegated) (hits ??= new Set()).add(i);
  }
  if (hits === undefined) return false;
  let isMatch = false;
  for (const [i, entry] of view.entries.entries()) {
    const index = view.indexes[i] ?? 0;
    if (!hits.has(index) || isEntryRemoved(scene, entry)) continue;
    isMatch = true;
    hit(scene, link, { ...entry, value: view.texts[index]?.text ?? '' });
  }
  return isMatch;
}

function hasAll(bits: Uint32Array, groups: readonly number[]): boolean {
  for (const group of groups) if (((bits[group >>> 5] ?? 0) & (1 << (group & 31))) === 0) return false;
  return true;
}

/** The operator's answer before negation. */
function judged(text: Text, operator: PlannedOperator, scene: Scene): boolean {
  const { groups, of } = operator;
  if (groups.length > 0) {
    const has = text.literals !== undefined && hasAll(text.literals, groups);
    if (!has || of.isLiteral) return has;
  }
  return of.test(text.text, scene.asking);
}

/** For values that rules write: collected anew, and nothing remembered. */
function runFreely(scene: Scene, link: PlannedLink, { plan }: Means): boolean {
  const { targets, operator } = link;
  if (targets === undefined || operator === undefined) return false;
  let isMatch = false;
  for (const entry of entriesOf(targets.targets, scene.values)) {
    if (isEntryRemoved(scene, entry)) continue;
    if (link.transforms.length === 0) {
      if (operator.of.test(entry.value, scene.asking) === operator.of.isNegated) continue;
      isMatch = true;
      hit(scene, link, entry);
      continue;
    }
    const stages = [entry.value];
    for (const transform of link.transforms) {
      const last = stages.at(-1) ?? '';
      stages.push(plan.transforms[transform]?.apply(last) ?? last);
    }
    const judged = link.link.actions.isMultiMatch ? [...new Set(stages)] : stages.slice(-1);
    for (const value of judged) {
      if (operator.of.test(value, scene.asking) === operator.of.isNegated) continue;
      isMatch = true;
      hit(scene, link, { ...entry, value });
      break;
    }
  }
  return isMatch;
}

function isEntryRemoved(scene: Scene, entry: Entry): boolean {
  return scene.rule !== undefined && isRemoved(scene.removedTargets, scene.rule, entry);
}

function hit(scene: Scene, link: PlannedLink, entry: Entry): void {
  scene.matched = entry;
  if (scene.matchedAll.length < matchesMax) scene.matchedAll.push(entry);
  const { operator } = link;
  if (link.isCaptureRead && operator !== undefined && !operator.of.isNegated) {
    scene.written.capture(operator.of.capture(entry.value, scene.captures) ?? []);
  }
  act(scene, link);
}

/** What a link does each time it matches, whether or not the rest of its chain will. */
function act(scene: Scene, link: PlannedLink): void {
  for (const change of link.link.actions.setVariables) {
    scene.written.apply(change, macro => expandIn(scene, macro));
  }
  for (const control of link.link.actions.controls) applyControl(scene, control);
}

function applyControl(scene: Scene, control: Control): void {
  switch (control.kind) {
    case 'removeById':
      if (!scene.removedIds.includes(control)) scene.removedIds.push(control);
      break;
    case 'removeByTag':
      if (!scene.removedTags.includes(control.tag)) scene.removedTags.push(control.tag);
      break;
    case 'removeTarget':
      if (!scene.removedTargets.includes(control)) scene.removedTargets.push(control);
      break;
    case 'engine':
      if (control.value === 'off') scene.decisions.isReleased = true;
      break;
    case 'bodyProcessor':
      scene.decisions.bodyProcessor = control.value;
      break;
    case 'forceBodyVariable':
      scene.decisions.isBodyForced = control.isOn;
      break;
    case 'audit':
      break;
    default:
      control satisfies never;
  }
}

function finish(scene: Scene, rule: SecRule): void {
  const { decisions, matched } = scene;
  const last = rule.links.findLast(link => link.actions.message !== undefined) ?? rule.links[0];
  if (decisions.matches.length < matchesMax) {
    const message = expandIn(scene, last.actions.message ?? []);
    decisions.matches.push({ rule, message, variable: matched.variable, key: matched.key, text: matched.value });
  }
  if (rule.disruption === 'allow') decisions.isReleased = true;
  else if (rule.disruption !== 'pass') decisions.denied ??= { rule: rule.id, status: rule.status };
}

const matchedVariables: ReadonlyMap<Variable, (scene: Scene) => readonly Entry[]> = new Map([
  ['MATCHED_VAR', scene => [scene.matched]],
  ['MATCHED_VAR_NAME', scene => [named(scene.matched)]],
  ['MATCHED_VARS', scene => scene.matchedAll],
  ['MATCHED_VARS_NAMES', scene => scene.matchedAll.map(named)],
]);

function named(entry: Entry): Entry {
  const name = entry.key === '' ? entry.variable : `${entry.variable}:${entry.key}`;
  return { variable: entry.variable, key: name, value: name };
}

function valuesOf(scene: Scene, variable: Variable): readonly Entry[] {
  if (writable.has(variable)) return scene.written.all(variable);
  return matchedVariables.get(variable)?.(scene) ?? scene.store.all(variable);
}

function expandIn(scene: Scene, macro: Macro): string {
  return expand(macro, part => valueOfPart(scene, part));
}

function valueOfPart(scene: Scene, { variable, key }: MacroPart): string {
  if (writable.has(variable)) return scene.written.get(variable, key) ?? '';
  if (variable === 'RULE') return ruleMember(scene, key);
  const entries = valuesOf(scene, variable);
  const entry = key === '' ? entries[0] : entries.find(one => one.key.toLowerCase() === key);
  return entry?.value ?? '';
}

function ruleMember(scene: Scene, key: string): string {
  const { rule } = scene;
  if (rule === undefined) return '';
  const { actions } = rule.links[0];
  if (key === 'id') return String(rule.id);
  if (key === 'severity') return String(actions.severity ?? '');
  // Macros in it would be about the rule itself.
  return key === 'msg' ? (actions.message ?? []).filter(part => typeof part === 'string').join('') : '';
}
