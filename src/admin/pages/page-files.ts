import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The files beside the pages, named by their content, so that they can be cached for ever. */
export interface PageAssets {
  readonly stylePath: string;
  readonly iconPath: string;
  readonly scriptPath: string;
  /** Sends the form of a page that leads on. */
  readonly submitPath: string;
  /** Undefined for a path that is none of theirs. */
  serve(path: string): Response | undefined;
}

/** Reads the files once. */
export function loadPageAssets(): PageAssets {
  const files = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string }>();
  const load = (name: string, type: string): string => {
    const bytes = new Uint8Array(readFileSync(new URL(name, import.meta.url)));
    const [stem = '', extension = ''] = name.split('.');
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 12);
    const path = `/.sallyport/assets/${stem}-${hash}.${extension}`;
    files.set(path, { bytes, type });
    return path;
  };
  const stylePath = load('gate.css', 'text/css; charset=utf-8');
  const iconPath = load('gate.svg', 'image/svg+xml');
  const scriptPath = load('passkey.js', 'text/javascript; charset=utf-8');
  const submitPath = load('submit.js', 'text/javascript; charset=utf-8');
  return {
    stylePath,
    iconPath,
    scriptPath,
    submitPath,
    serve(path) {
      const file = files.get(path);
      if (file === undefined) return undefined;
      return new Response(file.bytes, {
        headers: {
          'content-type': file.type,
          'cache-control': 'public, max-age=31536000, immutable',
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        },
      });
    },
  };
}
