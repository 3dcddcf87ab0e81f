import { SallyportError } from '../../core/errors.ts';
import type { SecurityEvent } from '../../core/events.ts';
import type { SiteRecord } from '../../gateway/gateway.ts';
import type { Category, Match, ProposedExclusion, Zone } from '../../perimeter/perimeter.ts';
import { categories, firewallRules, leakPointsMin, proposeExclusions, zones } from '../../perimeter/perimeter.ts';
import type { Advisory } from '../../platforms/platforms.ts';
import { advisoryState, affectedText } from '../../platforms/platforms.ts';
import type { Operation, OperationOutput } from '../contract/contract.ts';
import type { AdminDeps, PerimeterDeps } from '../deps.ts';
import type { PerimeterActivity } from '../perimeter-activity.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';
import { createReplay } from './replay.ts';

type PerimeterOperation = Extract<Operation, `perimeter.${string}`>;
type MatchedEvent = Extract<SecurityEvent, { type: 'firewall.matched' }>;
type Incident = ReadonlyDeep<OperationOutput<'perimeter.incidents'>['incidents'][number]>;
type AdvisoryShape = ReadonlyDeep<OperationOutput<'perimeter.advisories'>['advisories'][number]>;

/** Events of one request: itself, head, body, answer, and what a platform told of it. */
const eventsOfRequestMax = 100;
const pageSize = 200;
/** Verdicts are told apart after the search: one call looks through at most this many pages for what it wants. */
const pagesMax = 10;

/** What the perimeter did, and what it would do. Reads only. */
export function perimeterHandlers(deps: AdminDeps, activity: PerimeterActivity): Handlers<PerimeterOperation> {
  return {
    'perimeter.summary': (_, { query }) => summarise(deps, activity, query.site),
    'perimeter.incidents': (_, { query }) => listIncidents(deps, query),
    'perimeter.incident': (_, { params }) => explain(deps, params.id),

    async 'perimeter.rules'() {
      return {
        rules: firewallRules.map(({ id, title, points, paranoia }) => ({
          ...{ id, title, points, paranoia },
          category: id.slice(0, id.indexOf('.')),
        })),
      };
    },

    async 'perimeter.lists'() {
      const lists = deps.perimeter.lists();
      return {
        lists: lists.map(({ id, kind, entries, loadedAt, error }) => ({ id, kind, entries, loadedAt, error })),
      };
    },

    async 'perimeter.advisories'(_, { query }) {
      const site = await deps.sites.get(query.site);
      const version = deps.platformVersion(site.id);
      const known = deps.platforms.get(site.platform)?.advisories ?? [];
      return {
        version: version ?? null,
        advisories: known.map(advisory => toAdvisory(advisory, { site, version })),
      };
    },

    'perimeter.replay': createReplay(deps),
  };
}

async function summarise(deps: AdminDeps, activity: PerimeterActivity, named: string | undefined) {
  const site = named === undefined ? undefined : (await deps.sites.get(named)).name;
  const [{ attackers, bySite, ...day }, sites] = await Promise.all([activity.read(site), deps.sites.list()]);
  const watched = sites.filter(one => isShadowed(one) && (site === undefined || one.name === site));
  const shadow = { requests: 0, wouldBlock: 0 };
  for (const { name } of watched) {
    shadow.requests += bySite.get(name)?.requests ?? 0;
    shadow.wouldBlock += bySite.get(name)?.wouldBlock ?? 0;
  }
  const shown = attackers.map(async ({ address, count }) => ({
    ...{ address, count },
    country: countryOf(deps.perimeter, address),
    banned: (await deps.perimeter.bans.list({ search: address, limit: 1 })).total > 0,
  }));
  return { ...day, attackers: await Promise.all(shown), shadow, limits: deps.status().health.limits };
}

/** Answers in shadow mode are no attacks kept back: they are reported as incidents, not counted here. */
function isShadowed({ guard }: SiteRecord): boolean {
  return guard.firewall === 'shadow' || guard.coreRules === 'shadow' || guard.shields === 'shadow';
}

/** The country an address is registered in; null where that is not known, also when there is no country data. */
export function countryOf({ geo }: Pick<PerimeterDeps, 'geo'>, network: string): string | null {
  try {
    return geo.countryOf(network.split('/')[0] ?? network) ?? null;
  } catch {
    return null;
  }
}

