import { parseMacro } from './macro.ts';
import type { Actions, BodyProcessor, Control, Disruption, Phase, RuleChoice, SetVariable } from './rule.ts';
import { parseTarget } from './targets.ts';
import { transforms } from './transform/all.ts';
import { variableOf, writable } from './variables.ts';

type Draft = { -readonly [K in keyof Actions]: Actions[K] } & {
  transforms: string[];
  tags: string[];
  setVariables: SetVariable[];
  controls: Control[];
};

/** Reads the actions of a rule; throws a RangeError for one that is not understood. */
export function parseActions(text: string): Actions {
  const draft: Draft = {
    id: undefined,
    phase: undefined,
    transforms: [],
    disruption: undefined,
    status: undefined,
    isLogged: undefined,
    isCapturing: false,
    isMultiMatch: false,
    isChained: false,
    skipAfter: undefined,
    skip: 0,
    message: undefined,
    severity: undefined,
    tags: [],
    setVariables: [],
    controls: [],
  };
  for (const item of splitActions(text)) {
    const colon = item.indexOf(':');
    const name = (colon < 0 ? item : item.slice(0, colon)).trim();
    const value = colon < 0 ? '' : unquote(item.slice(colon + 1).trim());
    const act = actions.get(name.toLowerCase());
    if (act === undefined) throw new RangeError(`unknown action "${name}"`);
    act(draft, value);
  }
  return draft;
}

function splitActions(text: string): string[] {
  const out: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === "'") isQuoted = !isQuoted;
    else if (char === ',' && !isQuoted) {
      out.push(text.slice(start, at));
      start = at + 1;
    }
  }
  out.push(text.slice(start));
  return out.map(item => item.trim()).filter(item => item !== '');
}

function unquote(text: string): string {
  const inner = text.length > 1 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : text;
  return inner.replaceAll("\\'", "'");
}

type Act = (draft: Draft, value: string) => void;

const severities = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];
const phases = new Map<string, Phase>([
  ['1', 1],
  ['2', 2],
  ['request', 2],
  ['3', 3],
  ['4', 4],
  ['response', 4],
  ['5', 5],
  ['logging', 5],
]);

const disrupt =
  (disruption: Disruption): Act =>
  draft => {
    draft.disruption = disruption;
  };
function allow(draft: Draft, value: string): void {
  if (value !== '') throw new RangeError(`allow for "${value}" only`);
  draft.disruption = 'allow';
}
/** Understood, and nothing to do here: they shape the reference engine's own log or its persistent stores. */
const without: Act = () => {};

const actions: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['id', (draft, value) => (draft.id = whole(value, 'id'))],
  ['phase', (draft, value) => (draft.phase = phaseOf(value))],
  ['t', addTransform],
  ['pass', disrupt('pass')],
  ['block', disrupt('block')],
  ['deny', disrupt('deny')],
  ['drop', disrupt('drop')],
  ['allow', allow],
  ['redirect', disrupt('redirect')],
  ['status', (draft, value) => (draft.status = whole(value, 'status'))],
  ['log', draft => (draft.isLogged = true)],
  ['nolog', draft => (draft.isLogged = false)],
  ['capture', draft => (draft.isCapturing = true)],
  ['multimatch', draft => (draft.isMultiMatch = true)],
  ['chain', draft => (draft.isChained = true)],
  ['skip', (draft, value) => (draft.skip = whole(value, 'skip'))],
  ['skipafter', (draft, value) => (draft.skipAfter = value)],
  ['msg', (draft, value) => (draft.message = parseMacro(value))],
  ['logdata', (_, value) => void parseMacro(value)],
  ['severity', (draft, value) => (draft.severity = severityOf(value))],
  ['tag', (draft, value) => void draft.tags.push(value)],
  ['setvar', (draft, value) => void draft.setVariables.push(parseSetVariable(value))],
  ['ctl', (draft, value) => void draft.controls.push(parseControl(value))],
  ['auditlog', without],
  ['noauditlog', without],
  ['ver', without],
  ['rev', without],
  ['maturity', without],
  ['accuracy', without],
  ['initcol', checkCollection],
  ['expirevar', without],
]);

