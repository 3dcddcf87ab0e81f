import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { silentLog } from '../../core/log.ts';
import type { Counters } from '../../store/store.ts';
import { createKeys, sharedName } from './keys.ts';
import type { LimitDecision, LimitInput, LimitRule } from './rules.ts';
import type { LimiterState, SharedAnswer, SharedKey, SharedOptions, SharedWindows } from './shared-windows.ts';
import { createSharedWindows, sharedDefaults } from './shared-windows.ts';
import type { WindowTable } from './window-table.ts';
import { createWindowTable } from './window-table.ts';

/** A burst allowance lasts this many windows. */
const burstWindows = 10;
const rulesMax = 100;

export interface LimiterDeps {
  readonly clock: Pick<Clock, 'monotonicMs'> & Clock;
  /** Given when several nodes or workers share the limits. */
  readonly counters?: Counters;
  readonly log?: Log;
  /** Whole numbers below 2^32 that nobody outside can know. */
  readonly seeds: readonly [number, number];
  /** The most keys each rule remembers. */
  readonly keysMax?: number;
  readonly shared?: Partial<SharedOptions>;
}

/** Sliding-window limits of one data plane. */
export interface Limiter {
  /**
   * Counts the request against every rule that applies, or against none when one refuses. Undefined when no rule applies. Answers without
   * waiting unless the counters are shared and a limit is near; a promise never rejects and waits no longer than the time allowed for the
   * counters and one turn of what is before it. With shared counters a request that one rule granted and another refused may stay counted.
   */
  check(input: LimitInput): LimitDecision | undefined | Promise<LimitDecision | undefined>;
  /** New rules at once; a rule that did not change keeps its counts. Throws `core.invalid_input` and keeps the former ones. */
  setRules(rules: readonly LimitRule[]): void;
  state(): LimiterState;
  stats(): { readonly keys: number; readonly bytes: number };
  close(): void;
}

interface Compiled {
  readonly rule: LimitRule;
  readonly classes: ReadonlySet<string> | undefined;
  readonly sites: ReadonlySet<string> | undefined;
  readonly table: WindowTable;
  readonly burst: WindowTable | undefined;
}

