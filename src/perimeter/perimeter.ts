/**
 * The perimeter answers "is it hostile?": the firewall over values at their places, rate limits, bans, reputation and geography. It decides
 * from what it is given, asks nobody while a request waits, and knows neither people's rights nor platforms: who calls it says what is an
 * author's own work.
 */
export type * from './waf/waf.ts';
export { categories, zones } from './waf/waf.ts';
export { detectors } from './waf/detect/all.ts';
export {
  exclusionInput,
  type ProposedExclusion,
  parseExclusion,
  proposeExclusion,
  proposeExclusions,
} from './waf/exclusions.ts';
export { compileFields } from './waf/fields.ts';
export {
  type BodyInspection,
  type BodyStart,
  createFirewall,
  type Firewall,
  type InspectionContext,
} from './waf/firewall.ts';
export { excerptOf } from './waf/mask.ts';
export type { HeadInput } from './waf/read/read.ts';
export { firewallRules, ruleTitle } from './waf/rules.ts';
