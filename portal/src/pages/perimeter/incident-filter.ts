/** The question put to the list of incidents, as it stands in the address bar. */
export interface IncidentFilter {
  readonly site?: string;
  readonly verdict?: Verdict;
}

export const verdicts = ['block', 'would_block', 'redact', 'noticed'] as const;
export type Verdict = (typeof verdicts)[number];

const textMax = 120;

/** Reads a filter from the address bar; what is not understood is left out. */
export function readIncidentFilter(search: Record<string, unknown>): IncidentFilter {
  const site = textOf(search['site']);
  const verdict = verdicts.find(entry => entry === search['verdict']);
  return { ...(site === undefined ? {} : { site }), ...(verdict === undefined ? {} : { verdict }) };
}

/** Reads a single search text from the address bar. */
export function readSearch(search: Record<string, unknown>): { readonly search?: string } {
  const text = textOf(search['search']);
  return text === undefined ? {} : { search: text };
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? `${value}` : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, textMax) : undefined;
}
