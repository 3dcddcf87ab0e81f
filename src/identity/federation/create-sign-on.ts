import { SallyportError } from '../../core/errors.ts';
import type { Ground } from '../ground.ts';
import { samlSettings } from '../provider-settings.ts';
import { begin, finish } from './browser.ts';
import type { Connections, Protocols } from './connections.ts';
import { addressesOf, notOffered } from './connections.ts';
import { deleteProvider } from './delete-provider.ts';
import type { Provider } from './federation.ts';
import { endProviderSessions, linkByHand, linksOf, unlink } from './links.ts';
import { backChannelLogout, beginLogout, singleLogout } from './logout.ts';
import { ownKeysOf, stepOwnKeys } from './own-keys.ts';
import { createProvider, getProviderRow, listProviders, toProvider, updateProvider } from './providers.ts';
import { createRefresh } from './refresh.ts';
import { reportOn } from './report.ts';
import type { SignOn } from './sign-on.ts';

/** Single sign-on over the tables of this room. */
export function createSignOn(
  ground: Ground,
  { connections, protocols }: { connections: Connections; protocols: Protocols },
): SignOn {
  return {
    list: () => listProviders(ground.db),
    get: async id => toProvider(await getProviderRow(ground.db, { id })),
    create: (by, input, secret) =>
      createProvider(ground, by, { input, secret, makeKeys: () => protocols.createSamlKeys(ground) }),
    async update(by, id, input, secret) {
      const before = toProvider(await getProviderRow(ground.db, { id }));
      const provider = await updateProvider(ground, by, { id, input, secret });
      if (before.enabled && !provider.enabled) {
        await endProviderSessions(ground, by, { providerId: id, reason: 'provider_disabled' });
      }
      return provider;
    },
    delete: (by, id) => deleteProvider(ground, by, id),
    ownKeysOf: id => ownKeysOf(ground, protocols, id),
    stepOwnKeys: (by, id, step) => stepOwnKeys(ground, protocols, { by, id, step }),
    async offered() {
      const all = await listProviders(ground.db);
      return all.filter(one => one.enabled).map(({ id, slug, name, kind }) => ({ id, slug, name, kind }));
    },
    async metadata(slug) {
      const connection = connections.of(await getProviderRow(ground.db, { slug }));
      if (connection.kind !== 'saml') throw notOffered(connection.provider);
      return connection.partner.metadata();
    },
    readMetadata: async xml => readSettings(protocols, xml),
    probe: (id, input, signal) => probe(ground, connections, { id, input, signal }),
    addresses: provider => shownAddresses(ground, provider),

    begin: (slug, input, ctx, signal) => begin(ground, connections, { slug, input, ctx, signal }),
    finish: (slug, answer, ctx, signal) => finish(ground, connections, { slug, answer, ctx, signal }),
    backChannelLogout: (slug, token, signal) => backChannelLogout(ground, connections, { slug, token, signal }),
    singleLogout: (slug, message) => singleLogout(ground, connections, { slug, message }),
    beginLogout: (sessionId, returnTo, signal) => beginLogout(ground, connections, { sessionId, returnTo, signal }),

    linksOf: userId => linksOf(ground, userId),
    link: (by, input) => linkByHand(ground, by, input),
    unlink: (by, input) => unlink(ground, by, input),
    refresh: createRefresh(ground, connections),
  };
}

function readSettings(protocols: Protocols, xml: string): ReturnType<typeof samlSettings.parse> {
  const parsed = samlSettings.safeParse(protocols.readSamlMetadata(xml));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const detail = `metadata: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not usable'}`;
  throw new SallyportError('core.invalid_input', `Cannot use ${detail}`, { detail });
}

/** Never throws: what fails is a step that failed. */
async function probe(
  ground: Ground,
  connections: Connections,
  asked: { id: string; input: Parameters<SignOn['probe']>[1]; signal: AbortSignal },
): ReturnType<SignOn['probe']> {
  const row = await getProviderRow(ground.db, { id: asked.id });
  const provider = toProvider(row);
  try {
    const connection = connections.of(row);
    if (connection.kind === 'oidc') {
      const { callback } = addressesOf(ground, provider.slug);
      const steps = await connection.party.probe({ redirectUri: callback }, asked.signal);
      return await reportOn(ground, provider, { steps, outcome: undefined });
    }
    if (connection.kind === 'saml') {
      const steps = await connection.partner.probe(asked.signal);
      return await reportOn(ground, provider, { steps, outcome: undefined });
    }
    const { login, password } = asked.input;
    const steps = await connection.directory.probe(asked.input, asked.signal);
    if (login === undefined || password === undefined || steps.some(step => !step.ok)) {
      return await reportOn(ground, provider, { steps, outcome: undefined });
    }
    const outcome = await connection.directory.authenticate({ login, password }, asked.signal);
    return await reportOn(ground, provider, { steps, outcome });
  } catch (error) {
    ground.log.warn('federation.probe_failed', { provider: provider.slug, error });
    const detail = error instanceof Error ? error.message.slice(0, 500) : 'it failed';
    const steps = [{ name: 'connect', ok: false, detail }];
    return { steps, identity: null, account: { kind: 'refused', email: null, reason: null }, groups: [] };
  }
}

function shownAddresses(ground: Ground, provider: Provider): Readonly<Record<string, string>> {
  const {
    acs,
    backChannelLogout: logout,
    callback,
    entityId,
    signedOut,
    slo,
    start,
  } = addressesOf(ground, provider.slug);
  switch (provider.kind) {
    case 'ldap':
      return {};
    case 'oidc':
      return { start, redirectUri: callback, backChannelLogout: logout, postLogoutRedirectUri: signedOut };
    case 'saml':
      return { start, entityId, metadata: entityId, assertionConsumerService: acs, singleLogoutService: slo };
    default:
      return provider satisfies never;
  }
}
