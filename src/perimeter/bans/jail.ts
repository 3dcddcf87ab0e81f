import type { Clock } from '../../core/clock.ts';
import type { NewEvent, SecurityEvent } from '../../core/events.ts';
import { systemPrincipal } from '../../core/events.ts';
import type { Log } from '../../core/log.ts';
import type { Block } from '../address.ts';
import { clearBelow, formatBlock, readBlock } from '../address.ts';
import type { Bans } from './bans.ts';
import type { Exempt } from './exemptions.ts';

/**
 * What each refused request weighs, by the type its refusal was recorded with. What honest people run into (a page that is not published,
 * a form kept open too long, a slow line) weighs little or nothing; what no browser does weighs much.
 */
export const jailWeights: Readonly<Record<string, number>> = {
  firewall: 10,
  shield: 10,
  path_traversal: 20,
  malformed: 5,
  protocol: 3,
  honeypot: 50,
  unknown_host: 2,
  closed_route: 2,
  reputation: 2,
  challenge: 1,
  csrf: 2,
  flood: 1,
  slow: 1,
  rate_limit: 0.2,
};
const failedSignIn = 5;
const lockedNetwork = 30;

export interface JailConfig {
  readonly enabled: boolean;
  /** Points within the window that earn a ban. */
  readonly threshold: number;
  readonly windowMs: number;
  readonly bansPerMinuteMax: number;
}

export interface JailDeps {
  readonly bans: Pick<Bans, 'createAutomatic'>;
  readonly exempt: Exempt;
  readonly audit: { append(event: NewEvent): Promise<unknown> };
  readonly clock: Clock;
  readonly log: Log;
  readonly config: JailConfig;
}

/**
 * Bans addresses (IPv6: /64s) that collect too many refusals. Requests of people who are signed in never count: their editors trip over
 * rules honestly, and their office shares an address. Nor do those that a page of another site had a visitor's browser send: any page could
 * have its visitors' networks banned with a few pictures. Whoever lies about that is refused all the same, only not banned. Give `consume` to the bus; it returns at once.
 */
export interface Jail {
  consume(event: SecurityEvent): void;
  /** Resolves when everything earned so far is banned or told. */
  settled(): Promise<void>;
  readonly tracked: number;
}

const parts = 10;
const trackedMax = 20_000;
const evidenceMax = 20;
const sampled = 16;
const namedMax = 20;

interface Offender {
  readonly block: Block;
  readonly points: Float64Array;
  part: number;
  readonly evidence: string[];
  readonly kinds: Map<string, number>;
}

