import { decidePerson, globalRoleOf } from '../../access/access.ts';
import { isSallyportError } from '../../core/errors.ts';
import type { AccessToken, ClientCredential, MachineScope, ServiceAccount } from '../../identity/identity.ts';
import type { Operation, OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers, ReadonlyDeep } from './handler.ts';
import { demand, demandDecision, denied, invalid } from './handler.ts';
import { clearAfter } from './leaving.ts';

type MachineOperation = Extract<Operation, `machines.${string}`>;
type AccountShape = ReadonlyDeep<OperationOutput<'machines.create'>>;
type CredentialShape = ReadonlyDeep<OperationOutput<'machines.addKey'>>;
type TokenShape = ReadonlyDeep<OperationOutput<'machines.listTokens'>>['tokens'][number];

/**
 * Service accounts and what they hold. Their owner manages them, and whoever manages that person; only the owner makes secrets and keys, since
 * whoever holds one does what the owner may.
 */
export function machineHandlers(deps: AdminDeps): Handlers<MachineOperation> {
  const { identity } = deps;
  const { machines } = identity;
  const { scopeOf } = sitesOf(deps);
  return {
    async 'machines.list'({ caller }, { query }) {
      const own = caller.kind === 'person' ? caller.user.id : undefined;
      const ownerId = query.ownerId ?? (query.all === 'true' ? undefined : own);
      if (ownerId !== own || own === undefined) await demand(caller, 'user.read');
      const { search } = query;
      const given = { ...(ownerId === undefined ? {} : { ownerId }), ...(search === undefined ? {} : { search }) };
      return { accounts: (await machines.list(given)).map(toAccount) };
    },
    async 'machines.create'({ caller }, { body }) {
      const ownerId = body.ownerId ?? (caller.kind === 'person' ? caller.user.id : undefined);
      if (ownerId === undefined) throw invalid('ownerId', 'want the person who answers for it');
      await demandMayManage(deps, caller, ownerId);
      const scope = await scopeOf(body);
      return toAccount(await machines.create(caller.principal, { name: body.name, ownerId, scope }));
    },
    async 'machines.get'({ caller }, { params }) {
      const account = await machines.get(params.id);
      if (caller.kind === 'person' && caller.user.id !== account.ownerId) await demand(caller, 'user.read');
      const [credentials, tokens] = await Promise.all([
        machines.listCredentials(account.id),
        machines.listTokens({ clientId: account.id }),
      ]);
      return {
        account: toAccount(account),
        credentials: credentials.map(toCredential),
        tokens: tokens.map(toToken),
      };
    },
    async 'machines.update'({ caller }, { body, params }) {
      let account = await machines.get(params.id);
      await demandMayManage(deps, caller, account.ownerId);
      // Nobody is made to answer for an account by somebody who could not manage them.
      if (body.ownerId !== undefined && body.ownerId !== account.ownerId) await demandOver(deps, caller, body.ownerId);
      const { disabled, name, ownerId } = body;
      const wanted = { ...account.scope, ...given(body) };
      const scope = body.sites === undefined ? wanted : await scopeOf({ ...wanted, sites: body.sites });
      const change = { ...(name === undefined ? {} : { name }), ...(ownerId === undefined ? {} : { ownerId }), scope };
      account = await machines.update(caller.principal, account.id, change);
      if (disabled !== undefined) account = await machines.setDisabled(caller.principal, account.id, disabled);
      return toAccount(account);
    },
    async 'machines.delete'({ caller, signal }, { params }) {
      const account = await machines.get(params.id);
      await demandMayManage(deps, caller, account.ownerId);
      await machines.delete(caller.principal, account.id);
      await clearAfter(deps, caller.principal, account.id, signal);
      return {};
    },
    ...credentialHandlers(deps),
    ...tokenHandlers(deps),
  };
}

function credentialHandlers(
  deps: AdminDeps,
): Handlers<'machines.createSecret' | 'machines.addKey' | 'machines.revokeCredential'> {
  const { machines } = deps.identity;
  return {
    async 'machines.createSecret'({ caller }, { body, params }) {
      const { expiresAt, name, overlapMs, replaces } = body;
      demandOwn(caller, await machines.get(params.id));
      const { credential, secret } = await machines.createSecret(caller.principal, {
        ...{ userId: params.id, name, expiresAt, overlapMs },
        ...(replaces === undefined ? {} : { replaces }),
      });
      return { credential: toCredential(credential), secret: secret.reveal() };
    },
    async 'machines.addKey'({ caller }, { body, params }) {
      demandOwn(caller, await machines.get(params.id));
      return toCredential(await machines.addKey(caller.principal, { userId: params.id, ...body }));
    },
    async 'machines.revokeCredential'({ caller }, { params }) {
      const account = await machines.get(params.id);
      await demandMayManage(deps, caller, account.ownerId);
      await machines.revokeCredential(caller.principal, account.id, params.credentialId);
      return {};
    },
  };
}

