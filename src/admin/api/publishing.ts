import type { Platform, PlatformId } from '../../platforms/platforms.ts';
import { invalid } from './handler.ts';

interface Route {
  readonly methods: readonly string[];
  readonly path: string;
}

const publishable: Record<PlatformId, string> = {
  n8n: 'webhooks and forms (/webhook/…, /form/…, /webhook-waiting/…, /form-waiting/…, /mcp/…) and GET /healthz',
  flowise: 'predictions, webhooks and what an embedded chat asks (/api/v1/prediction/:id, /api/v1/webhook/:id, …)',
  generic: 'every path',
};

/**
 * Throws `core.invalid_input`, naming the route and what can be published, for a route that the platform's table opens to nobody without
 * sign-in: the gate would go on refusing it, whatever the site says. Routes of `held` are let be, so that an old one hinders no change.
 */
export function refuseUnpublishable(
  platform: Pick<Platform, 'id' | 'title' | 'classify'> | undefined,
  wanted: readonly Route[],
  held: readonly Route[] = [],
): void {
  const had = new Set(held.flatMap(route => route.methods.map(method => `${method} ${route.path}`)));
  for (const { methods, path } of wanted) {
    // A segment that varies is judged by a sample, as no fixed one of a platform is spelled.
    const sample = path.replaceAll(/:[A-Za-z][A-Za-z0-9_]*/g, 'any-1');
    for (const method of methods) {
      if (had.has(`${method} ${path}`)) continue;
      const kind = platform?.classify({ method, path: sample, query: '', upgrade: false }).need.kind;
      if (kind === 'publishable' || kind === 'open') continue;
      const can = platform === undefined ? 'nothing' : publishable[platform.id];
      throw invalid(
        'body.publicRoutes',
        `"${method} ${path}" of ${platform?.title ?? 'this'} is never open without sign-in; what can be published: ${can}`,
      );
    }
  }
}
