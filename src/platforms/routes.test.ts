import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { flowiseRoutes } from './flowise/routes.ts';
import { n8nRoutes } from './n8n/routes.ts';
import { createPlatforms } from './platforms.ts';
import { may, type Route } from './route.ts';
import { compileRoutes } from './route-table.ts';

type Recorded = { routes: readonly (readonly [method: string, path: string, isOpen: boolean])[] };

const tables = [
  { id: 'n8n', routes: n8nRoutes, recorded: recorded('n8n') },
  { id: 'flowise', routes: flowiseRoutes, recorded: recorded('flowise') },
] as const;

describe('route tables', () => {
  for (const { id, routes, recorded } of tables) {
    const table = compileRoutes(routes);
    it(`${id}: every recorded route has a row`, () => {
      const missing = recorded.routes.flatMap(([method, path]) =>
        table.classify(example(method, path)).endpoint === 'unknown' ? [`${method} ${path}`] : [],
      );
      assert.deepEqual(missing, []);
    });
    it(`${id}: nothing the platform leaves open is open at the gate`, () => {
      for (const [method, path, isOpen] of recorded.routes) {
        if (isOpen) assert.notEqual(table.classify(example(method, path)).need.kind, 'open', `${method} ${path}`);
      }
    });
    it(`${id}: a route that changes something asks for more than to look`, () => {
      const loose = routes.filter(route => !route.on.startsWith('GET ') && !asksByPost.has(route.on) && isLoose(route));
      assert.deepEqual(
        loose.map(route => route.on),
        [],
      );
    });
    it(`${id}: a row of its own for every method and path`, () => {
      assert.equal(new Set(routes.map(route => route.on.toLowerCase())).size, routes.length);
    });
    it(`${id}: folding a path changes no classification and can be repeated`, () => {
      for (const [method, path] of recorded.routes) {
        const request = example(method, path);
        const folded = table.fold(request.path.toUpperCase());
        assert.equal(table.classify({ ...request, path: folded }).endpoint, table.classify(request).endpoint, path);
        assert.equal(table.fold(folded), folded);
      }
    });
  }

  const rows: readonly (readonly [platform: 'n8n' | 'flowise', on: string, need: string])[] = [
    ['n8n', 'POST /rest/owner/setup', 'closed'],
    ['n8n', 'POST /rest/login', 'closed'],
    ['n8n', 'GET /rest/login', 'signed_in'],
    ['n8n', 'POST /rest/forgot-password', 'closed'],
    ['n8n', 'POST /rest/change-password', 'closed'],
    ['n8n', 'POST /rest/invitations/accept', 'closed'],
    ['n8n', 'GET /rest/users/u1/password-reset-link', 'closed'],
    ['n8n', 'PATCH /rest/me', 'closed'],
    ['n8n', 'PATCH /rest/me/password', 'closed'],
    ['n8n', 'POST /rest/mfa/enable', 'closed'],
    ['n8n', 'GET /metrics', 'closed'],
    ['n8n', 'POST /mcp-server/http', 'closed'],
    ['n8n', 'GET /mcp-oauth/authorize/x', 'closed'],
    ['n8n', 'GET /.well-known/oauth-protected-resource', 'closed'],
    ['n8n', 'POST /rest/community-packages', 'closed'],
    ['n8n', 'POST /api/v1/community-packages', 'closed'],
    ['n8n', 'POST /rest/executions/7/retry', 'workflow.execute'],
    ['n8n', 'POST /api/v1/executions/7/retry', 'workflow.execute'],
    ['n8n', 'PATCH /rest/workflows/AbC', 'workflow.update'],
    ['n8n', 'POST /rest/workflows/AbC/run', 'workflow.execute'],
    ['n8n', 'POST /rest/workflows/AbC/activate', 'workflow.update'],
    ['n8n', 'POST /rest/dynamic-node-parameters/options', 'credential.use'],
    ['n8n', 'POST /webhook/orders', 'publishable'],
    ['n8n', 'GET /form/a/b', 'publishable'],
    ['n8n', 'POST /webhook-waiting/7/x', 'publishable'],
    ['n8n', 'POST /webhook-test/orders', 'workflow.execute'],
    ['n8n', 'GET /workflow/AbC', 'signed_in'],
    ['n8n', 'GET /assets/index-AbC.js', 'signed_in'],
    ['n8n', 'GET /rest/credentials', 'workflow.read'],
    ['n8n', 'GET /rest/credentials/c1', 'credential.read'],
    ['n8n', 'GET /rest/users', 'workflow.read'],
    ['n8n', 'GET /rest/projects/sharing-candidates', 'workflow.share'],
    ['n8n', 'GET /nothing/known', 'platform.unknown'],
    ['n8n', 'TRACE /rest/workflows', 'platform.unknown'],
    ['n8n', 'POST /rest/no-such-thing', 'platform.unknown'],
    ['flowise', 'POST /api/v1/account/register', 'closed'],
    ['flowise', 'POST /api/v1/account/forgot-password', 'closed'],
    ['flowise', 'POST /api/v1/account/reset-password', 'closed'],
    ['flowise', 'POST /api/v1/auth/login', 'closed'],
    ['flowise', 'GET /api/v1/nvidia-nim/get-token', 'closed'],
    ['flowise', 'GET /api/v1/verify/apikey/k', 'closed'],
    ['flowise', 'POST /api/v1/prediction/p', 'publishable'],
    ['flowise', 'GET /api/v1/public-chatbotConfig/p', 'publishable'],
    ['flowise', 'GET /api/v1/chatflows-streaming/p', 'publishable'],
    ['flowise', 'POST /api/v1/webhook/p', 'publishable'],
    ['flowise', 'GET /api/v1/leads', 'execution.read'],
    ['flowise', 'POST /api/v1/node-load-method/customMCP', 'settings.manage'],
    ['flowise', 'GET /api/v1/credentials/c/reveal', 'credential.manage'],
    ['flowise', 'PUT /api/v1/chatflows/c', 'workflow.update'],
    ['flowise', 'GET /api/v1/whatever', 'platform.unknown'],
  ];
  for (const [platform, on, wanted] of rows) {
    it(`${platform}: ${on} is ${wanted}`, () => {
      const [method = '', path = ''] = on.split(' ');
      const { need } =
        createPlatforms().get(platform)?.classify({ method, path, query: '', upgrade: false }) ?? assert.fail();
      assert.equal(need.kind === 'permission' ? need.permission : need.kind, wanted);
    });
  }

  it('reads HEAD as GET, names the resource in its own case, and sends signing in and out to the gate', () => {
    const n8n = createPlatforms().get('n8n') ?? assert.fail();
    const at = (method: string, path: string) => n8n.classify({ method, path, query: '', upgrade: false });
    assert.deepEqual(at('HEAD', '/rest/workflows/AbC'), at('GET', '/rest/workflows/AbC'));
    assert.deepEqual(at('GET', '/rest/workflows/AbC%20d').resource, { kind: 'workflow', id: 'AbC d' });
    assert.equal(at('POST', '/rest/login').gate, 'sign_in');
    assert.equal(at('POST', '/rest/logout').gate, 'sign_out');
    assert.equal(at('GET', '/setup').gate, 'sign_in');
  });

  it('asks an unknown application for a Viewer to look and an Editor to change, and lets every path be published', () => {
    const generic = createPlatforms().get('generic') ?? assert.fail();
    const need = (method: string, upgrade = false) => generic.classify({ method, path: '/x', query: '', upgrade }).need;
    assert.deepEqual(need('GET'), { kind: 'publishable', fallback: 'data_source.read' });
    assert.deepEqual(need('POST'), { kind: 'publishable', fallback: 'data_source.use' });
    assert.deepEqual(need('GET', true), { kind: 'publishable', fallback: 'data_source.use' });
  });

  it('refuses a table with two rows for one route, or a resource without its id', () => {
    const row: Route = { on: 'GET /a/:id', action: 'a', need: may('workflow.read') };
    assert.throws(() => compileRoutes([row, { ...row, on: 'GET /A/:other' }]), { code: 'internal' });
    assert.throws(() => compileRoutes([{ ...row, on: 'GET /a/:x', resource: 'workflow' }]), { code: 'internal' });
    assert.throws(() => compileRoutes([{ ...row, on: 'GET /a//b' }]), { code: 'internal' });
  });
});

