import type { AuthoredFields, Place } from '../../perimeter/perimeter.ts';
import { compileFields, excerptOf } from '../../perimeter/perimeter.ts';
import type { Advisory, Shield } from '../../platforms/platforms.ts';
import { shieldsFor } from '../../platforms/platforms.ts';
import type { Exchange } from '../exchange.ts';
import { headerOf } from '../exchange.ts';

/** Which advisory a request would have used, and where. */
export interface ShieldHit {
  readonly advisory: Pick<Advisory, 'id' | 'title'>;
  readonly place: Place;
  readonly excerpt: string;
}

/** The virtual patches in front of one site, for the version it runs. */
export interface Shields {
  /** Those that stand on this route; undefined for most requests. */
  on(exchange: Exchange): RouteShields | undefined;
}

export interface RouteShields {
  /** What the head alone tells: the route, the type of the body, ids that are none. */
  judgeHead(exchange: Exchange): ShieldHit | undefined;
  /** Looks at one name or value of query or body; `before` is what of a long value came earlier. */
  judgeLeaf(place: Place, text: string, before?: Before): ShieldHit | undefined;
}

/** Of a value that comes in windows: how it began, and how the window before ended; as `plainOf` has them. */
export interface Before {
  readonly start: string;
  readonly end: string;
}

interface Compiled {
  readonly advisory: Advisory;
  readonly shield: Shield;
  readonly methods: ReadonlySet<string> | undefined;
  readonly paths: readonly (readonly string[])[];
  readonly fields: AuthoredFields | undefined;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Compiles the shields of advisories that this version has; an unknown version may have them all, except where honest work would suffer. */
export function compileShields(advisories: readonly Advisory[], version: string | undefined): Shields {
  const all = shieldsFor(advisories, version).map(
    ({ advisory, shield }): Compiled => ({
      advisory,
      shield,
      methods: shield.methods === '*' ? undefined : new Set(shield.methods),
      paths: shield.paths.map(path => path.split('/')),
      fields: shield.when.kind === 'field' ? compileFields(shield.when.fields) : undefined,
    }),
  );
  if (all.length === 0) return { on: () => undefined };
  return {
    on(exchange) {
      const { request } = exchange;
      if (request === undefined) return undefined;
      const segments = request.path.split('/');
      const here = all.filter(
        ({ methods, paths }) =>
          (methods === undefined || methods.has(request.method)) && paths.some(path => matches(path, segments)),
      );
      return here.length === 0 ? undefined : routeShields(here);
    },
  };
}

function routeShields(here: readonly Compiled[]): RouteShields {
  const nameless = { zone: 'path', name: '', part: 'value' } as const;
  return {
    judgeHead(exchange) {
      for (const { advisory, shield, paths } of here) {
        const excerpt = headExcerpt(exchange, shield, paths);
        if (excerpt !== undefined) return { advisory, place: nameless, excerpt };
      }
      return undefined;
    },
    judgeLeaf(place, text, before) {
      if (place.part === 'name') return undefined;
      for (const { advisory, shield, fields } of here) {
        if (shield.when.kind !== 'field' || fields?.(place.zone, place.name) !== true) continue;
        if (holds(text, shield.when, before)) {
          const { zone, name, part } = place;
          return { advisory, place: { zone, name, part }, excerpt: excerptOf(text, 0, Math.min(text.length, 80)) };
        }
      }
      return undefined;
    },
  };
}

/** What in the head is the attack, masked enough to be shown; undefined where nothing is. */
function headExcerpt(exchange: Exchange, { when }: Shield, paths: Compiled['paths']): string | undefined {
  switch (when.kind) {
    case 'route':
      return exchange.request?.method ?? '';
    case 'content_type_not': {
      const type = headerOf(exchange, 'content-type')?.split(';')[0]?.trim().toLowerCase();
      return type === undefined || when.types.includes(type) ? undefined : type.slice(0, 80);
    }
    case 'not_uuid': {
      const segments = exchange.request?.path.split('/') ?? [];
      const pattern = paths.find(path => matches(path, segments)) ?? [];
      return pattern.some((part, at) => part.startsWith(':') && !uuid.test(segments[at] ?? '')) ? 'no UUID' : undefined;
    }
    case 'field':
      return undefined;
    default:
      return when satisfies never;
  }
}

function holds(text: string, when: Extract<Shield['when'], { kind: 'field' }>, before: Before | undefined): boolean {
  const { all, equals, has, starts } = when;
  if (all === undefined && equals === undefined && has === undefined && starts === undefined) return true;
  const own = plainOf(text);
  if (equals !== undefined && !equals.includes(own)) return false;
  if (starts !== undefined && !(before?.start ?? own).startsWith(starts)) return false;
  const plain = before === undefined ? own : before.end + own;
  if (has !== undefined && !has.some(one => plain.includes(one))) return false;
  return all?.every(one => plain.includes(one)) ?? true;
}

/** In lower case, without blanks, and without the escapes in which JSON and scripts may write any character, also where they stand in a string in a string. */
export function plainOf(text: string): string {
  const bare = text.toLowerCase().replaceAll(/\s+/g, '');
  if (!bare.includes('\\u')) return bare;
  const read = bare.replaceAll(/(?<!\\)\\+u([0-9a-f]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return read.toLowerCase().replaceAll(/\s+/g, '');
}

/** `:name` is one segment, a last `*` one or more. */
function matches(path: readonly string[], segments: readonly string[]): boolean {
  const isOpen = path.at(-1) === '*';
  const fixed = isOpen ? path.length - 1 : path.length;
  if (isOpen ? segments.length <= fixed : segments.length !== fixed) return false;
  for (let at = 0; at < fixed; at++) {
    const part = path[at] ?? '';
    if (part.startsWith(':') ? segments[at] === '' : part !== segments[at]) return false;
  }
  return true;
}
