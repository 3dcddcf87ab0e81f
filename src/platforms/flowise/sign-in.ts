import { z } from 'zod';
import { SallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { PlatformSession, PlatformSignIn, PlatformSignInDeps } from '../platforms.ts';
import { createRestClient, expectAnswer, type RestAnswer } from '../rest-client.ts';

/** Cookies count only together with this header; without the other, a production Flowise sets no session cookie over plain HTTP. */
export const flowiseHeaders = { 'x-request-from': 'internal', 'x-forwarded-proto': 'https' } as const;

const cookieNames = ['token', 'refreshToken', 'connect.sid'] as const;
/** Its token lives for an hour; the gate signs in again a little before. */
const sessionMs = 55 * 60_000;

const version = z.object({ version: z.string().max(50) });

/** Signs in as the one account the free edition of Flowise has. People cannot have accounts of their own there. */
export function createFlowiseSignIn(deps: PlatformSignInDeps): PlatformSignIn {
  const call = createRestClient(deps);
  const post = (path: string, json: unknown, signal: AbortSignal): Promise<RestAnswer> =>
    call({ method: 'POST', path, headers: flowiseHeaders, json }, signal);
  return {
    async isUnclaimed(signal) {
      // What the sign-in page asks to know where to go: an instance without an organization sends to its set-up.
      const answer = await post('/api/v1/auth/resolve', {}, signal);
      const { redirectUrl } = expectAnswer(
        answer,
        z.object({ redirectUrl: z.string() }),
        'ask Flowise whether it is set up',
      );
      return redirectUrl.includes('/organization-setup');
    },
    async claim(person, signal) {
      const password = new Secret(`A1a!${deps.random(24).toString('base64url')}`);
      const name = `${person.firstName} ${person.lastName}`.trim() || 'Owner';
      const user = { name, email: person.email, credential: password.reveal() };
      expectAnswer(await post('/api/v1/account/register', { user }, signal), z.unknown(), 'claim Flowise');
      return password;
    },
    createAccount() {
      const message = 'Cannot make an account in Flowise: its free edition has one user';
      return Promise.reject(new SallyportError('platforms.refused', message, { detail: message }));
    },
    async signIn({ email, password }, signal) {
      const answer = await post('/api/v1/auth/login', { email, password: password.reveal() }, signal);
      expectAnswer(answer, z.object({ id: z.string() }), 'sign in to Flowise');
      return sessionOf(answer, email);
    },
    async signOut(session, signal) {
      await call(
        {
          method: 'POST',
          path: '/api/v1/account/logout',
          headers: { ...flowiseHeaders, ...session.headers },
          json: {},
        },
        signal,
      );
    },
    async version(signal) {
      const answer = await call({ method: 'GET', path: '/api/v1/version' }, signal);
      return expectAnswer(answer, version, 'read the version of Flowise').version;
    },
  };
}

function sessionOf(answer: RestAnswer, email: string): PlatformSession {
  const pairs = cookieNames.flatMap(name => {
    const cookie = answer.cookies.get(name);
    return cookie ? [`${name}=${cookie.value.reveal()}`] : [];
  });
  if (!answer.cookies.has('token')) {
    const message = 'Cannot sign in to Flowise: it set no session cookie';
    throw new SallyportError('platforms.refused', message, { detail: 'The platform refused the sign-in.' });
  }
  return {
    account: email.toLowerCase(),
    headers: { cookie: new Secret(pairs.join('; ')) },
    expiresAt: Date.now() + sessionMs,
  };
}
