import { canonicaliseTarget } from '../canonical-path.ts';
import type { Classification, Platform } from '../platforms.ts';
import { publishable } from '../route.ts';

const read: Classification = { action: 'app.read', endpoint: '/*', need: publishable('data_source.read') };
const write: Classification = { action: 'app.write', endpoint: '/*', need: publishable('data_source.use') };
const connect: Classification = { action: 'app.connect', endpoint: '/*', need: publishable('data_source.use') };

/** Safe by RFC 9110 section 9.2.1. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Any HTTP application the gate knows nothing of. The application as a whole counts as a data source of the site's default project: to look
 * asks for `data_source.read`, which a Viewer has; whatever may change it, and a websocket, which can say anything, asks for
 * `data_source.use`, which an Editor has. Every path can be published; it keeps its case and a trailing slash.
 */
export function createGeneric(): Platform {
  return {
    id: 'generic',
    title: 'HTTP application',
    accounts: 'none',
    canonicalise: target => canonicaliseTarget(target, { isLenient: true }),
    classify({ method, upgrade }) {
      if (upgrade) return connect;
      return safeMethods.has(method) ? read : write;
    },
    hiddenCookies: [],
    hiddenHeaders: ['x-powered-by', 'server'],
    upstreamHeaders: {},
    droppedHeaders: [],
    advisories: [],
    authored: {},
    observe: () => [],
  };
}
