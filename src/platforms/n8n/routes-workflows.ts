import { may, nameBytes, type Route, routes, signedIn } from '../route.ts';

/** Workflows, their history, tests and runs, over the editor's own API. */
export const workflowRoutes: readonly Route[] = [
  ...routes({ action: 'workflow.read', resource: 'workflow' }, [
    'GET /rest/active-workflows',
    'GET /rest/active-workflows/error/:id',
    'GET /rest/workflows',
    'GET /rest/workflows/new',
    'GET /rest/workflows/from-url',
    'GET /rest/workflows/:id',
    'GET /rest/workflows/:id/exists',
    'GET /rest/workflows/:id/collaboration/write-lock',
    'GET /rest/workflows/:id/executions/last-successful',
    'GET /rest/workflows/:id/publication-status',
    'GET /rest/workflows/:id/test-runs',
    'GET /rest/workflows/:id/test-runs/:run',
    'GET /rest/workflows/:id/test-runs/:run/test-cases',
    'GET /rest/workflows/:id/evaluation-configs',
    'GET /rest/workflows/:id/evaluation-configs/:config',
    'GET /rest/workflows/:id/evaluation-configs/:config/dataset-candidate',
    'GET /rest/workflows/:id/eval-collections',
    'GET /rest/workflows/:id/eval-collections/:collection',
    'GET /rest/workflows/:id/eval-versions',
    'GET /rest/workflow-history/workflow/:id',
    'GET /rest/workflow-history/workflow/:id/version/:version',
    'GET /rest/workflow-history/workflow/:id/publish-timeline',
    'GET /rest/workflow-stats/:id/counts',
    'GET /rest/workflow-stats/:id/times',
    'GET /rest/workflow-stats/:id/data-loaded',
    'GET /rest/tags',
    'GET /rest/annotation-tags',
    'GET /rest/insights/summary',
    'GET /rest/insights/by-workflow',
    'GET /rest/insights/by-time',
    'GET /rest/insights/by-time/time-saved',
    'GET /rest/credential-translation',
    'GET /rest/node-translation-headers',
    'GET /rest/community-node-types',
    'GET /rest/community-node-types/:name',
    'GET /rest/mcp-registry/servers',
  ]),
  // Questions asked by POST: they change nothing.
  ...routes({ action: 'workflow.read', resource: 'workflow' }, [
    'POST /rest/node-types',
    'POST /rest/node-types/by-identifier',
    'POST /rest/workflows/with-node-types',
    'POST /rest/workflow-dependencies/counts',
    'POST /rest/workflow-dependencies/details',
    'POST /rest/workflow-history/workflow/:id/versions',
    'POST /rest/webhooks/find',
  ]),
  { on: 'POST /rest/workflows', action: 'workflow.create', observe: nameBytes },
  ...routes({ action: 'workflow.update', resource: 'workflow', observe: nameBytes }, ['PATCH /rest/workflows/:id']),
  ...routes({ action: 'workflow.update', resource: 'workflow' }, [
    'PATCH /rest/workflow-history/workflow/:id/versions/:version',
    'POST /rest/workflows/:id/evaluation-configs',
    'PUT /rest/workflows/:id/evaluation-configs/:config',
    'DELETE /rest/workflows/:id/evaluation-configs/:config',
    'POST /rest/workflows/:id/evaluation-configs/:config/dataset-rows',
    'PATCH /rest/workflows/:id/eval-collections/:collection',
    'DELETE /rest/workflows/:id/eval-collections/:collection',
    'DELETE /rest/workflows/:id/eval-collections/:collection/runs/:run',
    'DELETE /rest/workflows/:id/test-runs/:run',
    'POST /rest/tags',
    'PATCH /rest/tags/:tag',
    'DELETE /rest/tags/:tag',
    'POST /rest/annotation-tags',
    'PATCH /rest/annotation-tags/:tag',
    'DELETE /rest/annotation-tags/:tag',
  ]),
  ...routes({ action: 'workflow.activate', need: may('workflow.update'), resource: 'workflow', observe: nameBytes }, [
    'POST /rest/workflows/:id/activate',
  ]),
  ...routes({ action: 'workflow.deactivate', need: may('workflow.update'), resource: 'workflow', observe: nameBytes }, [
    'POST /rest/workflows/:id/deactivate',
  ]),
  ...routes({ action: 'workflow.delete', resource: 'workflow', observe: nameBytes }, ['DELETE /rest/workflows/:id']),
  ...routes({ action: 'workflow.archive', need: may('workflow.delete'), resource: 'workflow', observe: nameBytes }, [
    'POST /rest/workflows/:id/archive',
  ]),
  ...routes({ action: 'workflow.unarchive', need: may('workflow.delete'), resource: 'workflow', observe: nameBytes }, [
    'POST /rest/workflows/:id/unarchive',
  ]),
  ...routes({ action: 'workflow.share', resource: 'workflow' }, [
    'PUT /rest/workflows/:id/share',
    'PUT /rest/workflows/:id/transfer',
  ]),
  ...routes({ action: 'workflow.execute', resource: 'workflow', observe: nameBytes }, ['POST /rest/workflows/:id/run']),
  ...routes({ action: 'workflow.execute', resource: 'workflow' }, [
    'DELETE /rest/test-webhook/:id',
    'POST /rest/workflows/:id/test-runs/new',
    'POST /rest/workflows/:id/eval-collections',
    'POST /rest/workflows/:id/eval-collections/:collection/rerun',
    'POST /rest/workflows/:id/eval-collections/:collection/runs',
    'POST /rest/workflows/:id/eval-collections/:collection/insights',
  ]),
  ...routes({ action: 'execution.control', resource: 'workflow' }, [
    'POST /rest/workflows/:id/test-runs/:run/cancel',
    'POST /rest/workflows/:id/test-runs/:run/test-cases/:case/cancel',
  ]),
  // The editor's live channel shows what runs: websocket or server-sent events, one path.
  { on: 'ANY /rest/push', action: 'editor.push', need: may('workflow.read') },
  ...routes({ action: 'editor.metadata', need: signedIn }, [
    'GET /types/nodes.json',
    'GET /types/credentials.json',
    'GET /types/node-versions.json',
    'GET /rest/options/timezones',
  ]),
];

/** Executions: a retry runs the workflow, so it asks for what a run asks for. */
export const executionRoutes: readonly Route[] = [
  ...routes({ action: 'execution.read', resource: 'execution' }, [
    'GET /rest/executions',
    'GET /rest/executions/versions/:workflow',
    'GET /rest/executions/:id',
    'GET /rest/binary-data',
    // Carries its own signature; behind the gate it is read by those who may read executions.
    'GET /rest/binary-data/signed',
  ]),
  ...routes({ action: 'execution.control', resource: 'execution' }, [
    'POST /rest/executions/stopMany',
    'POST /rest/executions/:id/stop',
    'PATCH /rest/executions/:id',
  ]),
  ...routes({ action: 'execution.retry', need: may('workflow.execute'), resource: 'execution', observe: nameBytes }, [
    'POST /rest/executions/:id/retry',
  ]),
  { on: 'POST /rest/executions/delete', action: 'execution.delete' },
];
