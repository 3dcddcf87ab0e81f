import type { OperationOutput } from '../../src/admin/contract/contract.ts';
import { SallyportError } from '../../src/core/errors.ts';
import type { Answers } from './mock-api.ts';
import type { Person } from './sample-people.ts';

type Found = OperationOutput<'machines.get'>;
type Account = Found['account'];
const dayMs = 86_400_000;

/** Service accounts: one at work, one whose owner is disabled, one that is switched off. */
export function machineAnswers(people: readonly Person[], now: number): Answers {
  const account = (id: string, name: string, change: Partial<Account>): Account => {
    const { email, id: ownerId, name: ownerName } = people[0] as Person;
    return {
      ...{ id, name, ownerId, owner: { state: 'active', name: ownerName, email } },
      ...{ sites: ['site-n8n'], paths: ['/rest'], permissions: ['workflow.read', 'workflow.execute'] },
      ...{ disabled: false, createdAt: now - 90 * dayMs, lastUsedAt: now - 120_000 },
      ...change,
    };
  };
  const { email, name } = people[4] as Person;
  const accounts = [
    account('sa_orders', 'Order bot', {}),
    account('sa_export', 'Nightly export', { owner: { state: 'disabled', name, email }, lastUsedAt: now - 40 * dayMs }),
    account('sa_trial', 'Trial of an agent', { disabled: true, lastUsedAt: null }),
  ];
  const find = (id: string | undefined): Account => {
    const found = accounts.find(one => one.id === id);
    if (found === undefined) throw new SallyportError('identity.user_not_found', 'Unknown: sample');
    return found;
  };
  return {
    'machines.list': () => ({ accounts }),
    'machines.get': ({ params }) => detailsOf(find(params['id']), people, now),
    'machines.create': () => find('sa_orders'),
    'machines.update': ({ params, body }) => Object.assign(find(params['id']), body),
    'machines.delete': () => ({}),
    'machines.createSecret': () => ({
      credential: { ...(detailsOf(find('sa_orders'), people, now).credentials[0] as Found['credentials'][number]) },
      secret: 'sp_m_Qx7Lr2Vb9TzKp4NcYw8JfHd3GsMa6EuRt5Bv0WqXk1',
    }),
    'machines.revokeCredential': () => ({}),
    'machines.revokeToken': () => ({}),
  };
}

function detailsOf(account: Account, people: readonly Person[], now: number): Found {
  const credential = { createdAt: now - 60 * dayMs, expiresAt: now + 120 * dayMs, lastUsedAt: now - 120_000 };
  const scope = { sites: account.sites, paths: account.paths, permissions: account.permissions };
  const token = { ...scope, createdAt: now - 120_000, expiresAt: now + 780_000, lastUsedAt: now - 60_000 };
  return {
    account,
    credentials: [
      { id: 'c1', kind: 'secret', name: 'main', prefix: 'sp_m_Qx7L', ...credential },
      { ...credential, id: 'c2', kind: 'key', name: 'build server', prefix: 'w3Yk…9dQ', lastUsedAt: null },
    ],
    tokens: [
      { id: 't1', userId: account.id, clientId: account.id, actors: [], ...token },
      { id: 't2', userId: people[2]?.id ?? '', clientId: account.id, actors: [account.id], ...token },
    ],
  };
}
