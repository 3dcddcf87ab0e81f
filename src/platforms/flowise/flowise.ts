import { canonicaliseTarget } from '../canonical-path.ts';
import type { Platform } from '../platforms.ts';
import { compileRoutes } from '../route-table.ts';
import { flowiseAdvisories } from './advisories.ts';
import { flowiseAuthored } from './authored.ts';
import { observeFlowise } from './observe.ts';
import { flowiseRoutes } from './routes.ts';
import { createFlowiseSignIn, flowiseHeaders } from './sign-in.ts';

/** Flowise 3.x, free edition: one account for everybody, so every role is the gate's. */
export function createFlowise(): Platform {
  const table = compileRoutes(flowiseRoutes);
  return {
    id: 'flowise',
    title: 'Flowise',
    accounts: 'shared',
    canonicalise(target) {
      const canonical = canonicaliseTarget(target);
      return canonical.ok ? { ...canonical, path: table.fold(canonical.path) } : canonical;
    },
    classify: request => table.classify(request),
    hiddenCookies: ['token', 'refreshToken', 'connect.sid'],
    hiddenHeaders: ['x-powered-by', 'server'],
    upstreamHeaders: flowiseHeaders,
    // Keys are the caller's own way in; the gate decides who enters, and how. Where a flow is published, its key goes through.
    droppedHeaders: [],
    advisories: flowiseAdvisories,
    authored: flowiseAuthored,
    observe: observeFlowise,
    createSignIn: createFlowiseSignIn,
  };
}
