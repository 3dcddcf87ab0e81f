import type { Place, Problem } from '../waf.ts';

const detailCharsMax = 200;
const quotedCharsMax = 64;

/** A problem for the record, its detail within 200 characters. */
export function problem(kind: Problem['kind'], detail: string, place?: Place): Problem {
  const bounded = detail.length > detailCharsMax ? detail.slice(0, detailCharsMax) : detail;
  return place === undefined ? { kind, detail: bounded } : { kind, detail: bounded, place: { ...place } };
}

/** A name in quotes, bounded, with what a terminal would act on taken out. */
export function quote(name: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters taken out
  return `"${name.slice(0, quotedCharsMax).replaceAll(/[\0-\x1f\x7f-\x9f]/g, '?')}"`;
}