/** Throws `core.invalid_input` for rules that cannot be. */
export function createLimiter(rules: readonly LimitRule[], deps: LimiterDeps): Limiter {
  const keys = createKeys(deps.seeds);
  const shared: SharedWindows | undefined =
    deps.counters === undefined
      ? undefined
      : createSharedWindows(
          { counters: deps.counters, clock: deps.clock, log: deps.log ?? silentLog },
          { ...sharedDefaults, ...deps.shared },
        );
  let compiled = compileAll(rules, [], deps);
  let words = new Uint32Array(compiled.length * 2);
  let isApplied = new Uint8Array(compiled.length);

  /** Marks the rules that apply and returns the refusal that lasts longest, if any. */
  const refusalOf = (input: LimitInput, nowMs: number): LimitDecision | undefined => {
    let refusal: LimitDecision | undefined;
    for (let i = 0; i < compiled.length; i++) {
      const entry = compiled[i];
      isApplied[i] = 0;
      if (entry === undefined || !applies(entry, input) || !keys.write(entry.rule.scope, input, words, i * 2)) continue;
      isApplied[i] = 1;
      const waitMs = waitOf(entry, words[i * 2] ?? 0, words[i * 2 + 1] ?? 0, nowMs);
      if (waitMs > 0 && waitMs > (refusal?.retryAfterMs ?? 0)) refusal = refuse(entry.rule, waitMs);
    }
    return refusal;
  };

  const allow = (input: LimitInput, nowMs: number): LimitDecision | undefined => {
    let tightest: Compiled | undefined;
    let tightestLeft = 0;
    let tightestAt = 0;
    for (let i = 0; i < compiled.length; i++) {
      const entry = compiled[i];
      if (entry === undefined || isApplied[i] === 0) continue;
      const left = take(entry, words[i * 2] ?? 0, words[i * 2 + 1] ?? 0, nowMs);
      const all = entry.rule.limit;
      const atMost =
        shared === undefined ? left : Math.max(0, Math.min(left, all - shared.used(keyOf(entry.rule, input))));
      if (tightest !== undefined && atMost / all >= tightestLeft / tightest.rule.limit) continue;
      tightest = entry;
      tightestLeft = atMost;
      tightestAt = i;
    }
    if (tightest === undefined) return undefined;
    const { id, limit, windowMs } = tightest.rule;
    const resetMs = tightest.table.leavesInMs(
      { hi: words[tightestAt * 2] ?? 0, lo: words[tightestAt * 2 + 1] ?? 0 },
      1,
      nowMs,
    );
    return { allowed: true, policy: id, limit, windowMs, remaining: tightestLeft, resetMs, retryAfterMs: 0 };
  };

  const askAll = async (
    windows: SharedWindows,
    input: LimitInput,
    near: readonly LimitRule[],
  ): Promise<LimitDecision | undefined> => {
    for (const rule of near) {
      const answer = await askWithBurst(windows, rule, input);
      if (answer !== undefined && answer.retryAfterMs > 0) return refuse(rule, answer.retryAfterMs);
    }
    // Other requests have used the scratch words meanwhile.
    const nowMs = deps.clock.monotonicMs();
    return refusalOf(input, nowMs) ?? allow(input, nowMs);
  };

  return {
    check(input) {
      const nowMs = deps.clock.monotonicMs();
      const refusal = refusalOf(input, nowMs);
      if (refusal !== undefined) return refusal;
      if (shared === undefined) return allow(input, nowMs);
      const applied = compiled.flatMap(({ rule }, i) => (isApplied[i] === 1 ? [rule] : []));
      // Asked before anything is counted: whoever hammers a full window must not fill the others.
      for (const rule of applied) {
        const waitMs = knownFullMs(shared, rule, sharedName(rule, input));
        if (waitMs > 0) return refuse(rule, waitMs);
      }
      const near = applied.filter(rule => shared.tryNow(keyOf(rule, input)) !== 'taken');
      return near.length === 0 ? allow(input, nowMs) : askAll(shared, input, near);
    },
    setRules(next) {
      compiled = compileAll(next, compiled, deps);
      words = new Uint32Array(compiled.length * 2);
      isApplied = new Uint8Array(compiled.length);
    },
    state: () => shared?.state() ?? 'exact',
    stats() {
      const tables = compiled.flatMap(({ table, burst }) => (burst === undefined ? [table] : [table, burst]));
      return {
        keys: tables.reduce((sum, table) => sum + table.size, 0),
        bytes: tables.reduce((sum, table) => sum + table.bytes, 0),
      };
    },
    close: () => shared?.close(),
  };
}

const keyOf = (rule: LimitRule, input: LimitInput): SharedKey => ({
  name: sharedName(rule, input),
  limit: rule.limit,
  windowMs: rule.windowMs,
});

/** How long a rule is known to refuse, its burst included; 0 when that is not known. */
function knownFullMs(windows: SharedWindows, rule: LimitRule, name: string): number {
  const waitMs = windows.fullForMs(name);
  if (waitMs === 0 || rule.burst === undefined) return waitMs;
  return Math.min(waitMs, windows.fullForMs(`${name}|burst`));
}

async function askWithBurst(windows: SharedWindows, rule: LimitRule, input: LimitInput): Promise<SharedAnswer> {
  const answer = await asked(windows, keyOf(rule, input));
  if (answer === undefined || answer.retryAfterMs === 0 || rule.burst === undefined) return answer;
  const beyond = await asked(windows, {
    name: `${sharedName(rule, input)}|burst`,
    limit: rule.burst,
    windowMs: rule.windowMs * burstWindows,
  });
  return beyond === undefined || beyond.retryAfterMs === 0 ? beyond : answer;
}

function asked(windows: SharedWindows, key: SharedKey): Promise<SharedAnswer> {
  const now = windows.tryNow(key);
  if (now === 'ask') return windows.ask(key);
  return Promise.resolve(now === 'taken' ? { retryAfterMs: 0, used: 0 } : now);
}

