import { permissionsOf } from '../../access/access.ts';
import { SallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { Session, SignInStep } from '../../identity/identity.ts';
import type { meRoutes } from '../contract/me-routes.ts';
import type { AdminConfig, AdminDeps } from '../deps.ts';
import { drawQr } from '../pages/qr.ts';
import { stepUpMs } from '../problems.ts';
import type { Call, Handlers, PersonCaller } from './handler.ts';
import { leavePlatforms } from './leaving.ts';
import { shownRole, toPerson, toSession } from './shapes.ts';

type MeOperation = keyof typeof meRoutes;

/** What a person does with their own account. */
export function meHandlers(config: AdminConfig, deps: AdminDeps): Handlers<MeOperation> {
  return { ...accountHandlers(config, deps), ...factorHandlers(deps), ...sessionHandlers(deps) };
}

function accountHandlers(
  config: AdminConfig,
  deps: AdminDeps,
): Handlers<'me.get' | 'me.update' | 'me.reauthenticate' | 'me.changePassword'> {
  const { identity } = deps;
  return {
    'me.get': call => describeMe(config, deps, call),

    async 'me.update'({ caller }, { body }) {
      return toPerson(await identity.updateProfile(caller.principal, caller.user.id, body));
    },

    async 'me.reauthenticate'(call, { body }) {
      const password = new Secret(body.password);
      const code = body.code === undefined || body.code === '' ? {} : { code: body.code };
      const input = { sessionId: call.caller.session.id, password, ...code };
      const proof = demandProof(await identity.reauthenticate(input, call.context));
      call.setSession(proof.token);
      return { stepUpUntil: proof.session.authenticatedAt + stepUpMs };
    },

    async 'me.changePassword'({ caller, context }, { body }) {
      const { user, session, principal } = caller;
      const passwords = { current: new Secret(body.current), next: new Secret(body.next) };
      const about = { userId: user.id, keepSessionId: session.id, ctx: context };
      await identity.changePassword(principal, { ...about, ...passwords });
      return {};
    },
  };
}

type FactorOperation = 'me.beginTotp' | 'me.confirmTotp' | 'me.removeTotp' | 'me.makeRecoveryCodes';

function factorHandlers({ identity }: AdminDeps): Handlers<FactorOperation> {
  return {
    async 'me.beginTotp'({ caller }) {
      const { secret, uri } = await identity.beginTotp(caller.user.id);
      return { secret: secret.reveal(), uri: uri.reveal(), qrSvg: drawQr(uri.reveal()).toString() };
    },

    async 'me.confirmTotp'({ caller, context }, { body }) {
      const { user, session, principal } = caller;
      const input = { userId: user.id, code: body.code, keepSessionId: session.id, ctx: context };
      const { recoveryCodes } = await identity.confirmTotp(principal, input);
      return { recoveryCodes: recoveryCodes.map(code => code.reveal()) };
    },

    async 'me.removeTotp'(call) {
      await identity.removeTotp(call.caller.principal, call.caller.user.id);
      // All sessions ended with it, this one too.
      call.setSession(null);
      return {};
    },

    async 'me.makeRecoveryCodes'({ caller }) {
      const codes = await identity.makeRecoveryCodes(caller.principal, caller.user.id);
      return { recoveryCodes: codes.map(code => code.reveal()) };
    },
  };
}

function sessionHandlers(deps: AdminDeps): Handlers<'me.listSessions' | 'me.endSession' | 'me.signOut'> {
  const { identity } = deps;
  return {
    async 'me.listSessions'({ caller }) {
      const sessions = await identity.listSessions({ userId: caller.user.id, includeEnded: true, limit: 100 });
      return { sessions: sessions.map(session => toSession(session, caller.session.id)) };
    },

    async 'me.endSession'(call, { params }) {
      const { user, session, principal } = call.caller;
      const own = await identity.listSessions({ userId: user.id, limit: 500 });
      if (!own.some(candidate => candidate.id === params.id)) {
        throw new SallyportError(
          'identity.session_not_found',
          `Cannot end session "${params.id}": not one of "${user.id}"`,
        );
      }
      await identity.endSession(principal, params.id, 'ended by its owner');
      if (params.id === session.id) call.setSession(null);
      return {};
    },

    async 'me.signOut'(call) {
      await signOut(deps, call.caller, call.signal);
      call.setSession(null);
      return {};
    },
  };
}

/**
 * Ends the session and those of the same sign-in or the same browser on other hosts of the gate: otherwise the one left on the portal would
 * sign the person straight in again. Where in doubt (same network address and user agent) it ends one more. With the last one, the platform
 * sessions that the gate holds for the person end.
 */
export async function signOut(
  deps: Pick<AdminDeps, 'access' | 'identity' | 'platformAccounts'>,
  caller: PersonCaller,
  signal: AbortSignal,
): Promise<void> {
  const { session, user, principal } = caller;
  const others = (await deps.identity.listSessions({ userId: user.id, limit: 500 })).filter(
    other => other.id !== session.id && isSameBrowser(other, session),
  );
  for (const { id } of [session, ...others]) await deps.identity.endSession(principal, id, 'signed out');
  const live = await deps.identity.listSessions({ userId: user.id, limit: 500 });
  if (live.length > 0) return;
  await leavePlatforms(deps, user.id, signal);
}

function isSameBrowser(a: Session, b: Session): boolean {
  return a.authenticatedAt === b.authenticatedAt || (a.clientIp === b.clientIp && a.userAgent === b.userAgent);
}

async function describeMe(config: AdminConfig, deps: AdminDeps, { caller }: Call<PersonCaller>) {
  const { now, roles, subject } = caller;
  const projects = await deps.access.listProjects();
  return {
    person: toPerson(caller.user),
    session: toSession(caller.session, caller.session.id),
    permissions: permissionsOf(subject, undefined, now, roles),
    projects: projects.flatMap(({ id, name }) => {
      const role = shownRole(subject, id, now);
      return role === null ? [] : [{ id, name, role }];
    }),
    mfaCompulsory: (await deps.identity.mfaPolicy.demandOf(caller.user.id)) !== 'none',
    stepUpUntil: caller.session.authenticatedAt + stepUpMs,
    version: config.version,
  };
}

/** A proof again is all or nothing: a missing or wrong factor changes nothing. */
export function demandProof(step: SignInStep): Extract<SignInStep, { state: 'signed_in' }> {
  if (step.state === 'signed_in') return step;
  const retryAfterS = step.state === 'refused' && step.retryAfterMs ? Math.ceil(step.retryAfterMs / 1000) : undefined;
  throw new SallyportError('admin.proof_refused', `Refused: the proof ended in state "${step.state}"`, {
    detail: step.state === 'factor_needed' ? 'The code of the authenticator app is needed too.' : 'Try again.',
    ...(retryAfterS === undefined ? {} : { extensions: { retryAfterS } }),
  });
}
