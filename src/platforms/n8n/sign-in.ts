import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { PlatformPerson, PlatformSession, PlatformSignIn, PlatformSignInDeps } from '../platforms.ts';
import { createRestClient, expectAnswer, pause, type RestAnswer, type RestClient } from '../rest-client.ts';

const settings = z.object({
  data: z.object({ userManagement: z.object({ showSetupOnFirstLoad: z.boolean().optional() }) }),
});
const account = z.object({ data: z.object({ id: z.string(), email: z.string() }) });
const invited = z.object({
  data: z.array(z.object({ user: z.object({ inviteAcceptUrl: z.string().optional() }) })).max(10),
});
const found = z.object({
  data: z.object({ items: z.array(z.object({ id: z.string(), email: z.string() })).max(200) }),
});
const resetLink = z.object({ data: z.object({ link: z.string() }) });

/** A week, which is how long n8n's cookie lives when it does not say. */
const sessionMs = 7 * 24 * 3_600_000;

/** Far longer than two tokens can be the same. */
const endedKeptMs = 60_000;

/**
 * Signs people in to n8n over its REST API alone: no internals, so an update of n8n changes nothing here. The session is not bound to a
 * browser id, and its cookie never leaves the gate.
 */
export function createN8nSignIn(deps: PlatformSignInDeps): PlatformSignIn {
  const call = createRestClient(deps);
  const readSettings = async (signal: AbortSignal): Promise<z.infer<typeof settings>['data']> => {
    const answer = await call({ method: 'GET', path: '/rest/settings' }, signal);
    // While it starts, n8n answers every path with a page that says so.
    if (typeof answer.body === 'string') throw notReady();
    return expectAnswer(answer, settings, 'read the settings of n8n').data;
  };
  const signInOnce = async (email: string, password: Secret, signal: AbortSignal): Promise<PlatformSession> => {
    const json = { emailOrLdapLoginId: email, password: password.reveal() };
    const answer = await call({ method: 'POST', path: '/rest/login', json }, signal);
    if (typeof answer.body === 'string') throw notReady();
    expectAnswer(answer, account, 'sign in to n8n');
    return sessionOf(answer, email);
  };
  // Sessions that were ended lately, by the digest of their cookie, with the time.
  const ended = new Map<string, number>();
  return {
    async isUnclaimed(signal) {
      return (await readSettings(signal)).userManagement.showSetupOnFirstLoad === true;
    },
    async claim(person, signal) {
      const password = newPassword(deps.random);
      const json = { ...nameOf(person), email: person.email, password: password.reveal() };
      expectAnswer(await call({ method: 'POST', path: '/rest/owner/setup', json }, signal), account, 'claim n8n');
      return password;
    },
    createAccount: (admin, person, signal) => createAccount(call, deps.random, { admin, person, signal }),
    async signIn({ email, password }, signal) {
      // Two sign-ins of an account within a second get the same token from n8n (its times are in seconds), and a token that was
      // signed out stays refused: then the next second is waited for.
      for (let tries = 0; tries < 3; tries++) {
        const session = await signInOnce(email, password, signal);
        if (!ended.has(digestOf(session))) return session;
        await pause(1020 - (Date.now() % 1000), signal);
      }
      return signInOnce(email, password, signal);
    },
    async signOut(session, signal) {
      const now = Date.now();
      for (const [digest, at] of ended) if (now - at > endedKeptMs) ended.delete(digest);
      ended.set(digestOf(session), now);
      await call({ method: 'POST', path: '/rest/logout', headers: session.headers, json: {} }, signal);
    },
    async version(signal) {
      // Strangers are told in the page only; so is the gate, which asks before it has an account.
      const { body } = await call({ method: 'GET', path: '/' }, signal);
      return typeof body === 'string' ? releaseIn(body) : undefined;
    },
  };
}

