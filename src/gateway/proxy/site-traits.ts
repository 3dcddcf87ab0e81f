import type { CompiledSite } from '../compiled.ts';
import type { HeaderFates, HeaderMemo } from './request-headers.ts';
import { headerFates } from './request-headers.ts';

/** What forwarding needs to know of a site, worked out once. */
export interface SiteTraits {
  readonly fates: HeaderFates;
  readonly memo: HeaderMemo;
  readonly hiddenCookies: ReadonlySet<string>;
  readonly hiddenHeaders: ReadonlySet<string>;
}

/** Remembers the traits of every site for as long as its policy object lives. */
export function createSiteTraits(): (site: CompiledSite) => SiteTraits {
  const known = new WeakMap<CompiledSite, SiteTraits>();
  return site => {
    let traits = known.get(site);
    if (traits === undefined) {
      const lower = (names: readonly string[]) => new Set(names.map(name => name.toLowerCase()));
      const { hiddenCookies, hiddenHeaders } = site.platform;
      const memo = { ofPerson: new WeakMap(), ofSession: new WeakMap() };
      traits = {
        fates: headerFates(site),
        memo,
        hiddenCookies: lower(hiddenCookies),
        hiddenHeaders: lower(hiddenHeaders),
      };
      known.set(site, traits);
    }
    return traits;
  };
}
