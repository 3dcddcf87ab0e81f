/**
 * Known advisories of the platforms, and what stands in their way while a platform is not updated: a wall of the gate that is always
 * there, a shield (a virtual patch tied to route and payload), or nothing but the update.
 */

/** `from` is the first version that has the fault (any, when left out), `before` the first without it. */
export interface VersionRange {
  readonly from?: string;
  readonly before: string;
}

/** One thing that must not come in on some routes. */
export interface Shield {
  /** `*` is every method. */
  readonly methods: readonly string[] | '*';
  /** Canonical paths; `:name` is one segment, a last `*` one or more. */
  readonly paths: readonly string[];
  readonly when: ShieldTest;
}

export type ShieldTest =
  /** The route itself. */
  | { readonly kind: 'route' }
  /** A body of another type than these. */
  | { readonly kind: 'content_type_not'; readonly types: readonly string[] }
  /** A `:name` segment that is no UUID. */
  | { readonly kind: 'not_uuid' }
  /**
   * A field (patterns as of `AuthoredByAction`) that is there at all; or whose value, in lower case and without blanks, satisfies every
   * condition given: is one of `equals`, begins with `starts`, holds one of `has`, holds `all`.
   */
  | {
      readonly kind: 'field';
      readonly fields: readonly string[];
      readonly equals?: readonly string[];
      readonly starts?: string;
      readonly has?: readonly string[];
      readonly all?: readonly string[];
    };

export type Cover =
  /** Stopped whatever the version: which wall, for people. */
  | { readonly kind: 'gate'; readonly how: string }
  | {
      readonly kind: 'shield';
      readonly shields: readonly Shield[];
      /** Up in front of every version, known or not: no honest work looks so, and the fault came back before. */
      readonly always?: readonly Shield[];
      /** False where other ways to the same fault remain. */
      readonly whole: boolean;
      /** Honest work may look the same: up only where the version is known to have the fault. */
      readonly isCostly?: true;
      readonly how: string;
    }
  | { readonly kind: 'update'; readonly how: string };

export interface Advisory {
  /** CVE or GHSA number. */
  readonly id: string;
  readonly title: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  /** `any`: no version without it is known here. */
  readonly affected: readonly VersionRange[] | 'any';
  readonly cover: Cover;
}

/** What stands between an advisory and a site that runs this version. */
export type AdvisoryState = 'not_affected' | 'shielded' | 'gate' | 'partly' | 'update_needed' | 'unknown_version';

/** Total: a version that cannot be read counts as one that has the fault. */
export function advisoryState(advisory: Advisory, version: string | undefined): AdvisoryState {
  if (!isAffected(advisory, version)) return 'not_affected';
  switch (advisory.cover.kind) {
    case 'gate':
      return 'gate';
    case 'shield':
      if (version === undefined && advisory.cover.isCostly === true) return 'unknown_version';
      return advisory.cover.whole ? 'shielded' : 'partly';
    case 'update':
      return version === undefined ? 'unknown_version' : 'update_needed';
    default:
      return advisory.cover satisfies never;
  }
}

/** Whether a version has the fault; one that is not known may have it. */
export function isAffected({ affected }: Advisory, version: string | undefined): boolean {
  const numbers = version === undefined ? undefined : numbersOf(version);
  if (affected === 'any' || numbers === undefined) return true;
  return affected.some(
    range =>
      compare(numbers, numbersOf(range.before) ?? []) < 0 &&
      (range.from === undefined || compare(numbers, numbersOf(range.from) ?? []) >= 0),
  );
}

/** The shields that are up in front of this version, those for every version among them. */
export function shieldsFor(
  advisories: readonly Advisory[],
  version: string | undefined,
): readonly { readonly advisory: Advisory; readonly shield: Shield }[] {
  return advisories.flatMap(advisory => {
    const { cover } = advisory;
    if (cover.kind !== 'shield') return [];
    const isUp = isAffected(advisory, version) && !(cover.isCostly === true && version === undefined);
    return [...(cover.always ?? []), ...(isUp ? cover.shields : [])].map(shield => ({ advisory, shield }));
  });
}

/** The affected versions for people: `< 1.121.0`. */
export function affectedText({ affected }: Advisory): string {
  if (affected === 'any') return 'all versions known here';
  return affected.map(({ from, before }) => (from === undefined ? `< ${before}` : `${from} to < ${before}`)).join(', ');
}

/** Semantic versioning 2.0.0 section 11 for released versions; a pre-release counts as its release. */
function numbersOf(version: string): readonly number[] | undefined {
  const match = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+].*)?$/.exec(version);
  return match === null ? undefined : match.slice(1, 4).map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < 3; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
