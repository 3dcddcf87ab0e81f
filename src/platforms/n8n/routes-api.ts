import { closed, may, nameBytes, type Route, routes } from '../route.ts';

const workflow = '/api/v1/workflows/:id' as const;
const table = '/api/v1/data-tables/:id' as const;
const connection = '/api/v1/promotions/connections/:connection' as const;

/** Workflows, executions and credentials over the public API: the same permissions as in the editor. */
const workRoutes: readonly Route[] = [
  ...routes({ action: 'workflow.read', resource: 'workflow' }, [
    'GET /api/v1/workflows',
    `GET ${workflow}`,
    `GET ${workflow}/history`,
    `GET ${workflow}/versions/:version`,
    `GET ${workflow}/tags`,
    `GET ${workflow}/test-runs`,
    `GET ${workflow}/test-runs/:run`,
    `GET ${workflow}/test-runs/:run/test-cases`,
    'GET /api/v1/workflows/:id/:version',
    'GET /api/v1/tags',
    'GET /api/v1/tags/:tag',
    'GET /api/v1/insights/summary',
    'GET /api/v1/discover',
    'GET /api/v1/projects/:project/folders',
    'GET /api/v1/projects/:project/folders/:folder',
  ]),
  { on: 'POST /api/v1/workflows', action: 'workflow.create', observe: nameBytes },
  { on: 'POST /api/v1/n8n-packages/import', action: 'workflow.import', need: may('settings.manage') },
  { on: 'POST /api/v1/n8n-packages/export', action: 'workflow.export', need: may('workflow.share') },
  ...routes({ action: 'workflow.update', resource: 'workflow', observe: nameBytes }, [`PUT ${workflow}`]),
  ...routes({ action: 'workflow.update', resource: 'workflow' }, [
    `PUT ${workflow}/tags`,
    'POST /api/v1/tags',
    'PUT /api/v1/tags/:tag',
    'DELETE /api/v1/tags/:tag',
    'POST /api/v1/projects/:project/folders',
    'PATCH /api/v1/projects/:project/folders/:folder',
  ]),
  { on: 'DELETE /api/v1/projects/:project/folders/:folder', action: 'folder.delete', need: may('workflow.delete') },
  ...routes({ action: 'workflow.activate', need: may('workflow.update'), resource: 'workflow', observe: nameBytes }, [
    `POST ${workflow}/publish`,
    `POST ${workflow}/activate`,
  ]),
  ...routes({ action: 'workflow.deactivate', need: may('workflow.update'), resource: 'workflow', observe: nameBytes }, [
    `POST ${workflow}/unpublish`,
    `POST ${workflow}/deactivate`,
  ]),
  ...routes({ action: 'workflow.delete', resource: 'workflow', observe: nameBytes }, [`DELETE ${workflow}`]),
  ...routes({ action: 'workflow.archive', need: may('workflow.delete'), resource: 'workflow', observe: nameBytes }, [
    `POST ${workflow}/archive`,
  ]),
  ...routes({ action: 'workflow.unarchive', need: may('workflow.delete'), resource: 'workflow', observe: nameBytes }, [
    `POST ${workflow}/unarchive`,
  ]),
  { on: `PUT ${workflow}/transfer`, action: 'workflow.share', resource: 'workflow' },
  { on: `POST ${workflow}/test-runs`, action: 'workflow.execute', resource: 'workflow' },
  { on: `POST ${workflow}/test-runs/:run/cancel`, action: 'execution.control', resource: 'workflow' },
  ...routes({ action: 'execution.read', resource: 'execution' }, [
    'GET /api/v1/executions',
    'GET /api/v1/executions/:id',
    'GET /api/v1/executions/:id/tags',
  ]),
  ...routes({ action: 'execution.control', resource: 'execution' }, [
    'PUT /api/v1/executions/:id/tags',
    'POST /api/v1/executions/stop',
    'POST /api/v1/executions/:id/stop',
  ]),
  {
    on: 'POST /api/v1/executions/:id/retry',
    action: 'execution.retry',
    need: may('workflow.execute'),
    resource: 'execution',
    observe: nameBytes,
  },
  { on: 'DELETE /api/v1/executions/:id', action: 'execution.delete', resource: 'execution' },
  ...routes({ action: 'credential.read', resource: 'credential' }, [
    'GET /api/v1/credentials',
    'GET /api/v1/credentials/schema/:type',
    'GET /api/v1/credentials/:id',
  ]),
  { on: 'POST /api/v1/credentials', action: 'credential.create', observe: nameBytes },
  ...routes(
    { action: 'credential.update', need: may('credential.manage'), resource: 'credential', observe: nameBytes },
    ['PATCH /api/v1/credentials/:id'],
  ),
  ...routes(
    { action: 'credential.delete', need: may('credential.manage'), resource: 'credential', observe: nameBytes },
    ['DELETE /api/v1/credentials/:id'],
  ),
  {
    on: 'PUT /api/v1/credentials/:id/transfer',
    action: 'credential.share',
    need: may('credential.manage'),
    resource: 'credential',
  },
  {
    on: 'POST /api/v1/credentials/:id/test',
    action: 'credential.test',
    need: may('credential.use'),
    resource: 'credential',
    observe: nameBytes,
  },
];

