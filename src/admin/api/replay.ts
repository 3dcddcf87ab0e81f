import type { HeadSample, SiteRecord } from '../../gateway/gateway.ts';
import type { Exclusion, Firewall, FirewallPolicy, Judgement, Zone } from '../../perimeter/perimeter.ts';
import { createFirewall, detectors, parseExclusion, ruleTitle } from '../../perimeter/perimeter.ts';
import { rates, spend } from '../bounds.ts';
import type { OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';

type Answer = ReadonlyDeep<OperationOutput<'perimeter.replay'>>;
type Example = Answer['examples'][number];

const headsMax = 5000;
const examplesMax = 50;
/** Heads are judged in between what else the control plane does, and not for longer than this. */
const headsAtOnce = 25;
const budgetMs = 10_000;
const rank = { pass: 0, would_block: 1, block: 2 } as const;

/**
 * Judges kept heads by the site's present policy and by a changed one and tells what differs; nothing is in force afterwards. Bodies are not
 * kept, so what stands in one is not judged.
 */
export function createReplay(deps: AdminDeps): Handlers<'perimeter.replay'>['perimeter.replay'] {
  let firewall: Firewall | undefined;
  return async ({ caller, signal }, { body }) => {
    await spend(deps.counters, rates.replays, caller.principal.id);
    const site = await deps.sites.get(body.site);
    const now = deps.clock.now();
    const kept = await deps.perimeter.exclusions.list(site.id);
    const given = Object.fromEntries(Object.entries(body.guard).filter(([, value]) => value !== undefined));
    const tried = body.exclusions.map((one, at): Exclusion => {
      const clean = parseExclusion({ ...one, reason: 'tried in a replay', expiresAt: null }, now);
      return { ...clean, id: `replay-${at}` };
    });
    const before = policyOf(site.guard, kept);
    const after = policyOf({ ...site.guard, ...given }, [...kept, ...tried]);
    firewall ??= createFirewall({ detectors });
    return judgeAll(firewall, deps.perimeter.headsOf(site.id).slice(0, headsMax), { before, after, deps, signal });
  };
}

function policyOf(guard: SiteRecord['guard'], exclusions: readonly Exclusion[]): FirewallPolicy {
  const { firewall, inspectBytesMax, paranoia, threshold } = guard;
  return { mode: firewall, paranoia, threshold, inspectBytesMax, exclusions };
}

interface Replay {
  readonly before: FirewallPolicy;
  readonly after: FirewallPolicy;
  readonly deps: Pick<AdminDeps, 'clock'>;
  readonly signal: AbortSignal;
}

async function judgeAll(firewall: Firewall, heads: readonly HeadSample[], replay: Replay): Promise<Answer> {
  const { clock } = replay.deps;
  const startedMs = clock.monotonicMs();
  const result = { heads: 0, since: null as number | null, newlyBlocked: 0, newlyPassed: 0 };
  const examples: Example[] = [];
  for (const head of heads) {
    if (result.heads % headsAtOnce === 0) {
      await new Promise(resolve => setImmediate(resolve));
      replay.signal.throwIfAborted();
      if (clock.monotonicMs() - startedMs > budgetMs) break;
    }
    const context = { endpoint: head.endpoint, nowMs: clock.now() };
    const was = firewall.inspectHead(head, replay.before, context);
    const will = firewall.inspectHead(head, replay.after, context);
    result.heads++;
    // Newest first: the last one judged is the oldest.
    result.since = head.at;
    if (was.verdict === will.verdict) continue;
    if (rank[will.verdict] > rank[was.verdict]) result.newlyBlocked++;
    else result.newlyPassed++;
    if (examples.length < examplesMax) examples.push(toExample(head, was, will));
  }
  return { ...result, examples };
}

function toExample({ endpoint, id, method, path }: HeadSample, was: Judgement, will: Judgement): Example {
  const telling = rank[will.verdict] > rank[was.verdict] ? will : was;
  return {
    ...{ id, method, endpoint, path },
    before: was.verdict,
    after: will.verdict,
    matches: telling.matches.map(({ excerpt, place, points, rule }) => ({
      ...{ rule, title: ruleTitle(rule), points, excerpt },
      ...{ zone: place.zone satisfies Zone, name: place.name, part: place.part },
    })),
  };
}
