import { may, type Route, routes } from '../route.ts';

const store = '/api/v1/document-store' as const;
const answerBytes = 65_536;

/** Executions and the messages of chats. */
export const executionRoutes: readonly Route[] = [
  ...routes({ action: 'execution.read', resource: 'execution' }, [
    'GET /api/v1/executions',
    'GET /api/v1/executions/:id',
    'GET /api/v1/public-executions',
    'GET /api/v1/public-executions/:id',
    'GET /api/v1/chatmessage',
    'GET /api/v1/chatmessage/:flow',
    'GET /api/v1/internal-chatmessage',
    'GET /api/v1/internal-chatmessage/:flow',
    'GET /api/v1/feedback',
    'GET /api/v1/feedback/:flow',
    'GET /api/v1/leads',
    'GET /api/v1/leads/:flow',
    'GET /api/v1/evaluations',
    'GET /api/v1/evaluations/:evaluation',
    'GET /api/v1/evaluations/is-outdated/:evaluation',
    'GET /api/v1/evaluations/versions/:evaluation',
  ]),
  ...routes({ action: 'execution.control', resource: 'execution' }, [
    'PUT /api/v1/executions',
    'PUT /api/v1/executions/:id',
  ]),
  ...routes({ action: 'execution.delete', resource: 'execution' }, [
    'DELETE /api/v1/executions',
    'DELETE /api/v1/executions/:id',
    'DELETE /api/v1/chatmessage',
    'DELETE /api/v1/chatmessage/:flow',
    'PATCH /api/v1/evaluations',
    'DELETE /api/v1/evaluations/:evaluation',
  ]),
];

/** Credentials; `reveal` shows the secret itself. */
export const credentialRoutes: readonly Route[] = [
  ...routes({ action: 'credential.read', resource: 'credential' }, [
    'GET /api/v1/credentials',
    'GET /api/v1/credentials/:id',
  ]),
  {
    on: 'GET /api/v1/credentials/:id/reveal',
    action: 'credential.reveal',
    need: may('credential.manage'),
    resource: 'credential',
    observe: 1,
  },
  { on: 'POST /api/v1/credentials', action: 'credential.create', observe: answerBytes },
  ...routes(
    { action: 'credential.update', need: may('credential.manage'), resource: 'credential', observe: answerBytes },
    ['PUT /api/v1/credentials', 'PUT /api/v1/credentials/:id'],
  ),
  ...routes(
    { action: 'credential.delete', need: may('credential.manage'), resource: 'credential', observe: answerBytes },
    ['DELETE /api/v1/credentials', 'DELETE /api/v1/credentials/:id'],
  ),
  ...routes({ action: 'credential.authorize', need: may('credential.manage'), resource: 'credential' }, [
    'POST /api/v1/oauth2-credential/authorize/:id',
    'GET /api/v1/oauth2-credential/callback',
    'POST /api/v1/oauth2-credential/refresh/:id',
  ]),
];

/** Document stores, vector stores and data sets are data sources of the gate. */
export const dataRoutes: readonly Route[] = [
  ...routes({ action: 'data_source.read', resource: 'data_source' }, [
    `GET ${store}/store`,
    `GET ${store}/store/:id`,
    `GET ${store}/store-configs/:id/:loader`,
    `GET ${store}/chunks/:id/:file/:page`,
    `GET ${store}/components/loaders`,
    `GET ${store}/components/embeddings`,
    `GET ${store}/components/vectorstore`,
    `GET ${store}/components/recordmanager`,
    'GET /api/v1/datasets',
    'GET /api/v1/datasets/set',
    'GET /api/v1/datasets/set/:id',
    'GET /api/v1/openai-assistants-vector-store',
    'GET /api/v1/openai-assistants-vector-store/:id',
  ]),
  ...routes({ action: 'data_source.use', resource: 'data_source' }, [
    `POST ${store}/vectorstore/query`,
    `POST ${store}/loader/preview`,
    `POST ${store}/generate-tool-desc/:id`,
    'POST /api/v1/vector/upsert',
    'POST /api/v1/vector/upsert/:flow',
    'POST /api/v1/vector/internal-upsert',
    'POST /api/v1/vector/internal-upsert/:flow',
    'POST /api/v1/datasets/rows',
    'POST /api/v1/datasets/rows/:row',
    'PUT /api/v1/datasets/rows',
    'PUT /api/v1/datasets/rows/:row',
    'PATCH /api/v1/datasets/rows',
    'DELETE /api/v1/datasets/rows',
    'DELETE /api/v1/datasets/rows/:row',
    'POST /api/v1/datasets/reorder',
    'POST /api/v1/openai-assistants-file/upload',
  ]),
  ...routes({ action: 'data_source.create', resource: 'data_source' }, [
    `POST ${store}/store`,
    'POST /api/v1/datasets/set',
    'POST /api/v1/datasets/set/:id',
    'POST /api/v1/openai-assistants-vector-store',
  ]),
  ...routes({ action: 'data_source.manage', resource: 'data_source' }, [
    `POST ${store}/upsert`,
    `POST ${store}/upsert/:id`,
    `POST ${store}/refresh`,
    `POST ${store}/refresh/:id`,
    `PUT ${store}/store/:id`,
    `DELETE ${store}/store/:id`,
    `DELETE ${store}/loader/:id/:loader`,
    `POST ${store}/loader/save`,
    `POST ${store}/loader/process/:loader`,
    `DELETE ${store}/chunks/:id/:loader/:chunk`,
    `PUT ${store}/chunks/:id/:loader/:chunk`,
    `POST ${store}/vectorstore/insert`,
    `POST ${store}/vectorstore/save`,
    `POST ${store}/vectorstore/update`,
    `DELETE ${store}/vectorstore/:id`,
    'PUT /api/v1/datasets/set',
    'PUT /api/v1/datasets/set/:id',
    'DELETE /api/v1/datasets/set',
    'DELETE /api/v1/datasets/set/:id',
    'PUT /api/v1/openai-assistants-vector-store',
    'PUT /api/v1/openai-assistants-vector-store/:id',
    'POST /api/v1/openai-assistants-vector-store/:id',
    'PATCH /api/v1/openai-assistants-vector-store',
    'PATCH /api/v1/openai-assistants-vector-store/:id',
    'DELETE /api/v1/openai-assistants-vector-store',
    'DELETE /api/v1/openai-assistants-vector-store/:id',
  ]),
];
