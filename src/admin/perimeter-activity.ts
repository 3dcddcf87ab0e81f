import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { Bus, FirewallRecord, RequestRecord, SecurityEvent } from '../core/events.ts';
import { createEventHistory } from './event-history.ts';
import type { TopCounts } from './top-counts.ts';
import { createTopCounts, sumTop } from './top-counts.ts';

/** What was stopped in the last 24 hours. */
interface PerimeterDay {
  readonly requests: number;
  readonly stopped: number;
  readonly byLayer: readonly Counted[];
  readonly byCategory: readonly Counted[];
  readonly byRule: readonly (Counted & { readonly title: string })[];
  readonly attackers: readonly { readonly address: string; readonly count: number }[];
  readonly targets: readonly { readonly site: string; readonly endpoint: string; readonly count: number }[];
  /** 24 of them, the oldest first. */
  readonly hours: readonly { readonly start: number; readonly requests: number; readonly stopped: number }[];
  /** Requests and those that shadow mode would have stopped, by site. */
  readonly bySite: ReadonlyMap<string, { readonly requests: number; readonly wouldBlock: number }>;
}

interface Counted {
  readonly name: string;
  readonly count: number;
}

export interface PerimeterActivity extends Disposable {
  /** Of one site where its name is given. */
  read(site?: string): Promise<PerimeterDay>;
}

interface SiteHour {
  requests: number;
  stopped: number;
  wouldBlock: number;
  readonly layers: TopCounts;
  readonly categories: TopCounts;
  readonly rules: TopCounts;
  readonly attackers: TopCounts;
  readonly targets: TopCounts;
}

interface Table {
  /** By start of the hour, then by name of the site; '' is what reached none. */
  readonly hours: Map<number, Map<string, SiteHour>>;
  readonly titles: Map<string, string>;
  /** A request may match in its head and again in its body, but is one. */
  readonly wouldBlock: Set<string>;
}

const hourMs = 3_600_000;
const hoursKept = 24;
const sitesMax = 200;
const namesMax = 256;
const shownMax = 10;
const rememberedMax = 8192;
const counted = ['request.finished', 'firewall.matched'] as const;

/** Refusals that say nothing about the request being hostile: who asks may not or has to prove something, or the house itself was not ready. */
const notHostile: ReadonlySet<string> = new Set([
  'unauthenticated',
  'step_up',
  'forbidden',
  'closed_route',
  'challenge',
  'certificate',
  'body_too_large',
  'upstream',
  'not_ready',
  'overload',
  'internal',
  'tls',
]);

/**
 * Counts what the perimeter does as it is recorded, by hour and site, in memory of a fixed size. What was recorded before this began is read
 * back from the log once, when first asked for.
 */
