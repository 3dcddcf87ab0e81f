import { canonicaliseTarget } from '../canonical-path.ts';
import type { Platform } from '../platforms.ts';
import { compileRoutes } from '../route-table.ts';
import { n8nAdvisories } from './advisories.ts';
import { n8nAuthored } from './authored.ts';
import { observeN8n } from './observe.ts';
import { n8nRoutes } from './routes.ts';
import { createN8nSignIn } from './sign-in.ts';

/** n8n 2.x, community edition: people have accounts of their own. */
export function createN8n(): Platform {
  const table = compileRoutes(n8nRoutes);
  return {
    id: 'n8n',
    title: 'n8n',
    accounts: 'personal',
    canonicalise(target) {
      const canonical = canonicaliseTarget(target);
      return canonical.ok ? { ...canonical, path: table.fold(canonical.path) } : canonical;
    },
    classify: request => table.classify(request),
    hiddenCookies: ['n8n-auth', 'n8n-browserId'],
    hiddenHeaders: ['x-powered-by', 'server'],
    upstreamHeaders: {},
    // A key would make the platform act as somebody else than the gate says; a browser id would bind the session the gate holds.
    droppedHeaders: ['x-n8n-api-key', 'browser-id'],
    advisories: n8nAdvisories,
    authored: n8nAuthored,
    observe: observeN8n,
    createSignIn: createN8nSignIn,
  };
}
