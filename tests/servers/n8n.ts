import path from 'node:path';
import { freePort, type RealPlatform, startProgram } from './program.ts';

/**
 * Starts the real n8n from the cache with a database of its own. Ready means that its REST API answers: `/healthz` says yes long before.
 * `env` is added last, so a test can set hook files, proxies or a port of its own.
 */
export async function startRealN8n(
  options: { dir?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<RealPlatform & { readonly eventLogFile: string }> {
  const [port, brokerPort] = [await freePort(), await freePort()];
  const started = await startProgram({
    name: 'n8n',
    port,
    dir: options.dir,
    env: dir => ({
      N8N_USER_FOLDER: dir,
      N8N_LISTEN_ADDRESS: '127.0.0.1',
      N8N_PORT: String(port),
      N8N_HOST: '127.0.0.1',
      N8N_RUNNERS_BROKER_PORT: String(brokerPort),
      N8N_RUNNERS_GRANT_TOKEN_TTL: '180',
      N8N_SECURE_COOKIE: 'false',
      N8N_PROXY_HOPS: '1',
      DB_TYPE: 'sqlite',
      N8N_DIAGNOSTICS_ENABLED: 'false',
      N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
      N8N_TEMPLATES_ENABLED: 'false',
      N8N_PERSONALIZATION_ENABLED: 'false',
      N8N_HIRING_BANNER_ENABLED: 'false',
      EXTERNAL_FRONTEND_HOOKS_URLS: '',
      ...options.env,
    }),
    isReady: async baseUrl => {
      if (!(await fetch(`${baseUrl}/healthz/readiness`)).ok) return false;
      const login = await fetch(`${baseUrl}/rest/login`);
      await login.body?.cancel();
      return login.status === 401;
    },
  });
  return { ...started, eventLogFile: path.join(started.dir, '.n8n', 'n8nEventLog.log') };
}

/** A workflow that a webhook or a person can start and that answers with what it got. */
export function echoWorkflow(name: string, webhookPath: string): Record<string, unknown> {
  const node = (type: string, title: string, more: Record<string, unknown>): Record<string, unknown> => ({
    id: crypto.randomUUID(),
    name: title,
    type: `n8n-nodes-base.${type}`,
    position: [0, 0],
    parameters: {},
    ...more,
  });
  const parameters = { httpMethod: 'POST', path: webhookPath, responseMode: 'lastNode', options: {} };
  const assignment = { id: 'a', name: 'got', value: '={{ $json.body?.msg }}', type: 'string' };
  const toSet = { main: [[{ node: 'Set', type: 'main', index: 0 }]] };
  return {
    name,
    nodes: [
      node('webhook', 'Webhook', { typeVersion: 2, webhookId: crypto.randomUUID(), parameters }),
      node('manualTrigger', 'Start', { typeVersion: 1 }),
      node('set', 'Set', { typeVersion: 3.4, parameters: { assignments: { assignments: [assignment] }, options: {} } }),
    ],
    connections: { Webhook: toSet, Start: toSet },
    settings: { executionOrder: 'v1' },
  };
}
