import type { ApiKey } from '../../identity/identity.ts';
import type { Operation, OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers, ReadonlyDeep } from './handler.ts';
import { demand, denied, invalid } from './handler.ts';

type KeyOperation = Extract<Operation, `keys.${string}`>;
type KeyShape = ReadonlyDeep<OperationOutput<'keys.create'>>['key'];

/** A person's own keys; those of others may be seen and revoked by who may see and manage people, and never made. */
export function keyHandlers(deps: AdminDeps): Handlers<KeyOperation> {
  const { identity, sites } = deps;

  /** Whether a key of this account would be the caller's own: theirs, or that of a service account they answer for. */
  async function isOwn(caller: Caller, userId: string): Promise<boolean> {
    if (caller.kind !== 'person' || caller.user.id === userId) return true;
    return (await identity.getUser(userId)).ownerId === caller.user.id;
  }

  /** A key acts in its owner's name: nobody gets one of somebody else's by the browser. */
  async function demandOwn(caller: Caller, userId: string): Promise<void> {
    if (!(await isOwn(caller, userId))) throw denied('api key', 'a key acts in its owner’s name.');
  }

  return {
    async 'keys.list'({ caller }, { query }) {
      const own = caller.kind === 'person' ? caller.user.id : undefined;
      const userId = query.userId ?? own;
      if (userId !== own && !(userId !== undefined && (await isOwn(caller, userId)))) await demand(caller, 'user.read');
      const keys = await identity.listApiKeys({
        includeEnded: query.ended === 'true',
        ...(userId === undefined ? {} : { userId }),
      });
      return { keys: keys.map(toShape) };
    },

    async 'keys.create'({ caller }, { body }) {
      const { expiresAt, name, paths, permissions, userId } = body;
      const owner = userId ?? (caller.kind === 'person' ? caller.user.id : undefined);
      if (owner === undefined) throw invalid('userId', 'want the person whose key it is');
      await demandOwn(caller, owner);
      const found = await Promise.all(body.sites.map(site => sites.get(site)));
      const made = await identity.createApiKey(caller.principal, {
        ...{ userId: owner, name, paths, permissions, expiresAt },
        sites: found.map(site => site.id),
      });
      return { key: toShape(made.key), token: made.token.reveal() };
    },

    async 'keys.rotate'({ caller }, { body, params }) {
      await demandOwn(caller, (await identity.getApiKey(params.id)).userId);
      const made = await identity.rotateApiKey(caller.principal, { id: params.id, ...body });
      return { key: toShape(made.key), token: made.token.reveal() };
    },

    async 'keys.revoke'({ caller }, { params }) {
      const { userId } = await identity.getApiKey(params.id);
      if (!(await isOwn(caller, userId))) await demand(caller, 'user.manage');
      await identity.revokeApiKey(caller.principal, params.id);
      return {};
    },
  };
}

function toShape(key: ApiKey): KeyShape {
  const { tokenHash: _hidden, ...shown } = key;
  return shown;
}
