/**
 * The perimeter answers "is it hostile?": the firewall over values at their places, rate limits, bans, reputation and geography. It decides
 * from what it is given, asks nobody while a request waits, and knows neither people's rights nor platforms: who calls it says what is an
 * author's own work.
 */

export type { LeakCategory, LeakDetector, LeakRule } from './answers/answers.ts';
export { leakDetectors, strictLeakDetectors } from './answers/rules/all.ts';
export { createLeakScanner, type LeakScanner } from './answers/scan.ts';
export { createLeakStream, type FoundLeak, type LeakStream, leakPointsMin } from './answers/stream.ts';
export { type BanHit, type BanPlane, createBanPlane } from './bans/ban-plane.ts';
export { type BanFound, type BanSet, type BanSource, createBanSet } from './bans/ban-set.ts';
export {
  type AutomaticBan,
  type Ban,
  type BanChange,
  type BanInput,
  type BanPage,
  type Bans,
  type BansDeps,
  createBans,
} from './bans/bans.ts';
export { createExemptions, type Exempt } from './bans/exemptions.ts';
export { createJail, type Jail, type JailConfig, type JailDeps } from './bans/jail.ts';
export { type PerimeterConfig, perimeterConfig } from './config.ts';
export {
  createExclusions,
  type ExclusionInput,
  type ExclusionRecord,
  type Exclusions,
  type ExclusionsDeps,
} from './exclusions/exclusions.ts';
export { createGeo, type Geo, type GeoPolicy, type GeoVerdict } from './geo/geo.ts';
export { defaultLimits } from './limits/defaults.ts';
export { rateLimitHeaders } from './limits/headers.ts';
export { createLimiter, type Limiter, type LimiterDeps } from './limits/limiter.ts';
export type { LimitDecision, LimitInput, LimitRule, LimitScope, RequestClass } from './limits/rules.ts';
export type { LimiterState } from './limits/shared-windows.ts';
export { limitRules, listConfigs, type PerimeterPolicy } from './policy.ts';
export type { FeedFetch, FeedResponse } from './reputation/feed.ts';
export {
  type CompiledList,
  createReputationPlane,
  type ListAction,
  type ListHit,
  type ListKind,
  type ReputationPlane,
} from './reputation/plane.ts';
export {
  createReputation,
  type ListConfig,
  type ListStatus,
  type Reputation,
  type ReputationDeps,
} from './reputation/reputation.ts';
export type { CoreRuleSetConfig } from './seclang/config.ts';
export { type CoreRuleSet, type CoreRuleSetInspection, createCoreRuleSet } from './seclang/core-rule-set.ts';
export { detectorsFrom } from './seclang/detectors.ts';
export { diskRules } from './seclang/disk.ts';
export type { RuleSource } from './seclang/load.ts';
export { compileRegex } from './seclang/regex/regex.ts';
export type { SecAnswer, SecTransaction } from './seclang/transaction.ts';
export { type PerimeterTables, perimeterMigrations } from './tables.ts';
export { detectors } from './waf/detect/all.ts';
export { sql as sqlDetector } from './waf/detect/sql/sql.ts';
export { xss as xssDetector } from './waf/detect/xss/xss.ts';
export { type ProposedExclusion, parseExclusion, proposeExclusions } from './waf/exclusions.ts';
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
export type * from './waf/waf.ts';
export { categories, zones } from './waf/waf.ts';
