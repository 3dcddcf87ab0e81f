/** The question put to the audit log, as it stands in the address bar: only what differs from the default is written. */
export interface AuditFilter {
  readonly range?: Range;
  readonly from?: number;
  readonly to?: number;
  readonly principal?: string;
  readonly action?: string;
  readonly type?: string;
  readonly outcome?: AuditOutcome;
  readonly site?: string;
  readonly resource?: string;
  readonly requestId?: string;
  readonly important?: true;
}

export const ranges = ['15m', '1h', '24h', '7d', '30d', 'all'] as const;
export type Range = (typeof ranges)[number];
export const defaultRange: Range = '24h';

const outcomes = ['success', 'failure', 'denied'] as const;
export type AuditOutcome = (typeof outcomes)[number];

const hourMs = 3_600_000;
const spanMs: Readonly<Record<Exclude<Range, 'all'>, number>> = {
  '15m': hourMs / 4,
  '1h': hourMs,
  '24h': 24 * hourMs,
  '7d': 168 * hourMs,
  '30d': 720 * hourMs,
};

const textLimits = { principal: 300, action: 120, type: 120, site: 120, resource: 300, requestId: 80 } as const;

/** Reads a filter from the address bar. What is not understood is left out, so a mangled link shows more, never fails. */
export function readAuditFilter(search: Record<string, unknown>): AuditFilter {
  const filter: Record<string, unknown> = {};
  for (const [name, limit] of Object.entries(textLimits)) {
    const value = search[name];
    const text = typeof value === 'number' ? `${value}` : value;
    if (typeof text === 'string' && text.trim() !== '') filter[name] = text.trim().slice(0, limit);
  }
  for (const name of ['from', 'to']) {
    const value = Number(search[name] ?? Number.NaN);
    if (Number.isSafeInteger(value) && value >= 0) filter[name] = value;
  }
  const range = ranges.find(entry => entry === search['range']);
  const isCustom = filter['from'] !== undefined || filter['to'] !== undefined;
  if (range !== undefined && range !== defaultRange && !isCustom) filter['range'] = range;
  const outcome = outcomes.find(entry => entry === search['outcome']);
  if (outcome !== undefined) filter['outcome'] = outcome;
  if (search['important'] === true || search['important'] === 'true') filter['important'] = true;
  return filter;
}

/** A filter with a change applied; an empty value takes a condition away, and a range and exact times replace each other. */
export function changeFilter(
  filter: AuditFilter,
  change: { readonly [K in keyof AuditFilter]?: AuditFilter[K] | undefined | '' },
): AuditFilter {
  const next: Record<string, unknown> = { ...filter, ...change };
  if ('range' in change) {
    delete next['from'];
    delete next['to'];
  } else if ('from' in change || 'to' in change) {
    delete next['range'];
  }
  return readAuditFilter(next);
}

/** The period a filter asks about; `from` is 0 for "all", and `to` is now unless an end is given. */
export function periodOf(filter: AuditFilter, now: number): { readonly from: number; readonly to: number } {
  if (filter.from !== undefined || filter.to !== undefined) return { from: filter.from ?? 0, to: filter.to ?? now };
  const range = filter.range ?? defaultRange;
  return { from: range === 'all' ? 0 : now - spanMs[range], to: now };
}

/** What the API is asked: the same conditions with the period worked out. An open end stays open, for the newest. */
export function auditQuery(filter: AuditFilter, now: number) {
  const { range: _, important, to, ...conditions } = filter;
  const { from } = periodOf(filter, now);
  return {
    ...conditions,
    from,
    ...(to === undefined ? {} : { to }),
    ...(important === undefined ? {} : { importantOnly: 'true' }),
  };
}

const bucketSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map(minutes => minutes * 60_000);
const dayMs = 24 * hourMs;

/** The smallest round bucket that cuts a period into at most 60 bars; a day where even that is too fine. */
export function bucketFor(from: number, to: number): number {
  return bucketSteps.find(step => (to - from) / step <= 60) ?? dayMs;
}

/** Whether anything but the period narrows the question. */
export function hasConditions(filter: AuditFilter): boolean {
  return Object.keys(filter).some(name => !['range', 'from', 'to'].includes(name));
}
