import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The built portal, read from its folder. */
export interface PortalFiles {
  /** A file by its path below `/.sallyport/portal/`; undefined when there is none. */
  find(name: string): Promise<Response | undefined>;
  /** `index.html` for every page of the portal; undefined when the portal was not built. */
  index(): Promise<Response | undefined>;
}

const types: ReadonlyMap<string, string> = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
  ['.woff', 'font/woff'],
  ['.json', 'application/json'],
  ['.txt', 'text/plain; charset=utf-8'],
]);

/**
 * Scripts, styles and fonts are files of this origin and nothing else: the portal is built without inline script or style (React sets
 * style properties through the CSSOM, which `style-src` does not govern).
 */
const portalPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Vite puts a hash of the content into the names of all files in `assets`. */
const hashedName = /^assets\/[\w.-]+-[\w-]{8,}\.\w+$/;
const segment = /^[\w][\w.-]*$/;

export function createPortalFiles(dir: string): PortalFiles {
  return {
    async find(name) {
      const type = types.get(path.extname(name));
      if (type === undefined || name.length > 300 || !name.split('/').every(part => segment.test(part)))
        return undefined;
      const bytes = await readFile(path.join(dir, ...name.split('/'))).catch(() => undefined);
      if (bytes === undefined) return undefined;
      const cache = hashedName.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';
      return new Response(bytes, {
        headers: { 'content-type': type, 'cache-control': cache, 'content-security-policy': "default-src 'none'" },
      });
    },
    async index() {
      const text = await readFile(path.join(dir, 'index.html'), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      return new Response(text, {
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy': portalPolicy,
          'referrer-policy': 'same-origin',
          'cross-origin-opener-policy': 'same-origin',
        },
      });
    },
  };
}
