import type { SiteApi } from '../api-input.ts';
import { everyReading } from '../guard/client-certificates.ts';
import { isBelow } from '../layers/api-key.ts';
import type { SitePolicy } from '../snapshot.ts';
import type { ApiDescription } from './operations.ts';
import { compileDescription } from './operations.ts';

/** A group of routes of one site. */
export interface ApiGroup {
  readonly settings: SiteApi;
  /** Without `/*`. */
  readonly prefix: string;
  /** Names its upstream and its quota. */
  readonly id: string;
  /** `broken`: it cannot be compiled by this version; nothing passes. */
  readonly description: ApiDescription | 'broken' | undefined;
}

/** Finds the group a request belongs to; `disguised` when only an application behind may take the path for one of a group. */
export type FindApi = (
  path: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
) => ApiGroup | 'disguised' | undefined;

/** Compiles the groups of a site; a description that was compiled before is not compiled again. */
export type CompileApis = (site: SitePolicy) => FindApi;

const keptMax = 200;
const nothing: FindApi = () => undefined;

export function createApiCompiler(): CompileApis {
  const known = new Map<string, ApiDescription | 'broken'>();
  const describe = (text: string): ApiDescription | 'broken' => {
    const made = known.get(text) ?? compileSafely(text);
    known.delete(text);
    known.set(text, made);
    for (const oldest of known.keys()) {
      if (known.size <= keptMax) break;
      known.delete(oldest);
    }
    return made;
  };
  return site => {
    if (site.api.length === 0) return nothing;
    const groups = site.api
      .map(
        (settings): ApiGroup => ({
          settings,
          prefix: settings.path.slice(0, -2),
          id: groupId(site, settings),
          description: settings.openapi === null ? undefined : describe(settings.openapi),
        }),
      )
      // The longest prefix counts, and of two with the same one the one that names a version.
      .sort(
        (a, b) =>
          b.prefix.length - a.prefix.length ||
          Number(a.settings.version === null) - Number(b.settings.version === null),
      );
    const readings = groups.map(({ prefix, settings }) => ({ prefix, reads: everyReading(settings.path) }));
    return (path, headers) => {
      const found = groups.find(
        ({ prefix, settings }) =>
          isBelow(path, prefix) &&
          (settings.version === null || headers[settings.version.header] === settings.version.value),
      );
      const known = found?.prefix.length ?? -1;
      const isDisguised = readings.some(
        one => one.prefix.length > known && !isBelow(path, one.prefix) && one.reads(path),
      );
      return isDisguised ? 'disguised' : found;
    };
  };
}

/** The same for the same site, path and version. */
export const groupId = (site: Pick<SitePolicy, 'id'>, { path, version }: SiteApi): string =>
  JSON.stringify([site.id, path, version?.header, version?.value]);

function compileSafely(text: string): ApiDescription | 'broken' {
  try {
    return compileDescription(text);
  } catch {
    return 'broken';
  }
}

/** Sites as the upstreams see them: each group with a service of its own is one more. */
export function withServices(sites: readonly SitePolicy[]): SitePolicy[] {
  return sites.flatMap(site => [
    site,
    ...site.api.flatMap(settings =>
      settings.upstream === null
        ? []
        : [
            {
              ...site,
              id: groupId(site, settings),
              name: `${site.name} ${settings.path}`,
              upstreams: [settings.upstream],
              healthPath: '/',
            },
          ],
    ),
  ]);
}
