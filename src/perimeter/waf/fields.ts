import { SallyportError } from '../../core/errors.ts';
import { type AuthoredFields, type Zone, zones } from './waf.ts';

const patternsMax = 1000;
const partsMax = 30;
const cachedNamesMax = 4096;

/** One pattern taken apart; `**` is any number of parts, `*` one that is no list position. */
interface FieldPattern {
  readonly zone: Zone;
  readonly parts: readonly string[];
}

/**
 * Compiles patterns such as `json:nodes[].parameters.**`: a zone, then a field's name with `[]` for list positions, `*` for one name part
 * and `**` for any number of parts, none included. Answers for names it has met cost one look-up; what it remembers is bounded.
 *
 * @throws SallyportError `core.invalid_input` for a pattern that is none.
 */
export function compileFields(patterns: readonly string[]): AuthoredFields {
  if (patterns.length > patternsMax) {
    throw refused(`${patterns.length} patterns`, `at most ${patternsMax}`);
  }
  const byZone = Map.groupBy(patterns.map(parsePattern), pattern => pattern.zone);
  if (byZone.size === 0) return () => false;
  const known = new Map<Zone, Map<string, boolean>>([...byZone.keys()].map(zone => [zone, new Map()]));
  return (zone, name) => {
    const answers = known.get(zone);
    if (answers === undefined) return false;
    const answer = answers.get(name);
    if (answer !== undefined) return answer;
    const parts = splitName(name);
    const isAuthored = byZone.get(zone)?.some(pattern => matches(pattern.parts, parts)) ?? false;
    if (answers.size >= cachedNamesMax) answers.clear();
    answers.set(name, isAuthored);
    return isAuthored;
  };
}

function parsePattern(pattern: string): FieldPattern {
  const colon = pattern.indexOf(':');
  const zone = zones.find(one => one === pattern.slice(0, colon));
  if (zone === undefined) throw refused(`"${pattern}"`, `a zone and a colon first: one of ${zones.join(', ')}`);
  const parts = splitName(pattern.slice(colon + 1));
  if (parts.length === 0 || parts.length > partsMax) throw refused(`"${pattern}"`, `1 to ${partsMax} parts of a name`);
  for (const part of parts) {
    if (part === '' || (part.includes('*') && part !== '*' && part !== '**')) {
      throw refused(`"${pattern}"`, 'parts that are a name, [], * or **');
    }
  }
  return { zone, parts };
}

/** `a[].b` is `a`, `[]`, `b`. */
function splitName(name: string): string[] {
  return name === '' ? [] : name.split('.').flatMap(splitPositions);
}

function splitPositions(part: string): string[] {
  let end = part.length;
  const positions: string[] = [];
  while (end >= 2 && part.startsWith('[]', end - 2)) {
    positions.push('[]');
    end -= 2;
  }
  return end === 0 && positions.length > 0 ? positions : [part.slice(0, end), ...positions];
}

/** All ways to match at once, one bit for each part of the pattern that may come next: no way back, whatever the name. */
function matches(pattern: readonly string[], parts: readonly string[]): boolean {
  const done = 1 << pattern.length;
  let at = skipAny(pattern, 1);
  for (const part of parts) {
    let next = 0;
    for (let i = 0; i < pattern.length; i++) {
      if ((at & (1 << i)) === 0) continue;
      const wanted = pattern[i];
      if (wanted === '**') next |= 1 << i;
      else if (wanted === part || (wanted === '*' && part !== '[]')) next |= 1 << (i + 1);
    }
    at = skipAny(pattern, next);
    if (at === 0) return false;
  }
  return (at & done) !== 0;
}

/** `**` may also stand for nothing. */
function skipAny(pattern: readonly string[], at: number): number {
  let reached = at;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '**' && (reached & (1 << i)) !== 0) reached |= 1 << (i + 1);
  }
  return reached;
}

function refused(what: string, wanted: string): SallyportError {
  const detail = `Cannot compile authored fields, ${what}: wanted ${wanted}`;
  return new SallyportError('core.invalid_input', detail, { detail });
}