function tokenHandlers(
  deps: AdminDeps,
): Handlers<'machines.listTokens' | 'machines.revokeToken' | 'machines.delegate'> {
  const { machines } = deps.identity;
  const { scopeOf } = sitesOf(deps);
  return {
    async 'machines.listTokens'({ caller }, { query }) {
      const own = caller.kind === 'person' ? caller.user.id : undefined;
      const userId = query.userId ?? own;
      if (userId === undefined) throw invalid('userId', 'want whose tokens');
      if (userId !== own) await demand(caller, 'user.read');
      return { tokens: (await machines.listTokens({ userId })).map(toToken) };
    },
    async 'machines.revokeToken'({ caller }, { params }) {
      const token = await machines.getToken(params.id);
      const isOwn = caller.kind === 'person' && caller.user.id === token.userId;
      if (!isOwn) await demandMayManage(deps, caller, (await machines.get(token.clientId)).ownerId);
      await machines.revokeToken(caller.principal, token.id);
      return {};
    },
    async 'machines.delegate'({ caller }, { body }) {
      if (caller.kind !== 'person') throw denied('delegation', 'only a person can let a program act in their name.');
      const { agentId, expiresAt } = body;
      const scope = await scopeOf(body);
      const input = { userId: caller.user.id, agentId, scope, expiresAt };
      const made = await machines.createSubjectToken(caller.principal, input);
      return { token: made.token.reveal(), expiresAt: made.expiresAt };
    },
  };
}

function sitesOf({ sites }: AdminDeps): { scopeOf(body: MachineScope): Promise<MachineScope> } {
  return {
    async scopeOf({ paths, permissions, sites: named }) {
      const found = await Promise.all(named.map(site => sites.get(site)));
      return { sites: found.map(site => site.id), paths, permissions };
    },
  };
}

const given = (body: {
  paths?: readonly string[] | undefined;
  permissions?: MachineScope['permissions'] | undefined;
}) => ({
  ...(body.paths === undefined ? {} : { paths: body.paths }),
  ...(body.permissions === undefined ? {} : { permissions: body.permissions }),
});

/** Throws `access.denied` unless it is the caller's own, or its owner's is an account that the caller manages. */
async function demandMayManage(deps: AdminDeps, caller: Caller, ownerId: string): Promise<void> {
  if (caller.kind === 'person' && caller.user.id !== ownerId) await demandOver(deps, caller, ownerId);
}

async function demandOver(deps: AdminDeps, caller: Caller, ownerId: string): Promise<void> {
  if (caller.kind === 'operator') return;
  let current = null;
  try {
    const { role } = await deps.identity.getUser(ownerId);
    // Who is Owner by a group or for a time is one as well.
    const entry = deps.roster.entry(ownerId);
    current = entry === undefined ? role : globalRoleOf(entry, caller.now);
  } catch (error) {
    // Its owner is gone: whoever manages people may.
    if (!isSallyportError(error, 'identity.user_not_found')) throw error;
  }
  demandDecision(decidePerson(caller.subject, { current }, caller.now), 'user.manage');
}

/** Whoever holds a secret does what its owner may: nobody gets one of somebody else's by the browser. */
function demandOwn(caller: Caller, account: ServiceAccount): void {
  if (caller.kind === 'person' && caller.user.id !== account.ownerId) {
    throw denied('client secret', 'only the owner of a service account makes its secrets and keys.');
  }
}

function toAccount({ owner, scope, ...account }: ServiceAccount): AccountShape {
  const shown = owner.state === 'gone' ? { state: owner.state, name: null, email: null } : owner;
  return { ...account, ...scope, owner: shown };
}

function toCredential(credential: ClientCredential): CredentialShape {
  const { id, kind, name, prefix, createdAt, expiresAt, lastUsedAt } = credential;
  return { id, kind, name, prefix, createdAt, expiresAt, lastUsedAt };
}

function toToken({ scope, ...token }: AccessToken): TokenShape {
  return { ...token, ...scope };
}
