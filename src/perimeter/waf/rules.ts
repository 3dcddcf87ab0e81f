import { leakRules } from '../answers/rules/all.ts';
import { detectors } from './detect/all.ts';
import type { Rule } from './waf.ts';

/** Every rule of the firewall's own detectors, in their order: what exclusions may name and records show. */
export const firewallRules: readonly Rule[] = detectors.flatMap(detector => detector.rules);

const titles: ReadonlyMap<string, string> = new Map(
  [...firewallRules, ...leakRules].map(rule => [rule.id, rule.title]),
);

/** What a rule of the firewall says after "looks like", or one of the answer side found; its id where it is no rule of this version. */
export function ruleTitle(id: string): string {
  return titles.get(id) ?? id;
}
