import { Secret } from '../../core/secret.ts';
import type { Provider } from '../../identity/identity.ts';
import type { Operation, OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';
import { demandMayManage } from './people.ts';
import { demandMayKeepProvider, demandMayTrust } from './reach.ts';

type ProviderOperation = Extract<Operation, `providers.${string}` | `links.${string}`>;
type ProviderShape = ReadonlyDeep<OperationOutput<'providers.get'>>;

/** Identity providers, and which accounts there belong to whom here. Secrets go in and never come out. */
export function providerHandlers(deps: AdminDeps): Handlers<ProviderOperation> {
  const { identity } = deps;
  const { signOn } = identity;
  const shape = (provider: Provider) => toShape(provider, signOn.addresses(provider));
  return {
    async 'providers.list'() {
      return { providers: (await signOn.list()).map(shape) };
    },
    async 'providers.get'(_, { params }) {
      return shape(await signOn.get(params.id));
    },
    async 'providers.create'({ caller }, { body }) {
      await demandMayKeepProvider(deps, caller, { id: undefined, domains: body.provider.domains });
      if (body.provider.trustsMfa) demandMayTrust(caller);
      return shape(await signOn.create(caller.principal, body.provider, secretOf(body.secret)));
    },
    async 'providers.update'({ caller }, { body, params }) {
      await demandMayKeepProvider(deps, caller, { id: params.id, domains: body.provider.domains });
      if (body.provider.trustsMfa && !(await signOn.get(params.id)).trustsMfa) demandMayTrust(caller);
      return shape(await signOn.update(caller.principal, params.id, body.provider, secretOf(body.secret)));
    },
    async 'providers.delete'({ caller }, { params }) {
      await demandMayKeepProvider(deps, caller, { id: params.id, domains: [] });
      await signOn.delete(caller.principal, params.id);
      return {};
    },
    async 'providers.listKeys'(_, { params }) {
      return { keys: await signOn.ownKeysOf(params.id) };
    },
    async 'providers.stepKeys'({ caller }, { body, params }) {
      const { domains, id } = await signOn.get(params.id);
      await demandMayKeepProvider(deps, caller, { id, domains });
      return { keys: await signOn.stepOwnKeys(caller.principal, id, body.step) };
    },
    async 'providers.readMetadata'(_, { body }) {
      return { settings: await signOn.readMetadata(body.xml) };
    },
    async 'providers.probe'({ signal }, { body, params }) {
      const { login, password } = body;
      return signOn.probe(
        params.id,
        {
          ...(login === undefined ? {} : { login }),
          ...(password === undefined ? {} : { password: new Secret(password) }),
        },
        signal,
      );
    },
    ...linkHandlers(deps),
  };
}

function linkHandlers(deps: AdminDeps): Handlers<Extract<Operation, `links.${string}`>> {
  const { identity } = deps;
  return {
    async 'links.list'(_, { params }) {
      const { id } = await identity.getUser(params.id);
      return { links: await identity.signOn.linksOf(id) };
    },
    // Whoever says which account elsewhere is this person's can sign in as them: the same right as a recovery link.
    async 'links.create'({ caller }, { body, params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, user, user.role);
      await identity.signOn.link(caller.principal, { userId: user.id, ...body });
      return {};
    },
    async 'links.delete'({ caller }, { params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, user, user.role);
      await identity.signOn.unlink(caller.principal, { userId: user.id, providerId: params.providerId });
      return {};
    },
    async 'links.listOwn'({ caller }) {
      // The operator is no person with an account: there are none.
      return { links: caller.kind === 'person' ? await identity.signOn.linksOf(caller.user.id) : [] };
    },
  };
}

const secretOf = (text: string | undefined): Secret | undefined => (text === undefined ? undefined : new Secret(text));

function toShape(provider: Provider, addresses: Readonly<Record<string, string>>): ProviderShape {
  const { id, slug, hasSecret, createdAt, ...input } = provider;
  return { id, slug, hasSecret, createdAt, provider: input, addresses };
}