/** Data tables, variables, people, projects and settings over the public API. */
const instanceRoutes: readonly Route[] = [
  ...routes({ action: 'data_source.read', resource: 'data_source' }, [
    'GET /api/v1/data-tables',
    `GET ${table}`,
    `GET ${table}/rows`,
    `GET ${table}/columns`,
  ]),
  { on: 'POST /api/v1/data-tables', action: 'data_source.create' },
  ...routes({ action: 'data_source.write', need: may('data_source.use'), resource: 'data_source' }, [
    `POST ${table}/rows`,
    `PATCH ${table}/rows/update`,
    `POST ${table}/rows/upsert`,
    `DELETE ${table}/rows/clear`,
    `DELETE ${table}/rows/delete`,
  ]),
  ...routes({ action: 'data_source.manage', resource: 'data_source' }, [
    `PATCH ${table}`,
    `DELETE ${table}`,
    `POST ${table}/columns`,
    `PATCH ${table}/columns/:column`,
    `DELETE ${table}/columns/:column`,
  ]),
  { on: 'GET /api/v1/variables', action: 'variable.read', need: may('workflow.read') },
  ...routes({ action: 'variable.manage', need: may('settings.manage') }, [
    'POST /api/v1/variables',
    'PUT /api/v1/variables/:variable',
    'DELETE /api/v1/variables/:variable',
  ]),
  ...routes({ action: 'user.read', resource: 'user' }, [
    'GET /api/v1/users',
    'GET /api/v1/users/:id',
    'GET /api/v1/projects/:project/users',
  ]),
  ...routes({ action: 'user.manage', resource: 'user' }, [
    'POST /api/v1/users',
    'DELETE /api/v1/users/:id',
    'PATCH /api/v1/users/:id/role',
  ]),
  ...routes({ action: 'role.read', need: may('user.read') }, [
    'GET /api/v1/roles',
    'GET /api/v1/roles/:role',
    'GET /api/v1/role-mapping-rules',
  ]),
  ...routes({ action: 'role.manage', need: may('user.manage') }, [
    'POST /api/v1/roles',
    'PUT /api/v1/roles/:role',
    'DELETE /api/v1/roles/:role',
    'POST /api/v1/role-mapping-rules',
    'PATCH /api/v1/role-mapping-rules/:rule',
    'DELETE /api/v1/role-mapping-rules/:rule',
    'POST /api/v1/role-mapping-rules/:rule/move',
  ]),
  { on: 'GET /api/v1/projects', action: 'project.read' },
  { on: 'POST /api/v1/projects', action: 'project.create' },
  ...routes({ action: 'project.manage', resource: 'platform_project' }, [
    'PUT /api/v1/projects/:id',
    'DELETE /api/v1/projects/:id',
    'POST /api/v1/projects/:id/users',
    'PATCH /api/v1/projects/:id/users/:user',
    'DELETE /api/v1/projects/:id/users/:user',
  ]),
];

const settingsRoutes: readonly Route[] = [
  ...routes({ action: 'settings.read' }, [
    'GET /api/v1/settings/*',
    'GET /api/v1/source-control/status',
    'GET /api/v1/node-type-policies/instance',
    'GET /api/v1/node-type-policies/projects/:project',
    'GET /api/v1/node-type-policies/policies',
    'GET /api/v1/node-type-policies/policies/:policy',
    'GET /api/v1/promotions/providers',
    'GET /api/v1/promotions/providers/:provider',
    'GET /api/v1/promotions/connections',
    `GET ${connection}`,
    `GET ${connection}/projects`,
    'GET /api/v1/promotions/projects/:project/changes/:direction',
  ]),
  ...routes({ action: 'settings.manage' }, [
    'POST /api/v1/settings/*',
    'PUT /api/v1/settings/*',
    'DELETE /api/v1/settings/*',
    'POST /api/v1/audit',
    'POST /api/v1/source-control/push',
    'POST /api/v1/source-control/pull',
    'PUT /api/v1/node-type-policies/instance',
    'PUT /api/v1/node-type-policies/projects/:project',
    'POST /api/v1/node-type-policies/policies',
    'PUT /api/v1/node-type-policies/policies/:policy',
    'DELETE /api/v1/node-type-policies/policies/:policy',
    'PUT /api/v1/node-type-policies/scopes/:scope/attachments',
    'POST /api/v1/promotions/providers',
    'PUT /api/v1/promotions/providers/:provider',
    'DELETE /api/v1/promotions/providers/:provider',
    'POST /api/v1/promotions/connections',
    `PUT ${connection}`,
    `DELETE ${connection}`,
    `PUT ${connection}/configs/apply`,
    `PUT ${connection}/configs/promote`,
    `DELETE ${connection}/configs/:direction`,
    `POST ${connection}/:direction/clone`,
    `POST ${connection}/:direction/disconnect`,
    `POST ${connection}/projects/:project`,
    `DELETE ${connection}/projects/:project`,
    `POST ${connection}/promote`,
    `POST ${connection}/apply`,
    `POST ${connection}/apply/continue`,
  ]),
  ...routes({ action: 'package.install', need: closed('a package is code that runs inside the platform') }, [
    'POST /api/v1/community-packages',
    'PATCH /api/v1/community-packages/:name',
    'DELETE /api/v1/community-packages/:name',
  ]),
  { on: 'GET /api/v1/community-packages', action: 'settings.read' },
  { on: 'ANY /api/v1/settings/sso/*', action: 'auth.recovery', need: closed('the gate signs people in') },
  { on: 'ANY /api/v1/settings/ldap', action: 'auth.recovery', need: closed('the gate signs people in') },
  { on: 'ANY /api/v1/settings/ldap/*', action: 'auth.recovery', need: closed('the gate signs people in') },
];

/** The public API (`/api/v1`), which honours a session cookie as well as a key. */
export const publicApiRoutes: readonly Route[] = [...workRoutes, ...instanceRoutes, ...settingsRoutes];
