import type { SiteRecord } from '../gateway/gateway.ts';

/** Where somebody may be sent on to: a page of the portal's origin or of a configured site's. */
export interface Destination {
  readonly url: URL;
  /** Undefined when it is the portal's own. */
  readonly site: SiteRecord | undefined;
}

/** The origins people can be sent to, with the site each belongs to. */
export interface KnownOrigins {
  readonly portalOrigin: string;
  readonly sites: ReadonlyMap<string, SiteRecord>;
}

const charsMax = 2048;

/**
 * Reads a `return_to`. Only an absolute URL of a known origin or a path beginning with one slash is followed; everything else, above all
 * what browsers read otherwise than it looks (`//host`, `/\host`, control characters, user info), is undefined.
 */
export function readReturnTo(text: string | null | undefined, known: KnownOrigins): Destination | undefined {
  if (!text || text.length > charsMax || hasTrickyCharacters(text)) return undefined;
  const isPath = text.startsWith('/');
  if (isPath ? text.startsWith('//') : !/^https:\/\/[^/]/i.test(text)) return undefined;
  const url = URL.parse(text, known.portalOrigin);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  // `/.//host` is resolved to `//host`: as a path on its own that would be another host.
  if (url.pathname.startsWith('//')) return undefined;
  if (url.origin === known.portalOrigin) return { url, site: undefined };
  const site = known.sites.get(url.origin);
  return site === undefined ? undefined : { url, site };
}

/** The path, query and fragment of a destination, to stay on the origin one is on: begins with exactly one slash. */
export function localPart(url: URL): string {
  return `${url.pathname.replace(/^\/{2,}/, '/')}${url.search}${url.hash}`;
}

/** The URL parser drops tabs and line feeds and reads `\` as `/`: a check on the text would see something else than it does. */
function hasTrickyCharacters(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code <= 0x20 || code === 0x7f || character === '\\') return true;
  }
  return false;
}