export function createJail(deps: JailDeps): Jail {
  const { clock, config } = deps;
  const partMs = config.windowMs / parts;
  const offenders = new Map<string, Offender>();
  const working = new Set<Promise<void>>();
  const minute = { at: Number.NEGATIVE_INFINITY, bans: 0, withheld: 0, networks: [] as string[] };

  const offenderOf = (block: Block, part: number): Offender => {
    const name = formatBlock(block);
    const known = offenders.get(name);
    if (known) {
      advance(known, part);
      return known;
    }
    if (offenders.size >= trackedMax) forgetLeast(part);
    const made = { block, points: new Float64Array(parts), part, evidence: [], kinds: new Map<string, number>() };
    offenders.set(name, made);
    return made;
  };

  /** Of the longest known, the one with the fewest points goes, the others are put behind: a flood does not push out the worst. */
  const forgetLeast = (part: number): void => {
    const looked: [string, Offender, number][] = [];
    for (const [name, offender] of offenders) {
      advance(offender, part);
      looked.push([name, offender, sum(offender.points)]);
      if (looked.length >= sampled) break;
    }
    const least = looked.toSorted((a, b) => a[2] - b[2])[0];
    for (const [name, offender] of looked) {
      offenders.delete(name);
      if (name !== least?.[0]) offenders.set(name, offender);
    }
  };

  const mayBan = (network: string): boolean => {
    const nowMs = clock.monotonicMs();
    if (nowMs - minute.at >= 60_000) {
      if (minute.withheld > 1) tellWithheld();
      Object.assign(minute, { at: nowMs, bans: 0, withheld: 0, networks: [] });
    }
    if (minute.bans < config.bansPerMinuteMax) {
      minute.bans++;
      return true;
    }
    minute.withheld++;
    if (minute.networks.length < namedMax) minute.networks.push(network);
    // Said when it begins, and summed up when the minute is over.
    if (minute.withheld === 1) tellWithheld();
    return false;
  };

  const tellWithheld = (): void => {
    const data = { count: minute.withheld, perMinuteMax: config.bansPerMinuteMax, networks: [...minute.networks] };
    deps.log.warn('jail.withheld', data);
    const about = { outcome: 'failure', principal: systemPrincipal, action: 'ban.create' } as const;
    work(async () => void (await deps.audit.append({ type: 'ban.withheld', ...about, data })));
  };

  const work = (act: () => Promise<void>): void => {
    const done = act().catch((error: unknown) => deps.log.error('jail.failed', { error }));
    const kept = done.finally(() => working.delete(kept));
    working.add(kept);
  };

  const ban = (offender: Offender, score: number): void => {
    const network = formatBlock(offender.block);
    if (!mayBan(network)) return;
    offenders.delete(network);
    const kinds = [...offender.kinds].toSorted((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}×`);
    const minutes = Math.round(config.windowMs / 60_000);
    work(async () => {
      await deps.bans.createAutomatic({
        block: offender.block,
        reason: `refused too often in ${minutes} minutes: ${kinds.join(', ')}`,
        score: Math.round(score),
        evidence: [...offender.evidence],
      });
    });
  };

  return {
    consume(event) {
      if (!config.enabled) return;
      const weighed = weigh(event);
      if (weighed === undefined) return;
      const block = blockOf(event.clientIp);
      if (block === undefined || deps.exempt(block) !== undefined) return;
      const part = Math.floor(clock.monotonicMs() / partMs);
      const offender = offenderOf(block, part);
      const cell = part % parts;
      offender.points[cell] = (offender.points[cell] ?? 0) + weighed.points;
      offender.kinds.set(weighed.kind, (offender.kinds.get(weighed.kind) ?? 0) + 1);
      if (event.requestId !== undefined) {
        offender.evidence.push(event.requestId);
        if (offender.evidence.length > evidenceMax) offender.evidence.shift();
      }
      const score = sum(offender.points);
      if (score >= config.threshold) ban(offender, score);
    },
    async settled() {
      while (working.size > 0) await Promise.all(working);
    },
    get tracked() {
      return offenders.size;
    },
  };
}

/** What an event weighs and what it is called; undefined for what does not count. */
function weigh(event: SecurityEvent): { kind: string; points: number } | undefined {
  if (event.type === 'auth.failed') return { kind: 'sign_in', points: failedSignIn };
  if (event.type === 'auth.locked')
    return event.data.scope === 'network' ? { kind: 'locked', points: lockedNetwork } : undefined;
  if (event.type !== 'request.finished' || event.principal.kind !== 'anonymous') return undefined;
  if (event.data.isCrossSite === true) return undefined;
  const kind = event.data.denied?.type;
  const points = kind !== undefined && Object.hasOwn(jailWeights, kind) ? jailWeights[kind] : undefined;
  return kind === undefined || points === undefined ? undefined : { kind, points };
}

function blockOf(ip: string | undefined): Block | undefined {
  const read = ip === undefined ? undefined : readBlock(ip);
  if (read?.version !== 6) return read;
  clearBelow(read.words, 64);
  return { ...read, bits: 64 };
}

/** Empties the parts that have left the window. */
function advance(offender: Offender, part: number): void {
  const steps = Math.min(parts, part - offender.part);
  for (let i = 1; i <= steps; i++) offender.points[(offender.part + i) % parts] = 0;
  if (steps === parts) {
    offender.evidence.length = 0;
    offender.kinds.clear();
  }
  offender.part = part;
}

const sum = (points: Float64Array): number => points.reduce((total, value) => total + value, 0);