/** Invites and accepts at once. A person who is known there already gets a new password by the owner's reset link. */
async function createAccount(
  call: RestClient,
  random: PlatformSignInDeps['random'],
  { admin, person, signal }: { admin: PlatformSession; person: PlatformPerson; signal: AbortSignal },
): Promise<Secret> {
  const password = newPassword(random);
  const invitation = { email: person.email, role: 'global:member' };
  const answer = await call(
    { method: 'POST', path: '/rest/invitations', headers: admin.headers, json: [invitation] },
    signal,
  );
  const [made] = expectAnswer(answer, invited, 'invite a person to n8n').data;
  const token = made?.user.inviteAcceptUrl === undefined ? undefined : tokenOf(made.user.inviteAcceptUrl);
  if (token !== undefined) {
    const json = { token: token.reveal(), ...nameOf(person), password: password.reveal() };
    const accepted = await call({ method: 'POST', path: '/rest/invitations/accept', json }, signal);
    expectAnswer(accepted, account, 'accept the invitation to n8n');
    return password;
  }
  const filter = encodeURIComponent(JSON.stringify({ email: person.email.toLowerCase() }));
  const list = await call({ method: 'GET', path: `/rest/users?filter=${filter}`, headers: admin.headers }, signal);
  const user = expectAnswer(list, found, 'look a person up in n8n').data.items.find(
    item => item.email.toLowerCase() === person.email.toLowerCase(),
  );
  if (!user) throw refused('make an account in n8n: it neither invites the person nor knows them');
  const path = `/rest/users/${encodeURIComponent(user.id)}/password-reset-link`;
  const link = await call({ method: 'GET', path, headers: admin.headers }, signal);
  const reset = tokenOf(expectAnswer(link, resetLink, 'get a password link from n8n').data.link);
  if (!reset) throw refused('read the password link of n8n');
  const json = { token: reset.reveal(), password: password.reveal() };
  expectAnswer(
    await call({ method: 'POST', path: '/rest/change-password', json }, signal),
    z.unknown(),
    'set a password in n8n',
  );
  return password;
}

function sessionOf(answer: RestAnswer, email: string): PlatformSession {
  const cookie = answer.cookies.get('n8n-auth');
  if (!cookie) throw refused('sign in to n8n: it set no session cookie');
  const lifeMs = cookie.maxAgeS === undefined ? sessionMs : cookie.maxAgeS * 1000;
  return {
    account: email.toLowerCase(),
    headers: { cookie: new Secret(`n8n-auth=${cookie.value.reveal()}`) },
    expiresAt: Date.now() + lifeMs,
  };
}

const digestOf = ({ headers }: PlatformSession): string =>
  createHash('sha256')
    .update(headers['cookie']?.reveal() ?? '')
    .digest('base64');

/** The page carries, in base64, what its error reporter would send: `{"release":"n8n@2.41.1"}`. */
function releaseIn(page: string): string | undefined {
  const meta = /name="n8n:config:sentry" content="([A-Za-z0-9+/=]{1,2000})"/.exec(page)?.[1];
  if (meta === undefined) return undefined;
  return /"release":"n8n@([0-9A-Za-z.-]{1,40})"/.exec(Buffer.from(meta, 'base64').toString('utf8'))?.[1];
}

function tokenOf(link: string): Secret | undefined {
  const token = URL.canParse(link) ? new URL(link).searchParams.get('token') : null;
  return token === null || token === '' ? undefined : new Secret(token);
}

/** n8n wants eight characters with a digit and an upper-case letter, at most 64. */
function newPassword(random: PlatformSignInDeps['random']): Secret {
  return new Secret(`A1${random(30).toString('base64url')}`);
}

/** Names without what n8n's own check refuses (markup, addresses) and never empty. */
function nameOf(person: PlatformPerson): { firstName: string; lastName: string } {
  const clean = (name: string, other: string): string =>
    name
      .replaceAll(/[^\p{L}\p{M}\p{N} '-]/gu, ' ')
      .trim()
      .slice(0, 32) || other;
  return { firstName: clean(person.firstName, 'Person'), lastName: clean(person.lastName, 'Unnamed') };
}

const refused = (act: string): SallyportError =>
  new SallyportError('platforms.refused', `Cannot ${act}`, { detail: 'The platform refused the sign-in.' });

const notReady = (): SallyportError =>
  new SallyportError('platforms.unreachable', 'Cannot talk to n8n: it is still starting', {
    detail: 'n8n is still starting.',
  });
