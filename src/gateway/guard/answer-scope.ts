import type { LeakScanner } from '../../perimeter/perimeter.ts';
import { createLeakScanner, leakDetectors, strictLeakDetectors } from '../../perimeter/perimeter.ts';
import type { Exchange } from '../exchange.ts';

/** How the answer to one request is looked at. */
export interface AnswerPlan {
  readonly mode: 'shadow' | 'redact' | 'block';
  readonly scanner: LeakScanner;
  /** Rules that do not count on this route. */
  readonly skip: ReadonlySet<string>;
}

const nothing: ReadonlySet<string> = new Set();

/**
 * What an answer may not hold depends on who reads it. Strangers at a published route, and everybody at an application the gate knows nothing
 * of, get neither errors nor secrets. A platform's own editors work with code, keys they typed and stack traces: there only private keys and
 * card numbers are looked for, and only recorded. Files of a platform are not looked at.
 */
export function createAnswerScope(): (exchange: Exchange, now: number) => AnswerPlan | undefined {
  const all = createLeakScanner(leakDetectors);
  const strict = createLeakScanner(strictLeakDetectors);
  return (exchange, now) => {
    const { granted, site } = exchange;
    const mode = site?.policy.guard.answers;
    if (site === undefined || granted === undefined || mode === undefined || mode === 'off') return undefined;
    const skip = skipped(exchange, now);
    if (granted.kind === 'public' || site.policy.platform === 'generic') return { mode, scanner: all, skip };
    return granted.kind === 'open' ? undefined : { mode: 'shadow', scanner: strict, skip };
  };
}

function skipped({ classification, site }: Exchange, now: number): ReadonlySet<string> {
  const exclusions = site?.firewall.exclusions ?? [];
  if (exclusions.length === 0) return nothing;
  const endpoint = classification?.endpoint ?? 'unknown';
  const isHere = (one: (typeof exclusions)[number]): boolean =>
    one.rule.startsWith('leak.') &&
    (one.endpoint === '*' || one.endpoint === endpoint) &&
    (one.expiresAt === null || now < one.expiresAt);
  return new Set(exclusions.filter(isHere).map(one => one.rule));
}
