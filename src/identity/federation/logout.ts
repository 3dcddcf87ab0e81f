import { SallyportError } from '../../core/errors.ts';
import { systemPrincipal } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import type { Ground } from '../ground.ts';
import { change } from '../ground.ts';
import { endSessions } from '../sessions.ts';
import { findLink } from './arrive.ts';
import type { Connection, Connections } from './connections.ts';
import { addressesOf, notOffered } from './connections.ts';
import type { Dispatch, SamlMessage } from './federation.ts';
import { newFlowTokens, takeOnce } from './flows.ts';
import { forgetPendingsOf, providerSessions } from './links.ts';
import { keepsakeContext } from './origin.ts';
import { getProviderRow } from './providers.ts';

/** OIDC Back-Channel Logout 1.0 section 2.7: sessions end before the answer. A token counts once. */
export async function backChannelLogout(
  ground: Ground,
  connections: Connections,
  told: { slug: string; token: string; signal: AbortSignal },
): Promise<number> {
  const connection = connections.of(await getProviderRow(ground.db, { slug: told.slug }));
  if (connection.kind !== 'oidc') throw notOffered(connection.provider);
  const { provider } = connection;
  const said = await connection.party.readLogoutToken(told.token, told.signal);
  if (!(await takeOnce(ground, `oidc-logout:${provider.id}`, said.id, said.expiresAt))) {
    throw new SallyportError(
      'identity.provider_refused',
      `Refused a logout token of "${provider.slug}": it was taken before`,
    );
  }
  return endNamed(ground, provider.id, {
    subject: said.subject,
    sessions: said.session === null ? [] : [said.session],
  });
}

/** SAML single logout: a request of the provider ends sessions here and is answered; an answer to ours ends there. */
export async function singleLogout(
  ground: Ground,
  connections: Connections,
  told: { slug: string; message: SamlMessage },
): Promise<Dispatch | null> {
  const connection = connections.of(await getProviderRow(ground.db, { slug: told.slug }));
  if (connection.kind !== 'saml') throw notOffered(connection.provider);
  const { provider } = connection;
  const said = await connection.partner.readLogout(told.message);
  if (said.kind === 'response') {
    ground.log.info('federation.logout_answered', { provider: provider.slug, isDone: said.isDone });
    return null;
  }
  if (!(await takeOnce(ground, `saml-logout:${provider.id}`, said.id, ground.now() + logoutKeptMs))) {
    return said.answer(false);
  }
  await endNamed(ground, provider.id, { subject: said.subject, sessions: said.sessions });
  return said.answer(true);
}

const logoutKeptMs = 24 * 3_600_000;

/**
 * Ends what a sign-out message names: of a subject alone all sessions begun there; of sessions those, and only the subject's when it names
 * both. What waits for a second factor is void too.
 */
async function endNamed(
  ground: Ground,
  providerId: string,
  named: { subject: string | null; sessions: readonly string[] },
): Promise<number> {
  const upstream = named.sessions.slice(0, 100);
  if (named.subject === null && upstream.length === 0) return 0;
  return change(ground, async work => {
    const link = named.subject === null ? undefined : await findLink(work.tx, providerId, named.subject);
    if (named.subject !== null && link === undefined) return 0;
    const rows = await providerSessions(work, {
      providerId,
      ...(link === undefined ? {} : { userId: link.user_id }),
      ...(upstream.length === 0 ? {} : { upstream }),
    });
    if (link) await work.tx.deleteFrom('identity_pendings').where('user_id', '=', link.user_id).execute();
    else await forgetPendingsOf(work, providerId);
    return endSessions(work, rows, { by: systemPrincipal, reason: () => 'provider_logout' });
  });
}

/** Where the person of a session goes to sign out at the provider too. Nothing that fails there keeps anybody from signing out here. */
export async function beginLogout(
  ground: Ground,
  connections: Connections,
  asked: { sessionId: string; returnTo: string; signal: AbortSignal },
): Promise<Dispatch | null> {
  const row = await ground.db
    .selectFrom('identity_sessions')
    .selectAll()
    .where('id', '=', asked.sessionId)
    .executeTakeFirst();
  if (!row?.provider_id) return null;
  // The keepsake is with the session that was signed in to, not with those handed off from it.
  const root = row.parent_id === null ? row : await parentOf(ground, row.parent_id);
  if (!root?.keepsake) return null;
  const keepsake = ground.vault.open(root.keepsake, keepsakeContext(row.provider_id));
  try {
    const connection = connections.of(await getProviderRow(ground.db, { id: row.provider_id }));
    return await dispatchFor(ground, connection, { ...asked, keepsake });
  } catch (error) {
    ground.log.warn('federation.logout_failed', { error });
    return null;
  }
}

const parentOf = (ground: Ground, id: string) =>
  ground.db.selectFrom('identity_sessions').select('keepsake').where('id', '=', id).executeTakeFirst();

async function dispatchFor(
  ground: Ground,
  connection: Connection,
  asked: { keepsake: Secret; returnTo: string; signal: AbortSignal },
): Promise<Dispatch | null> {
  const { state } = newFlowTokens(ground);
  if (connection.kind === 'oidc') {
    const returnTo = addressesOf(ground, connection.provider.slug).signedOut;
    const url = await connection.party.logoutUrl(asked.keepsake, { state, returnTo }, asked.signal);
    return url === null ? null : { kind: 'redirect', url };
  }
  if (connection.kind !== 'saml' || connection.provider.settings.sloUrl === null) return null;
  const out = await connection.partner.beginLogout(asked.keepsake, { relayState: state });
  return out?.dispatch ?? null;
}
