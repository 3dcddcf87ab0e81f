/**
 * One spelling for every request target, or a reason to refuse it: what is classified is what is forwarded, so no two programs can read
 * a path differently. Only origin-form is taken (RFC 9112 section 3.2.1).
 */
export type CanonicalTarget =
  | { readonly ok: true; readonly path: string; readonly query: string }
  | { readonly ok: false; readonly reason: string };

export const targetLengthMax = 16_384;
export const pathLengthMax = 4096;
export const segmentsMax = 64;
const decodingsMax = 3;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const refuse = (reason: string): CanonicalTarget => ({ ok: false, reason });

/**
 * Takes a raw request target apart. The path comes back with percent-encoding as RFC 3986 section 6.2.2 wants it (unreserved characters
 * plain, upper-case digits); a path that could be read in two ways is refused, never repaired. Idempotent. `isLenient` is for applications
 * of which nothing is decided by the path: empty segments, encoded slashes, path parameters and escapes of escapes pass as they are, as long
 * as no reading of them climbs.
 */
export function canonicaliseTarget(target: string, { isLenient = false } = {}): CanonicalTarget {
  if (target.length > targetLengthMax) return refuse('the request target is too long');
  if (!target.startsWith('/')) return refuse('the request target must be an absolute path');
  // As a reference it would lead to another host (RFC 3986 section 4.2).
  if (target.startsWith('//')) return refuse('the path begins with an empty segment');
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  if (rawPath.length > pathLengthMax) return refuse('the path is too long');
  if (/[^\x21-\x7e]/.test(target)) return refuse('the request target holds a character that must be percent-encoded');
  if (target.includes('#')) return refuse('the request target holds a fragment');
  // Nearly every path is plain: no percent sign, nothing that needs a second look.
  if (/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+\/?$/.test(rawPath)) return countSegments(rawPath, query);
  if (rawPath === '/') return { ok: true, path: '/', query };
  const parts: string[] = [];
  const segments = rawPath.slice(1).split('/');
  for (const [at, segment] of segments.entries()) {
    if (segment === '' && at < segments.length - 1 && !isLenient) return refuse('the path holds an empty segment');
    const part = isLenient ? keptSegment(segment) : canonicaliseSegment(segment);
    if (typeof part !== 'string') return refuse(part.reason);
    parts.push(part);
  }
  return countSegments(`/${parts.join('/')}`, query);
}

function countSegments(path: string, query: string): CanonicalTarget {
  let count = 0;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) count++;
  return count > segmentsMax ? refuse('the path has too many segments') : { ok: true, path, query };
}

function canonicaliseSegment(segment: string): string | { readonly reason: string } {
  if (segment.includes('\\')) return { reason: 'the path holds a backslash' };
  if (segment.includes(';')) return { reason: 'the path holds a path parameter' };
  if (/%(?![0-9A-Fa-f]{2})/.test(segment)) return { reason: 'the path holds an invalid percent-encoding' };
  const text = decode(segment);
  if (text === undefined) return { reason: 'the path is not valid UTF-8' };
  if (/\p{Cc}/u.test(text)) return { reason: 'the path holds a control character' };
  if (/[/\\;]/.test(text)) return { reason: 'the path holds an encoded separator' };
  if (/%[0-9A-Fa-f]{2}/.test(text)) return { reason: 'the path is percent-encoded twice' };
  if (text === '.' || text === '..') return { reason: 'the path holds a dot segment' };
  return encodeURIComponent(text).replaceAll(/%(?:24|26|2B|2C|3A|3D|40)/g, allowedInPath);
}

/** A segment as it came but for the case of its escapes, unless one of its readings climbs or ends the text. */
function keptSegment(segment: string): string | { readonly reason: string } {
  // No client writes them so; lists of closed paths in front of an application are got around that way.
  if (/%(?:3\d|[46][1-9A-Fa-f]|[57][\dAa])/.test(segment))
    return { reason: 'the path holds an escaped letter or digit' };
  if (segment.includes('\\')) return { reason: 'the path holds a backslash' };
  if (/%(?![0-9A-Fa-f]{2})/.test(segment)) return { reason: 'the path holds an invalid percent-encoding' };
  let text = segment;
  for (let depth = 0; text.includes('%'); depth++) {
    const below = decode(text);
    if (below === undefined) return { reason: 'the path is not valid UTF-8' };
    if (below === text) break;
    if (depth === decodingsMax) return { reason: 'the path is percent-encoded too often' };
    text = below;
  }
  if (/\p{Cc}/u.test(text) || text.includes('\\'))
    return { reason: 'the path holds a control character or a backslash' };
  if (text.split(/[/;]/).some(part => part === '.' || part === '..')) return { reason: 'the path holds a dot segment' };
  const one = canonicaliseSegment(segment);
  return typeof one === 'string' ? one : segment.replaceAll(/%[0-9a-f]{2}/gi, escape => escape.toUpperCase());
}

/** pchar of RFC 3986 section 3.3 that encodeURIComponent encodes; `;` is refused above. */
const allowedInPath = (encoded: string): string => decodeURIComponent(encoded);

function decode(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  const bytes = segment.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}
