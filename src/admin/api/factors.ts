import { SallyportError } from '../../core/errors.ts';
import type { Notice, NoticeKind, Passkey } from '../../identity/identity.ts';
import { passkeysMax } from '../../identity/identity.ts';
import type { OperationOutput } from '../contract/contract.ts';
import type { factorRoutes } from '../contract/factor-routes.ts';
import type { AdminDeps } from '../deps.ts';
import { noticeText } from '../notice-text.ts';
import { stepUpMs } from '../problems.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';
import { demandProof } from './me.ts';
import { asInEffect, demandMayManage, refuseSelf } from './people.ts';

type FactorOperation = keyof typeof factorRoutes;

/** What proves who somebody is: one's own, and what an administrator does for a person who lost theirs. */
export function factorHandlers(deps: AdminDeps): Handlers<FactorOperation> {
  return { ...ownHandlers(deps), ...proofHandlers(deps), ...noticeHandlers(deps), ...peopleHandlers(deps) };
}

function ownHandlers(
  deps: AdminDeps,
): Handlers<'me.getFactors' | 'me.beginPasskey' | 'me.addPasskey' | 'me.renamePasskey' | 'me.removePasskey'> {
  const { passkeys } = deps.identity;
  return {
    'me.getFactors': ({ caller }) => factorsOf(deps, caller.user.id),

    async 'me.beginPasskey'({ caller }) {
      return passkeys.begin({ userId: caller.user.id, sessionId: caller.session.id });
    },

    async 'me.addPasskey'({ caller, context }, { body }) {
      const { user, session, principal } = caller;
      const input = { userId: user.id, sessionId: session.id, name: body.name, answer: body.response };
      const { passkey, recoveryCodes } = await passkeys.add(principal, input, context);
      return { passkey: toPasskey(passkey), recoveryCodes: recoveryCodes.map(code => code.reveal()) };
    },

    async 'me.renamePasskey'({ caller }, { params, body }) {
      return toPasskey(
        await passkeys.rename(caller.principal, { userId: caller.user.id, id: params.id, name: body.name }),
      );
    },

    async 'me.removePasskey'({ caller }, { params }) {
      const { user, session, principal } = caller;
      await passkeys.remove(principal, { userId: user.id, id: params.id, keepSessionId: session.id });
      return {};
    },
  };
}

function proofHandlers({ identity }: AdminDeps): Handlers<'me.beginPasskeyProof' | 'me.reauthenticateByPasskey'> {
  return {
    'me.beginPasskeyProof': ({ caller }) => identity.passkeys.beginProof(caller.session.id),

    async 'me.reauthenticateByPasskey'(call, { body }) {
      const input = { sessionId: call.caller.session.id, answer: body.response };
      const proof = demandProof(await identity.passkeys.prove(input, call.context));
      call.setSession(proof.token);
      return { stepUpUntil: proof.session.authenticatedAt + stepUpMs };
    },
  };
}

function noticeHandlers({ identity }: AdminDeps): Handlers<'me.listNotices' | 'me.readNotices'> {
  return {
    async 'me.listNotices'({ caller }) {
      return { notices: (await identity.notices.list(caller.user.id)).map(toNotice) };
    },

    async 'me.readNotices'({ caller }) {
      await identity.notices.read(caller.user.id);
      return {};
    },
  };
}

function peopleHandlers(
  deps: AdminDeps,
): Handlers<'users.getFactors' | 'users.removePasskey' | 'users.resetFactors' | 'users.endSession'> {
  const { identity } = deps;
  return {
    'users.getFactors': (_, { params }) => factorsOf(deps, params.id),

    async 'users.removePasskey'({ caller }, { params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, user, user.role);
      refuseSelf(caller, user, 'take away your own factor here; it is done in your account');
      await identity.passkeys.remove(caller.principal, { userId: user.id, id: params.passkey });
      return {};
    },

    async 'users.resetFactors'({ caller }, { params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, user, user.role);
      refuseSelf(caller, user, 'take away your own factors here; it is done in your account');
      await identity.resetFactors(caller.principal, user.id);
      return {};
    },

    async 'users.endSession'({ caller }, { params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, asInEffect(deps, user), undefined);
      const live = await identity.listSessions({ userId: user.id, limit: 500 });
      if (!live.some(session => session.id === params.session)) {
        const message = `Cannot end session "${params.session}": not one of "${user.id}"`;
        throw new SallyportError('identity.session_not_found', message);
      }
      await identity.endSession(caller.principal, params.session, 'ended by an administrator');
      return {};
    },
  };
}

async function factorsOf(
  { identity }: AdminDeps,
  userId: string,
): Promise<ReadonlyDeep<OperationOutput<'me.getFactors'>>> {
  const { passkeys, ...others } = await identity.factors(userId);
  return { ...others, passkeys: passkeys.map(toPasskey), passkeysMax };
}

function toPasskey({ id, name, createdAt, lastUsedAt, synced, backedUp }: Passkey) {
  return { id, name, createdAt, lastUsedAt, synced, backedUp };
}

function toNotice(notice: Notice): {
  id: string;
  kind: NoticeKind;
  text: string;
  at: number;
  clientIp: string | null;
  by: string | null;
  read: boolean;
} {
  const { id, kind, at, clientIp, by, readAt } = notice;
  return { id, kind, text: noticeText(notice), at, clientIp, by, read: readAt !== null };
}
