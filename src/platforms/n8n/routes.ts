import type { Route } from '../route.ts';
import { agentRoutes, assistantRoutes } from './routes-agents.ts';
import { publicApiRoutes } from './routes-api.ts';
import { peopleRoutes, projectRoutes } from './routes-people.ts';
import { editorRoutes, triggerRoutes } from './routes-public.ts';
import { credentialRoutes, dataTableRoutes } from './routes-secrets.ts';
import { settingsRoutes } from './routes-settings.ts';
import { executionRoutes, workflowRoutes } from './routes-workflows.ts';

/** Every route of n8n 2.41 as it mounts them, with what each asks of the caller. */
export const n8nRoutes: readonly Route[] = [
  ...workflowRoutes,
  ...executionRoutes,
  ...credentialRoutes,
  ...dataTableRoutes,
  ...agentRoutes,
  ...assistantRoutes,
  ...peopleRoutes,
  ...projectRoutes,
  ...settingsRoutes,
  ...publicApiRoutes,
  ...triggerRoutes,
  ...editorRoutes,
];
