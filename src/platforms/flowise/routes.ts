import type { Route } from '../route.ts';
import { credentialRoutes, dataRoutes, executionRoutes } from './routes-data.ts';
import { embedRoutes, flowRoutes } from './routes-flows.ts';
import { editorRoutes, instanceRoutes } from './routes-instance.ts';

/** Every route of Flowise 3.1 as it mounts them, with what each asks of the caller. */
export const flowiseRoutes: readonly Route[] = [
  ...flowRoutes,
  ...embedRoutes,
  ...executionRoutes,
  ...credentialRoutes,
  ...dataRoutes,
  ...instanceRoutes,
  ...editorRoutes,
];
