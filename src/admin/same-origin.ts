import { timingSafeEqual } from 'node:crypto';
import { SallyportError } from '../core/errors.ts';
import { csrfHeader } from './client.ts';

/**
 * Refuses (`admin.csrf`) a request that changes something unless the browser itself says that a page of this very origin sent it. Another
 * port of the same host is "same-site" to a browser and shares our cookies, so only "same-origin" counts.
 */
export function demandSameOrigin(request: Request, origin: string): void {
  const site = request.headers.get('sec-fetch-site');
  const from = request.headers.get('origin');
  if (site === null && from === null) throw refused('it says neither its origin nor its site');
  if (site !== null && site !== 'same-origin') throw refused(`its site is "${site}"`);
  if (from !== null && from !== origin) throw refused(`its origin is "${from}"`);
}

/** Unsafe API calls also carry a header that a form cannot send; reads are not answered to a page of another origin. */
export function demandOwnCall(request: Request, origin: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    const site = request.headers.get('sec-fetch-site');
    if (site === 'cross-site' || site === 'same-site') throw refused(`its site is "${site}"`);
    return;
  }
  demandSameOrigin(request, origin);
  if (request.headers.get(csrfHeader) !== '1') throw refused(`header "${csrfHeader}: 1" is missing`);
}

/** Compares in time that depends on the lengths only. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function refused(why: string): SallyportError {
  return new SallyportError('admin.csrf', `Cannot accept request: ${why}`, {
    detail: 'The request did not come from a page of this address. Go back, reload the page and try again.',
  });
}