/** Questions asked by POST, each looked at by hand. */
const asksByPost = new Set<string>([
  'POST /rest/node-types',
  'POST /rest/node-types/by-identifier',
  'POST /rest/workflows/with-node-types',
  'POST /rest/workflow-dependencies/counts',
  'POST /rest/workflow-dependencies/details',
  'POST /rest/workflow-history/workflow/:id/versions',
  'POST /rest/webhooks/find',
  'POST /api/v1/audit',
  'POST /api/v1/audit/login-activity',
  'POST /api/v1/auth/resolve',
  'POST /api/v1/auth/refreshToken',
  // The editor's live channel, whatever the method.
  'ANY /rest/push',
  'ANY /socket.io',
]);

/** Routes a person changes their own preferences with need no more than to be signed in. */
function isLoose({ need, action, gate }: Route): boolean {
  if (gate !== undefined || action === 'user.preferences') return false;
  if (need === undefined) return action.endsWith('.read');
  if (need.kind === 'permission') return need.permission.endsWith('.read');
  if (need.kind === 'publishable') return need.fallback.endsWith('.read');
  return need.kind === 'open' || need.kind === 'signed_in';
}

function example(method: string, path: string): { method: string; path: string } {
  const concrete = path.replaceAll(/:[A-Za-z]+/g, 'abc').replace(/\*[A-Za-z]*/, 'some/thing');
  return { method: method === '*' || method === 'USE' ? 'POST' : method, path: concrete };
}

function recorded(id: string): Recorded {
  const file = new URL(`testdata/${id}-routes.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
}
