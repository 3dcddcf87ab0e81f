import type { FirewallRecord, NewEvent } from '../../core/events.ts';
import type { Judgement, LeakStream, Match } from '../../perimeter/perimeter.ts';
import { leakPointsMin, ruleTitle } from '../../perimeter/perimeter.ts';
import type { Violation } from '../api/schemas.ts';
import type { Denial, Exchange } from '../exchange.ts';
import { principalOf } from '../exchange.ts';
import type { ShieldHit } from './shields.ts';

const hint =
  'If this was honest work, give the incident number to whoever runs this gate: they can see what was stopped.';
const pathCharsMax = 512;
const apiMatchesMax = 20;

/** The refusal for a judgement that blocks: what could not be read in one way is 400, an attack 403. */
export function toDenial({ matches, problem, scores }: Judgement): Denial {
  if (problem !== undefined) {
    return { kind: 'deny', code: 'perimeter.malformed', reason: problem.detail, type: 'malformed', hint };
  }
  const worst = worstOf(matches);
  const category = worst?.category ?? Object.keys(scores)[0] ?? 'unknown';
  const where = worst === undefined ? '' : ` at ${placeOf(worst)}`;
  const reason = `${category}: ${worst?.rule ?? 'score'}${where}`;
  return { kind: 'deny', code: 'perimeter.blocked', reason, type: 'firewall', hint };
}

/** The refusal for what an advisory describes. */
export function toShieldDenial({ advisory }: ShieldHit): Denial {
  const reason = `${advisory.id}: ${advisory.title}`;
  return { kind: 'deny', code: 'perimeter.blocked', reason, type: 'shield', hint };
}

/** The record of a judgement, beside that of the request. */
export function matchedEvent(
  exchange: Exchange,
  phase: FirewallRecord['phase'],
  judgement: Judgement,
  by: 'firewall' | 'core_rules' = 'firewall',
): NewEvent {
  const { matches, problem, scores, uninspectedBytes, verdict } = judgement;
  return eventOf(exchange, {
    verdict: verdict === 'pass' ? 'noticed' : verdict,
    by,
    phase,
    scores: { ...scores },
    matches: matches.map(({ rule, points, place, excerpt }) => ({
      ...{ rule, points, excerpt, title: ruleTitle(rule) },
      ...{ zone: place.zone, name: place.name, part: place.part },
    })),
    ...(problem === undefined ? {} : { problem: problem.detail }),
    ...(uninspectedBytes === undefined ? {} : { uninspectedBytes }),
  });
}

/** The record of a shield that was met. */
export function shieldEvent(
  exchange: Exchange,
  phase: FirewallRecord['phase'],
  { hit, isBlocked }: { hit: ShieldHit; isBlocked: boolean },
): NewEvent {
  const { advisory, excerpt, place } = hit;
  return eventOf(exchange, {
    verdict: isBlocked ? 'block' : 'would_block',
    by: 'shield',
    phase,
    scores: {},
    matches: [
      {
        ...{ rule: advisory.id, title: advisory.title, points: 5, excerpt },
        ...{ zone: place.zone, name: place.name, part: place.part },
      },
    ],
  });
}

/** The record of a request that does not fit the description of the API. */
export function apiEvent(
  exchange: Exchange,
  {
    isBlocked,
    phase,
    violations,
  }: { phase: FirewallRecord['phase']; violations: readonly Violation[]; isBlocked: boolean },
): NewEvent {
  return eventOf(exchange, {
    verdict: isBlocked ? 'block' : 'would_block',
    by: 'api',
    phase,
    scores: {},
    matches: violations.slice(0, apiMatchesMax).map(({ at, in: zone, keyword }) => ({
      ...{ rule: `api.${keyword}`, title: 'what the description of the API does not allow', points: 0, excerpt: '' },
      ...{ zone, name: at, part: 'value' },
    })),
  });
}

/** The record of an answer that held what must not leave. Below the points that are redacted it is only noticed. */
export function answerEvent(
  exchange: Exchange,
  { count, found, scores }: Pick<LeakStream, 'count' | 'found' | 'scores'>,
  verdict: 'block' | 'would_block' | 'redact',
): NewEvent {
  const isSlight = found.every(one => one.rule.points < leakPointsMin);
  return eventOf(exchange, {
    verdict: isSlight && verdict !== 'block' ? 'noticed' : verdict,
    by: 'answers',
    phase: 'answer',
    scores: { ...scores },
    matches: found.map(({ excerpt, rule }) => ({
      ...{ rule: rule.id, title: rule.title, points: rule.points, excerpt },
      ...{ zone: 'answer', name: count > 1 ? `${count} in all` : '', part: 'value' },
    })),
  });
}

function eventOf(exchange: Exchange, found: Omit<FirewallRecord, 'method' | 'endpoint' | 'path'>): NewEvent {
  const { classification, inbound, request, site } = exchange;
  const isStopped = found.verdict === 'block' || found.verdict === 'redact';
  return {
    type: 'firewall.matched',
    time: exchange.at,
    outcome: isStopped ? 'denied' : 'success',
    principal: principalOf(exchange),
    action: classification?.action ?? 'request',
    ...(site === undefined ? {} : { site: site.policy.name, platform: site.policy.platform }),
    ...(exchange.project === undefined ? {} : { project: exchange.project }),
    requestId: exchange.requestId,
    clientIp: exchange.clientIp,
    data: {
      ...found,
      method: inbound.method,
      endpoint: classification?.endpoint ?? 'unknown',
      path: (request?.path ?? '').slice(0, pathCharsMax),
    },
  };
}

const worstOf = (matches: readonly Match[]): Match | undefined =>
  matches.reduce<Match | undefined>(
    (worst, match) => (match.points > (worst?.points ?? -1) ? match : worst),
    undefined,
  );

const placeOf = ({ place }: Match): string => `${place.zone}${place.name === '' ? '' : ` "${place.name}"`}`;
