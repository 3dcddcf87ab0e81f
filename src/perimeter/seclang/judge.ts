import { excerptOf } from '../waf/mask.ts';
import type { Category, Judgement, Match, Place, Problem, Zone } from '../waf/waf.ts';
import type { SecOutcome } from './engine.ts';
import type { Budget } from './regex/regex.ts';
import type { SecRule } from './rule.ts';
import type { SecMatch } from './run.ts';
import { toText } from './transaction.ts';
import type { Variable } from './variables.ts';

const matchesMax = 32;
/** For finding the parts of one judgement: about five milliseconds. Where it ends the beginning of the value is shown. */
const excerptStepsMax = 500_000;
const excerptCharsMax = 65_536;
const nameCharsMax = 256;

/** Categories by the rule set's own tags. */
const categoriesByTag: ReadonlyMap<string, Category> = new Map([
  ['attack-sqli', 'sqli'],
  ['attack-xss', 'xss'],
  ['attack-rce', 'shell'],
  ['attack-lfi', 'traversal'],
  ['attack-rfi', 'ssrf'],
  ['attack-ssrf', 'ssrf'],
  ['attack-ssti', 'template'],
  ['attack-ldap', 'ldap'],
  ['attack-xxe', 'xxe'],
  ['attack-injection-php', 'code'],
  ['attack-injection-java', 'code'],
  ['attack-injection-generic', 'code'],
  ['attack-injection-nodejs', 'code'],
  ['attack-generic', 'code'],
  ['attack-multipart-header', 'upload'],
  ['attack-reputation-scanner', 'scanner'],
  ['attack-reputation-scripting', 'scanner'],
  ['attack-reputation-crawler', 'scanner'],
  ['attack-fixation', 'header'],
  ['attack-protocol', 'protocol'],
  ['attack-disclosure', 'protocol'],
] as const);

/** Points by severity as the rule set counts them: critical 5, error 4, warning 3, notice 2. */
const pointsBySeverity: ReadonlyMap<number, number> = new Map([
  [0, 5],
  [1, 5],
  [2, 5],
  [3, 4],
  [4, 3],
  [5, 2],
]);

/** The outcome of the rules in the words of the firewall. The verdict is the rule set's own: a rule of it denied, or the request has no one reading. */
export function toJudgement(outcome: SecOutcome, mode: 'shadow' | 'block', problem?: Problem): Judgement {
  const scores: Partial<Record<Category, number>> = {};
  const matches: Match[] = [];
  const budget = { steps: excerptStepsMax };
  for (const match of outcome.matches) {
    const points = pointsOf(match.rule);
    if (points === undefined) continue;
    const category = categoryOf(match.rule);
    scores[category] = (scores[category] ?? 0) + points;
    if (matches.length >= matchesMax) continue;
    const place = placeOf(outcome, match);
    matches.push({ rule: `crs.${match.rule.id}`, category, points, place, excerpt: excerpt(match, budget) });
  }
  const found = problem ?? faultOf(outcome);
  const isStopped = outcome.denied !== undefined || found !== undefined;
  const verdict = !isStopped ? 'pass' : mode === 'block' ? 'block' : 'would_block';
  return { verdict, scores, matches, authored: 0, ...(found === undefined ? {} : { problem: found }) };
}

function faultOf(outcome: SecOutcome): Problem | undefined {
  if (outcome.fault === undefined) return undefined;
  const kind = outcome.fault.startsWith('too many') ? 'too_many' : 'malformed';
  return { kind, detail: outcome.fault.slice(0, 200) };
}

/** Points of a rule that adds to a score; nothing for those that prepare, skip, or add up. */
function pointsOf(rule: SecRule): number | undefined {
  if (!rule.isLogged) return undefined;
  const isScored = rule.links.some(link => link.actions.setVariables.some(change => change.act === 'add'));
  const severity = rule.links.find(link => link.actions.severity !== undefined)?.actions.severity;
  return isScored && severity !== undefined ? (pointsBySeverity.get(severity) ?? 0) : undefined;
}

function categoryOf(rule: SecRule): Category {
  for (const tag of rule.tags) {
    const category = categoriesByTag.get(tag);
    if (category !== undefined) return category;
  }
  return 'protocol';
}

const zonesByVariable: ReadonlyMap<Variable, Zone> = new Map<Variable, Zone>([
  ['ARGS_GET', 'query'],
  ['ARGS_GET_NAMES', 'query'],
  ['QUERY_STRING', 'query'],
  ['REQUEST_HEADERS', 'header'],
  ['REQUEST_HEADERS_NAMES', 'header'],
  ['RESPONSE_HEADERS', 'header'],
  ['REQUEST_COOKIES', 'cookie'],
  ['REQUEST_COOKIES_NAMES', 'cookie'],
  ['REQUEST_FILENAME', 'path'],
  ['REQUEST_BASENAME', 'path'],
  ['REQUEST_URI', 'path'],
  ['REQUEST_URI_RAW', 'path'],
  ['REQUEST_LINE', 'path'],
  ['PATH_INFO', 'path'],
  ['FILES', 'file'],
  ['FILES_NAMES', 'file'],
  ['MULTIPART_PART_HEADERS', 'multipart'],
  ['XML', 'xml'],
]);

const zonesByProcessor = { URLENCODED: 'form', MULTIPART: 'multipart', JSON: 'json', XML: 'xml' } as const;

function placeOf(outcome: SecOutcome, match: SecMatch): Place {
  const { variable, key } = match;
  const part = variable.endsWith('_NAMES') ? 'name' : 'value';
  const name = toText(variable.startsWith('REQUEST_HEADERS') ? key.toLowerCase() : key).slice(0, nameCharsMax);
  const known = zonesByVariable.get(variable);
  if (known !== undefined) return { zone: known, name: known === 'path' ? '' : name, part };
  if (!variable.startsWith('ARGS')) return { zone: 'text', name: '', part };
  const isQuery = outcome.bodyProcessor === undefined || outcome.isInTarget(key);
  return { zone: isQuery ? 'query' : zonesByProcessor[outcome.bodyProcessor ?? 'URLENCODED'], name, part };
}

/** The part that the last test found, with its surroundings. */
function excerpt({ rule, text }: SecMatch, budget: Budget): string {
  const operator = rule.links.at(-1)?.test?.operator;
  const found = operator === undefined || operator.isNegated ? undefined : operator.capture(text, budget)?.[0];
  const readable = toText(text.slice(0, excerptCharsMax));
  const part = toText(found ?? readable);
  const start = readable.indexOf(part);
  // A part that stands far behind is shown without its surroundings.
  return start < 0 ? excerptOf(part, 0, part.length) : excerptOf(readable, start, start + part.length);
}
