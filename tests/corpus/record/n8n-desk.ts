import type { Chance } from '../make/chance.ts';
import type { Parts } from '../make/parts.ts';
import type { Call } from './caller.ts';

const privateKey = (chance: Chance): string =>
  `-----BEGIN RSA PRIVATE KEY-----\n${Array.from({ length: 12 }, () => chance.word(64)).join('\n')}\n-----END RSA PRIVATE KEY-----\n`;

/** What people do in n8n beside saving workflows: credentials, tags, folders, parameters that ask the server, lists. */
export function deskWork(chance: Chance, parts: Parts): Call[] {
  const odd = (): string =>
    chance.pick([
      "p'; --ss",
      '$(Str0ng)`x`',
      '<>&"\'{}%00',
      'a|b;c&&d',
      "' OR '1'='1",
      '../../x',
      'päß wörd 密码',
      '{{7*7}}',
      '${HOME}!',
    ]) + chance.word(6);
  const credential = (type: string, data: Record<string, unknown>): Call => ({
    path: '/rest/credentials',
    body: { name: `${chance.pick(["Kunde's", 'Prod', 'Тест', 'select'])} ${type} ${chance.word(3)}`, type, data },
  });
  const calls: Call[] = [];
  for (let round = 0; round < 6; round++) {
    calls.push(
      credential('postgres', {
        host: chance.pick(['10.0.0.5', 'db.internal', 'localhost']),
        database: 'app',
        user: 'n8n',
        password: odd(),
        port: 5432,
        ssl: 'disable',
      }),
      credential('httpHeaderAuth', { name: 'Authorization', value: `Bearer ${chance.word(40)}` }),
      credential('httpBasicAuth', { user: "o'brien@example.com", password: odd() }),
      credential('sshPrivateKey', {
        host: '192.168.1.20',
        port: 22,
        username: 'root',
        privateKey: privateKey(chance),
        passphrase: odd(),
      }),
      credential('openAiApi', {
        apiKey: `sk-proj-${chance.word(48)}`,
        url: 'http://localhost:11434/v1',
        header: false,
      }),
      credential('mongoDb', {
        configurationType: 'connectionString',
        connectionString: `mongodb+srv://app:${encodeURIComponent(odd())}@cluster0.example.net/app?retryWrites=true&w=majority`,
        database: 'app',
      }),
      credential('smtp', { user: 'mailer', password: odd(), host: 'smtp.example.com', port: 465, secure: true }),
      credential('oAuth2Api', {
        grantType: 'authorizationCode',
        authUrl: 'https://idp.example.com/oauth2/authorize?tenant=a',
        accessTokenUrl: 'https://idp.example.com/oauth2/token',
        clientId: chance.uuid(),
        clientSecret: odd(),
        scope: 'openid offline_access https://graph.example.com/.default',
      }),
      credential('ldap', {
        hostname: 'ldap.corp.example',
        port: 389,
        bindDN: 'cn=n8n,ou=svc,dc=corp,dc=example',
        bindPassword: odd(),
        connectionSecurity: 'none',
      }),
      credential('httpCustomAuth', {
        json: JSON.stringify({ headers: { 'X-AUTH-KEY': odd() }, qs: { token: chance.word(12) } }),
      }),
      {
        path: '/rest/tags',
        body: {
          name: `${chance.pick(['prod', 'täglich', 'R&D', 'клиент', "don't touch", '<new>'])} ${chance.word(4)}`.slice(
            0,
            24,
          ),
        },
      },
      {
        path: '/rest/dynamic-node-parameters/options',
        body: {
          path: 'parameters.table',
          nodeTypeAndVersion: { name: 'n8n-nodes-base.postgres', version: 2.6 },
          methodName: 'getSchemas',
          currentNodeParameters: { operation: 'executeQuery', query: chance.pick(parts.sql) },
          credentials: {},
        },
      },
      {
        path: '/rest/dynamic-node-parameters/resource-locator-results',
        body: {
          path: 'parameters.workflowId',
          nodeTypeAndVersion: { name: 'n8n-nodes-base.executeWorkflow', version: 1.2 },
          methodName: 'listSearch',
          currentNodeParameters: { note: chance.pick(parts.expression) },
          filter: "O'Reilly & <Söhne>",
        },
      },
      {
        path: '/rest/workflows/with-node-types',
        body: { nodeTypes: ['n8n-nodes-base.code', '@n8n/n8n-nodes-langchain.agent'] },
      },
      {
        path: '/rest/node-types',
        body: {
          nodeInfos: [
            { name: 'n8n-nodes-base.executeCommand', version: 1 },
            { name: 'n8n-nodes-base.html', version: 1.2 },
          ],
        },
      },
      { path: '/rest/find?name=My%20workflow' },
      {
        path: `/rest/workflows/new?name=${encodeURIComponent(chance.pick(["Bob's workflow", 'union select report', '日報 <draft>', 'C:\\temp & co']))}`,
      },
      {
        path: `/rest/credentials?includeScopes=true&filter=${encodeURIComponent('{"type":["postgres","mySql"],"name":"' + chance.word(5) + '"}')}`,
      },
      {
        path: `/rest/executions?filter=${encodeURIComponent(JSON.stringify({ status: [chance.pick(['error', 'success', 'waiting'])], metadata: [{ key: 'order id', value: "#12; 'x'", exactMatch: false }], startedBefore: `2026-0${1 + chance.below(9)}-01T00:00:00.000Z` }))}&limit=20&lastId=${chance.below(900)}`,
      },
      {
        method: 'PATCH',
        path: '/rest/me',
        body: {
          email: 'olga@example.com',
          firstName: chance.pick(['Olga', 'Ольга', 'Mary-Jane']),
          lastName: chance.pick(["O'Owner", 'Müller & Söhne', 'Null']),
        },
      },
      { method: 'PATCH', path: '/rest/me/settings', body: { easyAIWorkflowOnboarded: true } },
      {
        path: '/rest/me/survey',
        body: {
          version: 'v4',
          personalization_survey_submitted_at: '2026-05-05T10:00:00.000Z',
          personalization_survey_n8n_version: '2.41.1',
          automationGoalDevops: ['ci-cd'],
          companySize: '20-99',
          otherCompanyIndustryExtended: chance.pick(parts.text).slice(0, 60),
        },
      },
      { path: '/rest/expressions/eval', body: { expression: chance.pick(parts.expression) } },
      { path: '/rest/workflow-history/workflow/abc?take=20&skip=0' },
    );
  }
  return calls;
}