export function createPerimeterActivity(deps: {
  bus: Pick<Bus, 'subscribe'>;
  audit: Pick<Audit, 'search'>;
  clock: Pick<Clock, 'now'>;
}): PerimeterActivity {
  const table: Table = { hours: new Map(), titles: new Map(), wouldBlock: new Set() };
  const past = { types: counted, ms: hoursKept * hourMs };
  const history = createEventHistory(deps, past, event => count(table, event, deps.clock.now()));
  return {
    async read(site) {
      await history.filled();
      return sum(table, deps.clock.now(), site);
    },
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
}

function count(table: Table, event: SecurityEvent, now: number): void {
  if (event.type !== 'request.finished' && event.type !== 'firewall.matched') return;
  const start = Math.floor(event.time / hourMs) * hourMs;
  if (start <= now - (hoursKept + 1) * hourMs || start > now + hourMs) return;
  const hour = hourOf(table, start, event.site ?? '', now);
  if (event.type === 'firewall.matched') countMatch(table, hour, event.data, event.requestId ?? event.id);
  else countRequest(hour, event, event.data);
}

function countRequest(hour: SiteHour, event: SecurityEvent, { denied, endpoint }: RequestRecord): void {
  // A connection that was cut before it asked for anything is no request.
  if (event.outcome === 'failure' && denied?.type === 'tls') return;
  hour.requests++;
  if (denied === undefined || notHostile.has(denied.type)) return;
  hour.stopped++;
  hour.layers.add(denied.layer);
  if (event.clientIp !== undefined) hour.attackers.add(event.clientIp);
  hour.targets.add(endpoint);
}

function countMatch(table: Table, hour: SiteHour, data: FirewallRecord, request: string): void {
  const { by, matches, problem, scores, verdict } = data;
  if (verdict === 'would_block' && by !== 'answers' && isNew(table.wouldBlock, request)) hour.wouldBlock++;
  if (verdict !== 'block' && verdict !== 'redact') return;
  const categories = Object.keys(scores);
  if (by === 'shield') hour.categories.add('shield');
  else if (problem !== undefined) hour.categories.add('malformed');
  for (const category of categories) hour.categories.add(category);
  for (const rule of new Map(matches.map(match => [match.rule, match.title]))) {
    hour.rules.add(rule[0]);
    if (table.titles.size < rememberedMax) table.titles.set(...rule);
  }
}

function isNew(seen: Set<string>, request: string): boolean {
  if (seen.has(request)) return false;
  if (seen.size >= rememberedMax) seen.clear();
  seen.add(request);
  return true;
}

function hourOf(table: Table, start: number, site: string, now: number): SiteHour {
  let sites = table.hours.get(start);
  if (sites === undefined) {
    for (const held of table.hours.keys()) if (isOver(held, now)) table.hours.delete(held);
    sites = new Map();
    table.hours.set(start, sites);
  }
  // Names come from records of sites that exist; should that ever fail, memory is still bounded.
  const name = sites.has(site) || sites.size < sitesMax ? site : '';
  const held = sites.get(name) ?? newHour();
  sites.set(name, held);
  return held;
}

const isOver = (start: number, now: number): boolean => start <= now - (hoursKept + 1) * hourMs;

function newHour(): SiteHour {
  const table = () => createTopCounts(namesMax);
  return {
    ...{ requests: 0, stopped: 0, wouldBlock: 0 },
    ...{ layers: table(), categories: table(), rules: table(), attackers: table(), targets: table() },
  };
}

function sum(table: Table, now: number, site: string | undefined): PerimeterDay {
  const newest = Math.floor(now / hourMs) * hourMs;
  const starts = Array.from({ length: hoursKept }, (_, at) => newest - (hoursKept - 1 - at) * hourMs);
  const inForce = starts.map(start => ({
    start,
    sites: [...(table.hours.get(start) ?? [])].filter(([name]) => site === undefined || name === site),
  }));
  const all = inForce.flatMap(({ sites }) => sites);
  const top = (pick: (hour: SiteHour) => TopCounts) =>
    sumTop(
      all.map(([, hour]) => pick(hour)),
      shownMax,
    );
  const hours = inForce.map(({ start, sites }) => ({
    start,
    requests: total(sites, hour => hour.requests),
    stopped: total(sites, hour => hour.stopped),
  }));
  const bySite = new Map<string, { requests: number; wouldBlock: number }>();
  for (const [name, hour] of all) {
    const { requests, wouldBlock } = bySite.get(name) ?? { requests: 0, wouldBlock: 0 };
    bySite.set(name, { requests: requests + hour.requests, wouldBlock: wouldBlock + hour.wouldBlock });
  }
  return {
    requests: hours.reduce((before, hour) => before + hour.requests, 0),
    stopped: hours.reduce((before, hour) => before + hour.stopped, 0),
    byLayer: top(hour => hour.layers),
    byCategory: top(hour => hour.categories),
    byRule: top(hour => hour.rules).map(rule => ({ ...rule, title: table.titles.get(rule.name) ?? rule.name })),
    attackers: top(hour => hour.attackers).map(({ name, count: times }) => ({ address: name, count: times })),
    targets: topTargets(all),
    hours,
    bySite,
  };
}

const total = (sites: readonly (readonly [string, SiteHour])[], pick: (hour: SiteHour) => number): number =>
  sites.reduce((before, [, hour]) => before + pick(hour), 0);

/** An endpoint is one of a site: the same pattern at two sites is two targets. */
function topTargets(all: readonly (readonly [string, SiteHour])[]): PerimeterDay['targets'] {
  return [...Map.groupBy(all, ([site]) => site)]
    .flatMap(([site, hours]) =>
      sumTop(
        hours.map(([, hour]) => hour.targets),
        shownMax,
      ).map(({ name, count: times }) => ({ site, endpoint: name, count: times })),
    )
    .sort((a, b) => b.count - a.count)
    .slice(0, shownMax);
}
