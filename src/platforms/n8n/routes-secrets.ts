import { may, nameBytes, type Route, routes } from '../route.ts';

/** Credentials: what makes n8n use one counts as using it, also when it is only tried. */
export const credentialRoutes: readonly Route[] = [
  // Names, kinds and settings that are no secret: less than the workflows and executions that the same people read. Without it the
  // editor shows an error on each page.
  ...routes({ action: 'credential.list', need: may('workflow.read') }, [
    'GET /rest/credentials',
    'GET /rest/credentials/for-workflow',
  ]),
  ...routes({ action: 'credential.read', resource: 'credential' }, [
    'GET /rest/credentials/new',
    'GET /rest/credentials/:id',
  ]),
  { on: 'POST /rest/credentials', action: 'credential.create', observe: nameBytes },
  { on: 'POST /rest/quick-connect', action: 'credential.create' },
  ...routes(
    { action: 'credential.update', need: may('credential.manage'), resource: 'credential', observe: nameBytes },
    ['PATCH /rest/credentials/:id'],
  ),
  ...routes({ action: 'credential.update', need: may('credential.manage'), resource: 'credential' }, [
    'DELETE /rest/credentials/:id/oauth-token',
  ]),
  ...routes(
    { action: 'credential.delete', need: may('credential.manage'), resource: 'credential', observe: nameBytes },
    ['DELETE /rest/credentials/:id'],
  ),
  ...routes({ action: 'credential.share', need: may('credential.manage'), resource: 'credential' }, [
    'PUT /rest/credentials/:id/share',
    'PUT /rest/credentials/:id/transfer',
  ]),
  ...routes({ action: 'credential.test', need: may('credential.use'), resource: 'credential', observe: nameBytes }, [
    'POST /rest/credentials/test',
    'POST /rest/credentials/:id/probe',
  ]),
  ...routes({ action: 'credential.use', observe: nameBytes }, [
    'POST /rest/dynamic-node-parameters/options',
    'POST /rest/dynamic-node-parameters/resource-locator-results',
    'POST /rest/dynamic-node-parameters/resource-mapper-fields',
    'POST /rest/dynamic-node-parameters/local-resource-mapper-fields',
    'POST /rest/dynamic-node-parameters/action-result',
  ]),
  // An OAuth consent changes the credential; the browser comes back to the callback with the gate's own session.
  ...routes({ action: 'credential.authorize', need: may('credential.manage') }, [
    'GET /rest/oauth1-credential/auth',
    'GET /rest/oauth1-credential/callback',
    'GET /rest/oauth2-credential/auth',
    'GET /rest/oauth2-credential/callback',
  ]),
  ...routes({ action: 'variable.read', need: may('workflow.read') }, [
    'GET /rest/variables',
    'GET /rest/variables/:variable',
  ]),
  ...routes({ action: 'variable.manage', need: may('settings.manage') }, [
    'POST /rest/variables',
    'PATCH /rest/variables/:variable',
    'DELETE /rest/variables/:variable',
  ]),
];

const table = '/rest/projects/:project/data-tables/:id' as const;

/** Data tables are data sources of the gate. */
export const dataTableRoutes: readonly Route[] = [
  ...routes({ action: 'data_source.read', resource: 'data_source' }, [
    'GET /rest/projects/:project/data-tables',
    `GET ${table}/columns`,
    `GET ${table}/rows`,
    `GET ${table}/download-csv`,
    'GET /rest/data-tables-global',
    'GET /rest/data-tables-global/limits',
  ]),
  ...routes({ action: 'data_source.create' }, [
    'POST /rest/projects/:project/data-tables',
    'POST /rest/data-tables/uploads',
  ]),
  ...routes({ action: 'data_source.write', need: may('data_source.use'), resource: 'data_source' }, [
    `POST ${table}/insert`,
    `POST ${table}/import-csv`,
    `POST ${table}/upsert`,
    `PATCH ${table}/rows`,
    `DELETE ${table}/rows`,
  ]),
  ...routes({ action: 'data_source.manage', resource: 'data_source' }, [
    `PATCH ${table}`,
    `DELETE ${table}`,
    `POST ${table}/columns`,
    `DELETE ${table}/columns/:column`,
    `PATCH ${table}/columns/:column/move`,
    `PATCH ${table}/columns/:column/rename`,
  ]),
];
