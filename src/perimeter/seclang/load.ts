import { SallyportError } from '../../core/errors.ts';
import { parseActions, parseIdRange } from './actions.ts';
import type { Line, RuleProblem } from './lex.ts';
import { lex } from './lex.ts';
import { expand } from './macro.ts';
import { parseOperator } from './operators.ts';
import type { Actions, Disruption, Link, Phase, SecRule, SecRules, Step, Targets } from './rule.ts';
import { parseTargets } from './targets.ts';

/** Where rule files come from. Texts are bytes: characters below 256. */
export interface RuleSource {
  /** The file's text, or nothing when there is none. */
  read(path: string): string | undefined;
  /** The files a pattern with `*` stands for, sorted by name; a plain path stands for itself. */
  expand(pattern: string): readonly string[];
  /** `name` as seen from the folder of `file`. */
  beside(file: string, name: string): string;
}

interface Pending {
  readonly line: Line;
  readonly links: Link[];
}

interface Loading {
  readonly source: RuleSource;
  readonly problems: RuleProblem[];
  readonly steps: Step[];
  readonly signatures: string[];
  readonly defaults: Map<Phase, Actions>;
  /** Changes to rules by others that stand in any order; made when all are read. */
  readonly changes: ((rule: SecRule) => SecRule | undefined)[];
  readonly ids: Map<number, string>;
  pending: Pending | undefined;
  files: number;
}

const problemsMax = 50;
const filesMax = 500;
const rulesMax = 10_000;

/**
 * Reads rule files as they are, following Include. Anything that is not understood (directive, operator, transformation, variable, action)
 * stops the load: throws `perimeter.rules_invalid` with file and line of up to 50 problems.
 */
export function loadSecRules(source: RuleSource, patterns: readonly string[]): SecRules {
  const loading: Loading = {
    source,
    problems: [],
    steps: [],
    signatures: [],
    defaults: new Map(),
    changes: [],
    ids: new Map(),
    pending: undefined,
    files: 0,
  };
  for (const pattern of patterns) include(loading, { file: '', line: 0, directive: 'Include', words: [pattern] }, true);
  const steps = loading.steps.flatMap(step => changed(loading, step));
  if (loading.problems.length > 0) throw invalid(loading.problems);
  return { steps, signatures: loading.signatures };
}

function invalid(problems: readonly RuleProblem[]): SallyportError {
  const shown = problems.slice(0, problemsMax).map(one => `${one.file}:${one.line}: ${one.text}`);
  const more = problems.length > problemsMax ? [`and ${problems.length - problemsMax} more`] : [];
  const message = `Cannot load the rules: ${[...shown, ...more].join('; ')}`;
  return new SallyportError('perimeter.rules_invalid', message, { detail: message });
}

function changed(loading: Loading, step: Step): Step[] {
  if (step.kind === 'marker') return [step];
  let rule: SecRule | undefined = step.rule;
  for (const change of loading.changes) rule = rule === undefined ? undefined : change(rule);
  return rule === undefined ? [] : [{ kind: 'rule', rule }];
}

function include(loading: Loading, line: Line, isRequired: boolean): void {
  const pattern = line.words[0] ?? '';
  const name = line.file === '' ? pattern : loading.source.beside(line.file, pattern);
  const files = loading.source.expand(name);
  if (files.length === 0 && isRequired) throw new RangeError(`no file "${pattern}"`);
  for (const file of files) {
    if (++loading.files > filesMax) throw new RangeError(`more than ${filesMax} files`);
    const text = loading.source.read(file);
    if (text === undefined) {
      if (isRequired) throw new RangeError(`cannot read "${file}"`);
      continue;
    }
    for (const line of lex(file, text, loading.problems)) readLine(loading, line);
    if (loading.pending !== undefined) note(loading, loading.pending.line, 'a chain without its last rule');
    loading.pending = undefined;
  }
}

function note(loading: Loading, line: Line, text: string): void {
  loading.problems.push({ file: line.file, line: line.line, text });
}

function readLine(loading: Loading, line: Line): void {
  const read = directives.get(line.directive.toLowerCase());
  try {
    if (read === undefined) throw new RangeError(`unknown directive "${line.directive}"`);
    read(loading, line);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    note(loading, line, error.message);
    // The rest of a chain whose link is wrong would only be told as a further problem.
    if (loading.pending !== undefined && !/"?chain\b/.test(line.words.at(-1) ?? '')) loading.pending = undefined;
  }
}

type Read = (loading: Loading, line: Line) => void;

const directives: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['secrule', readRule],
  ['secaction', readAction],
  ['secmarker', (loading, line) => void loading.steps.push({ kind: 'marker', name: wordOf(line, 0) })],
  ['secdefaultaction', readDefault],
  ['seccomponentsignature', (loading, line) => void loading.signatures.push(wordOf(line, 0))],
  ['seccollectiontimeout', (_, line) => void wholeOf(wordOf(line, 0))],
  ['include', (loading, line) => include(loading, line, true)],
  ['includeoptional', (loading, line) => include(loading, line, false)],
  ['secruleremovebyid', removeById],
  ['secruleremovebytag', removeByTag],
  ['secruleremovebymsg', removeByMessage],
  ['secruleupdatetargetbyid', updateTargetById],
  ['secruleupdatetargetbytag', updateTargetByTag],
]);

