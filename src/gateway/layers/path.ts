import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

/**
 * Gives the path its one spelling, as the platform of the site matches it; what could be read in two ways is refused. What is classified
 * here is what is forwarded.
 */
export function judgePath(exchange: Exchange): Verdict {
  const { inbound, platform } = exchange;
  const found = platform === undefined ? plainPath(inbound.target) : platform.canonicalise(inbound.target);
  if (!found.ok) return { kind: 'deny', code: 'gateway.path_refused', reason: found.reason, type: 'path_traversal' };
  exchange.request = {
    method: inbound.method,
    path: found.path,
    query: found.query,
    upgrade: exchange.socket !== undefined,
  };
  return next;
}

type Plain =
  | { readonly ok: true; readonly path: string; readonly query: string }
  | { readonly ok: false; readonly reason: string };

/** The portal's own paths are plain: no escapes, no empty or dot segments. */
function plainPath(target: string): Plain {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  if (!/^(?:\/[A-Za-z0-9._~!$&'()*+,=:@-]+)*\/?$/.test(path) || path === '') {
    return {
      ok: false,
      reason: 'the path holds an escape, an empty segment or a character that no page of the gate has',
    };
  }
  if (/\/\.{1,2}(?:\/|$)/.test(path)) return { ok: false, reason: 'the path holds a dot segment' };
  return { ok: true, path, query };
}
