import type { CoreRuleSet, CoreRuleSetConfig, Firewall } from '../perimeter/perimeter.ts';
import {
  createCoreRuleSet,
  createFirewall,
  detectors,
  detectorsFrom,
  diskRules,
  sqlDetector,
  xssDetector,
} from '../perimeter/perimeter.ts';

/** The firewall of a data plane, and the Core Rule Set beside it where one is configured. Throws `perimeter.rules_invalid`. */
export function createFirewalls(rules: CoreRuleSetConfig | undefined): {
  readonly firewall: Firewall;
  readonly coreRules: CoreRuleSet | undefined;
} {
  const firewall = createFirewall({ detectors });
  if (!hasCoreRules(rules)) return { firewall, coreRules: undefined };
  // Each site says for itself whether what the rules find stops a request.
  const config = { ...rules, mode: 'block' } as const;
  const own = detectorsFrom(sqlDetector, xssDetector);
  return { firewall, coreRules: createCoreRuleSet(config, { source: diskRules, detectors: own }) };
}

/** Whether rule files are to be loaded. */
export function hasCoreRules(rules: CoreRuleSetConfig | undefined): rules is CoreRuleSetConfig {
  return rules !== undefined && rules.mode !== 'off';
}