function wordOf(line: Line, index: number): string {
  const word = line.words[index];
  if (word === undefined) throw new RangeError(`${line.directive} wants ${index + 1} arguments`);
  return word;
}

function wholeOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError(`"${text}" is no number`);
  return Number(text);
}

function readRule(loading: Loading, line: Line): void {
  const { source } = loading;
  const targets = parseTargets(wordOf(line, 0));
  const operator = parseOperator(wordOf(line, 1), name => {
    const text = source.read(source.beside(line.file, name));
    if (text === undefined) throw new RangeError(`no file "${name}"`);
    return text;
  });
  addLink(loading, line, { targets, operator }, line.words[2] ?? '');
}

function readAction(loading: Loading, line: Line): void {
  addLink(loading, line, undefined, wordOf(line, 0));
}

function readDefault(loading: Loading, line: Line): void {
  const actions = parseActions(wordOf(line, 0));
  if (actions.phase === undefined) throw new RangeError('SecDefaultAction wants a phase');
  loading.defaults.set(actions.phase, actions);
}

function addLink(loading: Loading, line: Line, test: Link['test'], text: string): void {
  const actions = parseActions(text);
  const pending: Pending = loading.pending ?? { line, links: [] };
  const first = pending.links[0]?.actions ?? actions;
  const phase = first.phase ?? 2;
  const inherited = loading.defaults.get(phase)?.transforms ?? [];
  const all = [...inherited, ...actions.transforms];
  const transforms = all.slice(all.lastIndexOf('none') + 1);
  pending.links.push({ test, transforms, actions });
  loading.pending = actions.isChained ? pending : undefined;
  if (actions.isChained) return;
  finishRule(loading, pending, phase);
}

function finishRule(loading: Loading, { line, links }: Pending, phase: Phase): void {
  const [first, ...rest] = links;
  const id = first?.actions.id;
  if (first === undefined || id === undefined) throw new RangeError('a rule without id');
  const known = loading.ids.get(id);
  if (known !== undefined) throw new RangeError(`id ${id} stands twice, first in ${known}`);
  if (loading.ids.size >= rulesMax) throw new RangeError(`more than ${rulesMax} rules`);
  loading.ids.set(id, `${line.file}:${line.line}`);
  const standard = loading.defaults.get(phase);
  const { actions } = first;
  const rule: SecRule = {
    id,
    phase,
    file: line.file,
    line: line.line,
    tags: links.flatMap(link => link.actions.tags),
    disruption: withDefault(actions.disruption, standard?.disruption),
    status: actions.status ?? standard?.status ?? 403,
    isLogged: actions.isLogged ?? standard?.isLogged ?? true,
    links: [first, ...rest],
  };
  loading.steps.push({ kind: 'rule', rule });
}

/** Without a SecDefaultAction the language says `pass`, also for `block`: rules of that kind only count, and one that adds up denies. */
function withDefault(own: Disruption | undefined, standard: Disruption | undefined): SecRule['disruption'] {
  if (own !== undefined && own !== 'block') return own;
  return standard === undefined || standard === 'block' ? 'pass' : standard;
}

function removeById(loading: Loading, line: Line): void {
  const ranges = line.words.flatMap(word => word.split(/[\s,]+/)).map(parseIdRange);
  loading.changes.push(rule => (ranges.some(one => rule.id >= one.first && rule.id <= one.last) ? undefined : rule));
}

function removeByTag(loading: Loading, line: Line): void {
  const tag = tagTest(wordOf(line, 0));
  loading.changes.push(rule => (rule.tags.some(tag) ? undefined : rule));
}

function removeByMessage(loading: Loading, line: Line): void {
  const wanted = wordOf(line, 0);
  loading.changes.push(rule => {
    const message = expand(rule.links[0].actions.message ?? [], part => `%{${part.variable}.${part.key}}`);
    return message === wanted ? undefined : rule;
  });
}

/** Tags are chosen by an expression; one that is only a name stands for itself. */
function tagTest(text: string): (tag: string) => boolean {
  if (!/^[\w/.:-]+$/.test(text)) throw new RangeError(`tag "${text}" must be a name`);
  return tag => tag.includes(text);
}

function updateTargetById(loading: Loading, line: Line): void {
  const range = parseIdRange(wordOf(line, 0));
  const targets = parseTargets(wordOf(line, 1));
  loading.changes.push(rule => (rule.id >= range.first && rule.id <= range.last ? retarget(rule, targets) : rule));
}

function updateTargetByTag(loading: Loading, line: Line): void {
  const tag = tagTest(wordOf(line, 0));
  const targets = parseTargets(wordOf(line, 1));
  loading.changes.push(rule => (rule.tags.some(tag) ? retarget(rule, targets) : rule));
}

function retarget(rule: SecRule, more: Targets): SecRule {
  const [first, ...rest] = rule.links;
  if (first.test === undefined) return rule;
  const { include, exclude } = first.test.targets;
  const targets = { include: [...include, ...more.include], exclude: [...exclude, ...more.exclude] };
  return { ...rule, links: [{ ...first, test: { ...first.test, targets } }, ...rest] };
}
