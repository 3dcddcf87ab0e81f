import { z } from 'zod';
import { SallyportError } from '../../core/errors.ts';
import { type Category, categories, type Exclusion, type Judgement, type Match, type Place, zones } from './waf.ts';

const reasonCharsMin = 3;
/** Rules of the answer side are named one by one. */
const answers = 'leak';
const lifetimeMsMax = 10 * 365 * 24 * 3_600_000;

/**
 * What people say to make an exclusion. Refuses what would turn the firewall off by another name: a rule needs one of endpoint, zone and
 * name to narrow it, a whole category two.
 */
export const exclusionInput = z
  .strictObject({
    rule: z
      .string()
      .max(100)
      .refine(isRuleName, 'want a rule id as "sqli.tautology", or a category as "sqli.*"')
      .describe('A rule id, or a category with .*'),
    endpoint: z.string().min(1).max(300).describe('The route as records name it, or *'),
    zone: z.union([z.enum(zones), z.literal('*')]).describe('Where in the request, or *'),
    name: z.string().max(256).describe('The field; * stands for any characters; empty where the zone has no names'),
    reason: z
      .string()
      .trim()
      .min(reasonCharsMin)
      .max(500)
      .describe('Why this is no attack, for whoever reads it later'),
    expiresAt: z.int().positive().nullable().describe('Epoch milliseconds; null never ends'),
  })
  .refine(isNarrow, {
    path: ['endpoint'],
    message: 'too broad: want one of endpoint, zone and name for a rule, and two for a category',
  });

/**
 * Takes an exclusion from outside; every problem is named with its field.
 *
 * @throws SallyportError `core.invalid_input`
 */
export function parseExclusion(input: unknown, nowMs: number): Omit<Exclusion, 'id'> {
  const parsed = exclusionInput.safeParse(input);
  if (!parsed.success) {
    throw refused(
      parsed.error.issues.map(issue => `${issue.path.join('.') || 'exclusion'}: ${issue.message}`).join('; '),
    );
  }
  const { expiresAt } = parsed.data;
  if (expiresAt !== null && expiresAt <= nowMs) throw refused('expiresAt: want a time to come');
  if (expiresAt !== null && expiresAt > nowMs + lifetimeMsMax)
    throw refused('expiresAt: want null or at most ten years');
  return parsed.data;
}

/** Answers whether a rule does not count at a place; ended exclusions count for nothing from their very millisecond. */
export type IsExcluded = (rule: string, place: Place, nowMs: number) => boolean;

/** The exclusions of one endpoint, found by rule; nothing to look up costs nothing. */
export function compileExclusions(exclusions: readonly Exclusion[], endpoint: string): IsExcluded {
  const byRule = Map.groupBy(
    exclusions.filter(one => one.endpoint === '*' || one.endpoint === endpoint),
    one => one.rule,
  );
  if (byRule.size === 0) return () => false;
  return (rule, place, nowMs) => {
    const covers = (one: Exclusion): boolean => coversPlace(one, place, nowMs);
    return (byRule.get(rule)?.some(covers) ?? false) || (byRule.get(`${categoryOf(rule)}.*`)?.some(covers) ?? false);
  };
}

/** The narrowest exclusion that takes one match away: its rule at its field of this endpoint. */
export function proposeExclusion(
  match: Match,
  at: { readonly endpoint: string },
): Omit<Exclusion, 'id' | 'reason' | 'expiresAt'> {
  return { rule: match.rule, endpoint: at.endpoint, zone: match.place.zone, name: exactly(match.place.name) };
}

export type ProposedExclusion = ReturnType<typeof proposeExclusion>;

/**
 * A set of narrowest exclusions that would have let this request through, of which none can be left out; empty when it passes as it is or
 * when a problem, which no exclusion cures, stopped it. It knows only the matches that were kept.
 */
export function proposeExclusions(
  judgement: Judgement,
  at: { readonly endpoint: string; readonly threshold: number },
): readonly ProposedExclusion[] {
  if (judgement.problem !== undefined) return [];
  const rules = [...Map.groupBy(judgement.matches, match => match.rule).values()]
    .map(matches => ({ matches, points: Math.max(...matches.map(match => match.points)) }))
    .filter(rule => rule.points > 0)
    // What takes most points away with the fewest exclusions first.
    .sort((a, b) => b.points / b.matches.length - a.points / a.matches.length);
  const removed = new Set<(typeof rules)[number]>();
  const passes = (): boolean => isBelow(rules.filter(rule => !removed.has(rule)).map(categoryPoints), at.threshold);
  for (const rule of rules) {
    if (passes()) break;
    removed.add(rule);
  }
  for (const rule of [...removed].reverse()) {
    removed.delete(rule);
    if (!passes()) removed.add(rule);
  }
  const proposed = [...removed].flatMap(rule => rule.matches.map(match => proposeExclusion(match, at)));
  return [...new Map(proposed.map(one => [JSON.stringify(one), one])).values()];
}

/** Whether scores block: one category at the threshold, or all together at twice that. */
export function isBelow(points: readonly (readonly [Category, number])[], threshold: number): boolean {
  const sums = new Map<Category, number>();
  let total = 0;
  for (const [category, one] of points) {
    const sum = (sums.get(category) ?? 0) + one;
    if (sum >= threshold) return false;
    sums.set(category, sum);
    total += one;
  }
  return total < 2 * threshold;
}

function categoryPoints(rule: { matches: readonly Match[]; points: number }): [Category, number] {
  return [rule.matches[0]?.category ?? 'protocol', rule.points];
}

function coversPlace(exclusion: Exclusion, place: Place, nowMs: number): boolean {
  if (exclusion.expiresAt !== null && exclusion.expiresAt <= nowMs) return false;
  return (exclusion.zone === '*' || exclusion.zone === place.zone) && matchesName(exclusion.name, place.name);
}

/** `*` is any run of characters; each piece is looked for once, behind the one before. `\*` is the character itself. */
function matchesName(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  if (!pattern.includes('*')) return false;
  const pieces = pattern.split(/(?<!\\)\*/).map(piece => piece.replaceAll('\\*', '*'));
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return first === name;
  const last = pieces.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = name.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return from <= name.length - last.length;
}

/** A field that has an asterisk in its name must not become a pattern. */
function exactly(name: string): string {
  return name.replaceAll('*', '\\*');
}

function isRuleName(rule: string): boolean {
  const match = /^([a-z]+)\.(\*|[a-z0-9][a-z0-9_-]*)$/.exec(rule);
  if (match?.[1] === answers) return match[2] !== '*';
  return match !== null && categories.some(category => category === match[1]);
}

function isNarrow(input: { rule: string; endpoint: string; zone: string; name: string }): boolean {
  const narrowed = [input.endpoint, input.zone, input.name].filter(one => one !== '*').length;
  return narrowed >= (input.rule.endsWith('.*') ? 2 : 1);
}

function categoryOf(rule: string): string {
  return rule.slice(0, rule.indexOf('.'));
}

function refused(what: string): SallyportError {
  const detail = `Cannot take exclusion, ${what}`;
  return new SallyportError('core.invalid_input', detail, { detail });
}