interface IncidentQuery {
  readonly site?: string | undefined;
  readonly verdict?: MatchedEvent['data']['verdict'] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

async function listIncidents(deps: AdminDeps, query: IncidentQuery) {
  const { from, limit, site, to, verdict } = query;
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const where = site === undefined ? range : { ...range, site: (await deps.sites.get(site)).name };
  const incidents: Incident[] = [];
  let cursor = query.cursor;
  for (let page = 0; page < pagesMax; page++) {
    const wanted = limit - incidents.length;
    const found = await deps.audit.search({
      ...{ ...where, type: 'firewall.matched' },
      // A page of the log may hold fewer that are wanted than events: then the next one is asked for, and nothing is skipped.
      limit: Math.min(pageSize, wanted),
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const event of found.events) {
      if (event.type === 'firewall.matched' && isWanted(event.data.verdict, verdict)) incidents.push(toIncident(event));
    }
    cursor = found.next;
    if (cursor === undefined || incidents.length >= limit) break;
  }
  return { incidents, next: cursor ?? null };
}

/** What was only noticed is an incident for those who ask for it. */
function isWanted(verdict: string, asked: string | undefined): boolean {
  return asked === undefined ? verdict !== 'noticed' : verdict === asked;
}

function toIncident(event: MatchedEvent): Incident {
  const { by, endpoint, matches, method, path, phase, problem, scores, verdict } = event.data;
  return {
    // Events of requests always have the number of theirs.
    id: event.requestId ?? event.id,
    ...{ time: event.time, verdict, by, phase, method, endpoint, path, scores, matches },
    site: event.site ?? null,
    clientIp: event.clientIp ?? null,
    person: event.principal.kind === 'anonymous' ? null : event.principal.name,
    problem: problem ?? null,
  };
}

const weight = { block: 3, redact: 2, would_block: 1, noticed: 0 } as const;

async function explain(deps: AdminDeps, id: string) {
  const { events } = await deps.audit.search({ requestId: id, limit: eventsOfRequestMax });
  if (events.length === 0) throw unknownIncident(id);
  const finished = events.find(event => event.type === 'request.finished');
  const denied = finished?.data.denied;
  const matched = events
    .filter(event => event.type === 'firewall.matched')
    .toSorted((a, b) => weight[b.data.verdict] - weight[a.data.verdict]);
  const worst = matched[0];
  const site = (await deps.sites.list()).find(one => one.name === events[0]?.site);
  const byScore = worst?.data.by === 'firewall' || worst?.data.by === 'core_rules';
  return {
    id,
    events: events.map(event => ({ ...event, data: { ...event.data } })),
    layer: denied?.layer ?? (worst === undefined ? null : 'firewall'),
    reason: denied?.reason ?? null,
    matches: matched.flatMap(event => event.data.matches),
    scores: worst?.data.scores ?? {},
    threshold: byScore && site !== undefined ? site.guard.threshold : null,
    problem: worst?.data.problem ?? null,
    proposals: proposalsOf(matched, site?.guard.threshold),
  };
}

/** The same request through head, body and answer: what each would need, each once. */
function proposalsOf(matched: readonly MatchedEvent[], threshold = 1): readonly ProposedExclusion[] {
  const all = matched
    .filter(({ data }) => data.verdict !== 'noticed')
    .flatMap(({ data }) => {
      if (data.by === 'answers') return leaksOf(data);
      // An exclusion does not mend what cannot be read.
      if (data.by !== 'firewall' || data.problem !== undefined) return [];
      const judgement = { verdict: 'block', scores: {}, matches: data.matches.flatMap(toMatch), authored: 0 } as const;
      return proposeExclusions(judgement, { endpoint: data.endpoint, threshold });
    });
  return [...new Map(all.map(one => [JSON.stringify(one), one])).values()];
}

/** An answer has no fields: a rule counts on a route or does not. What is too little to be redacted alone is left as it is. */
function leaksOf({ endpoint, matches, verdict }: MatchedEvent['data']): ProposedExclusion[] {
  const told = matches.filter(({ points }) => verdict === 'block' || points >= leakPointsMin);
  return told.map(({ rule }) => ({ rule: rule as Match['rule'], endpoint, zone: '*', name: '*' }));
}

/** A match as it was recorded, if it is one of a rule and a zone of this version. */
function toMatch({ excerpt, name, part, points, rule, zone }: MatchedEvent['data']['matches'][number]): Match[] {
  const category: Category | undefined = categories.find(one => rule.startsWith(`${one}.`));
  const place: Zone | undefined = zones.find(one => one === zone);
  if (category === undefined || place === undefined) return [];
  // It begins with a category and a dot, as was just seen.
  return [{ rule: rule as Match['rule'], category, points, place: { zone: place, name, part }, excerpt }];
}

function toAdvisory(
  advisory: Advisory,
  { site, version }: { site: SiteRecord; version: string | undefined },
): AdvisoryShape {
  const { cover, id, severity, title } = advisory;
  const state = advisoryState(advisory, version);
  const isUnshielded = site.guard.shields !== 'block' && (state === 'shielded' || state === 'partly');
  return {
    ...{ id, title, severity, affected: affectedText(advisory) },
    // A shield that is down or only watches stops nothing.
    state: isUnshielded ? 'update_needed' : state,
    how: isUnshielded ? `The shields of this site are ${offWords[site.guard.shields]}. ${cover.how}` : cover.how,
  };
}

const offWords = { off: 'off', shadow: 'only watching', block: 'up' } as const;

function unknownIncident(id: string): SallyportError {
  const message = `Cannot find incident "${id}": nothing is recorded of a request with this number`;
  return new SallyportError('admin.not_found', message, {
    detail: `Nothing is recorded of a request with the number "${id}". Numbers are kept as long as the audit log's index.`,
  });
}