function whole(value: string, what: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new RangeError(`${what} "${value}" is no number`);
  return Number(value);
}

function phaseOf(value: string): Phase {
  const phase = phases.get(value.toLowerCase());
  if (phase === undefined) throw new RangeError(`phase "${value}" must be 1 to 5`);
  return phase;
}

function severityOf(value: string): number {
  const named = severities.indexOf(value.toUpperCase());
  const severity = named < 0 && /^[0-7]$/.test(value) ? Number(value) : named;
  if (severity < 0) throw new RangeError(`unknown severity "${value}"`);
  return severity;
}

function addTransform(draft: Draft, value: string): void {
  const name = value.toLowerCase();
  if (name === 'none') draft.transforms = ['none'];
  else if (transforms.has(name)) draft.transforms.push(name);
  else throw new RangeError(`unknown transformation "${value}"`);
}

function checkCollection(_: Draft, value: string): void {
  const name = value.split('=')[0] ?? '';
  if (!writable.has(name.toUpperCase())) throw new RangeError(`unknown collection "${name}"`);
}

const assignment = /^(!?)([A-Za-z]+)[.:]([^=]+?)(?:=([\s\S]*))?$/;

function parseSetVariable(text: string): SetVariable {
  const found = assignment.exec(text);
  const collection = variableOf(found?.[2] ?? '');
  if (found === null || collection === undefined || !writable.has(collection)) {
    throw new RangeError(`setvar "${text}" must be "collection.name=value"`);
  }
  const key = parseMacro((found[3] ?? '').trim());
  const value = found[4] ?? '1';
  if (found[1] === '!') return { collection, key, act: 'delete', value: [] };
  const sign = value[0];
  if (sign === '+') return { collection, key, act: 'add', value: parseMacro(value.slice(1)) };
  if (sign === '-' && /^-(?:\d|%)/.test(value)) {
    return { collection, key, act: 'subtract', value: parseMacro(value.slice(1)) };
  }
  return { collection, key, act: 'set', value: parseMacro(value) };
}

/** `123`, or `123-456`. */
export function parseIdRange(text: string): { readonly first: number; readonly last: number } {
  const found = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(text.trim());
  if (found === null) throw new RangeError(`"${text}" must be a rule id or a range of them`);
  const first = Number(found[1]);
  return { first, last: found[2] === undefined ? first : Number(found[2]) };
}

function parseControl(text: string): Control {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals < 0 ? text.length : equals).toLowerCase();
  const value = equals < 0 ? '' : text.slice(equals + 1);
  switch (name) {
    case 'ruleremovebyid':
      return { kind: 'removeById', ...parseIdRange(value) };
    case 'ruleremovebytag':
      return { kind: 'removeByTag', tag: value };
    case 'ruleremovetargetbyid':
      return removeTarget({ kind: 'id', ...parseIdRange(value.split(';')[0] ?? '') }, value);
    case 'ruleremovetargetbytag':
      return removeTarget({ kind: 'tag', tag: value.split(';')[0] ?? '' }, value);
    case 'ruleengine': {
      const mode = value.toLowerCase();
      if (mode === 'on' || mode === 'off' || mode === 'detectiononly') return { kind: 'engine', value: mode };
      break;
    }
    case 'requestbodyprocessor': {
      const processor = value.toUpperCase();
      if (isBodyProcessor(processor)) return { kind: 'bodyProcessor', value: processor };
      break;
    }
    case 'forcerequestbodyvariable':
      return { kind: 'forceBodyVariable', isOn: value.toLowerCase() === 'on' };
    case 'auditengine':
    case 'auditlogparts':
      return { kind: 'audit' };
    default:
  }
  throw new RangeError(`unknown control "${text}"`);
}

function removeTarget(by: RuleChoice, value: string): Control {
  return { kind: 'removeTarget', by, target: parseTarget(value.slice(value.indexOf(';') + 1)) };
}

function isBodyProcessor(text: string): text is BodyProcessor {
  return text === 'URLENCODED' || text === 'MULTIPART' || text === 'JSON' || text === 'XML';
}
