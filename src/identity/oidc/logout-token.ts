import { errors } from 'jose';
import { SallyportError } from '../../core/errors.ts';
import { printable } from '../email.ts';
import type { RelyingParty } from '../federation/federation.ts';
import type { OidcSettings } from '../provider-settings.ts';
import type { KeySet } from './key-set.ts';

type LogoutToken = Awaited<ReturnType<RelyingParty['readLogoutToken']>>;

const event = 'http://schemas.openid.net/event/backchannel-logout';
const ageSMax = 600;

/**
 * Checks a logout token whole (OpenID Connect Back-Channel Logout 1.0 section 2.6): signature, typ, iss, aud, iat, exp, jti, the event, sid or
 * sub, and no nonce, so that no ID token passes for one. Throws `identity.provider_refused`.
 */
export async function readLogoutToken(
  token: string,
  by: { readonly settings: OidcSettings; readonly keys: KeySet },
  signal: AbortSignal,
): Promise<LogoutToken> {
  const { clientId, issuer } = by.settings;
  try {
    const { payload } = await by.keys.verify(
      token,
      {
        ...{ issuer, audience: clientId, typ: 'logout+jwt', maxTokenAge: ageSMax },
        requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti', 'events'],
      },
      signal,
    );
    const { events, exp, jti, nonce, sid, sub } = payload;
    if (nonce !== undefined) throw refused('a nonce, which only ID tokens have');
    if (!isEvent(events)) throw refused('no logout event');
    if (!isText(jti) || typeof exp !== 'number') throw refused('no jti or exp');
    const isNamed = (sid === undefined || isText(sid)) && (sub === undefined || isText(sub));
    if (!isNamed || (sid === undefined && sub === undefined)) throw refused('neither sid nor sub');
    return { subject: sub ?? null, session: isText(sid) ? sid : null, id: jti, expiresAt: exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused(error.message, error);
    throw error;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 500;

function isEvent(events: unknown): boolean {
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, event)) return false;
  const body = (events as Record<string, unknown>)[event];
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function refused(why: string, cause?: unknown): SallyportError {
  const message = `Cannot take a logout token: ${printable(why, 300)}`;
  return new SallyportError('identity.provider_refused', message, cause === undefined ? {} : { cause });
}