function applies(entry: Compiled, input: LimitInput): boolean {
  const { people } = entry.rule;
  if (entry.classes !== undefined && !entry.classes.has(input.class)) return false;
  if (people !== undefined && (people === 'signed_in') !== (input.identity !== undefined)) return false;
  return entry.sites === undefined || (input.site !== undefined && entry.sites.has(input.site));
}

/** Milliseconds until the rule would allow one more; 0 when it does. */
function waitOf(entry: Compiled, hi: number, lo: number, nowMs: number): number {
  const { limit, burst } = entry.rule;
  const used = entry.table.used(hi, lo, nowMs);
  if (used < limit) return 0;
  const waitMs = entry.table.leavesInMs({ hi, lo }, used - limit + 1, nowMs);
  if (entry.burst === undefined || burst === undefined) return Math.max(1, waitMs);
  const beyond = entry.burst.used(hi, lo, nowMs);
  if (beyond < burst) return 0;
  return Math.max(1, Math.min(waitMs, entry.burst.leavesInMs({ hi, lo }, beyond - burst + 1, nowMs)));
}

/** Counts one that was found to fit; returns how many more do. */
function take(entry: Compiled, hi: number, lo: number, nowMs: number): number {
  const { limit, burst = 0 } = entry.rule;
  const used = entry.table.used(hi, lo, nowMs);
  if (used < limit) {
    entry.table.add(hi, lo, nowMs);
    return limit - used - 1;
  }
  entry.burst?.add(hi, lo, nowMs);
  return Math.max(0, burst - (entry.burst?.used(hi, lo, nowMs) ?? 0));
}

const refuse = (rule: LimitRule, retryAfterMs: number): LimitDecision => ({
  allowed: false,
  policy: rule.id,
  limit: rule.limit,
  windowMs: rule.windowMs,
  remaining: 0,
  resetMs: retryAfterMs,
  retryAfterMs,
});

const keysMaxDefault = 50_000;

function compileAll(rules: readonly LimitRule[], before: readonly Compiled[], deps: LimiterDeps): Compiled[] {
  if (rules.length > rulesMax) throw wrong(`${rules.length} rules`, `want at most ${rulesMax}`);
  const seen = new Set<string>();
  return rules.map(rule => {
    requireRule(rule);
    if (seen.has(rule.id)) throw wrong(rule.id, 'want each id once');
    seen.add(rule.id);
    const same = before.find(entry => JSON.stringify(entry.rule) === JSON.stringify(rule));
    if (same) return same;
    const { limit, windowMs, burst } = rule;
    const options = { keysMax: deps.keysMax ?? keysMaxDefault, seed: deps.seeds[0] };
    return {
      rule,
      classes: rule.appliesTo === 'any' ? undefined : new Set(rule.appliesTo),
      sites: rule.sites && new Set(rule.sites),
      table: createWindowTable({ ...options, windowMs, countMax: limit }),
      burst:
        burst === undefined
          ? undefined
          : createWindowTable({ ...options, windowMs: windowMs * burstWindows, countMax: burst }),
    };
  });
}

function requireRule(rule: LimitRule): void {
  if (!/^[a-z0-9_-]{1,40}$/.test(rule.id))
    throw wrong(rule.id, 'want an id of lower case letters, digits, "-" and "_"');
  const isWhole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  if (!isWhole(rule.limit, 1, 10_000_000)) throw wrong(rule.id, `limit must be 1..10000000, not "${rule.limit}"`);
  if (!isWhole(rule.windowMs, 1000, 86_400_000))
    throw wrong(rule.id, `window must be 1 second to 1 day, not "${rule.windowMs}" ms`);
  if (rule.burst !== undefined && !isWhole(rule.burst, 1, 10_000_000))
    throw wrong(rule.id, `burst must be 1..10000000, not "${rule.burst}"`);
}

function wrong(rule: string, wanted: string): SallyportError {
  const message = `Cannot set rate limit "${rule}": ${wanted}`;
  return new SallyportError('core.invalid_input', message, { detail: message });
}
