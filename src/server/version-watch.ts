import type { Log } from '../core/log.ts';
import type { SiteRecord } from '../gateway/gateway.ts';
import type { Platform, PlatformId } from '../platforms/platforms.ts';

const everyMs = 300_000;
const timeoutMs = 10_000;

/** What version each site's platform says it runs: asked when the sites change and every five minutes. */
export interface VersionWatch extends Disposable {
  setSites(sites: readonly SiteRecord[]): void;
  of(siteId: string): string | undefined;
}

export function createVersionWatch(deps: {
  platforms: ReadonlyMap<PlatformId, Platform>;
  random: (bytes: number) => Buffer;
  log: Log;
  changed: () => Promise<void>;
}): VersionWatch {
  const versions = new Map<string, string>();
  let sites: readonly SiteRecord[] = [];

  async function ask(site: SiteRecord): Promise<void> {
    const [baseUrl] = site.upstreams;
    const signIn =
      baseUrl === undefined
        ? undefined
        : deps.platforms.get(site.platform)?.createSignIn?.({ baseUrl, fetch: globalThis.fetch, random: deps.random });
    const version = await signIn?.version(AbortSignal.timeout(timeoutMs));
    if (version === versions.get(site.id)) return;
    if (version === undefined) versions.delete(site.id);
    else versions.set(site.id, version);
    await deps.changed();
  }

  function askAll(): void {
    // A platform that does not answer has no known version; its health is watched elsewhere.
    for (const site of sites)
      ask(site).catch((error: unknown) => deps.log.debug('platform.version_unknown', { site: site.name, error }));
  }

  const timer = setInterval(askAll, everyMs);
  timer.unref();
  return {
    setSites(all) {
      sites = all;
      askAll();
    },
    of: siteId => versions.get(siteId),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
