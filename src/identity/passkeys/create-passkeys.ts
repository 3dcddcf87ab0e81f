import type { Ground } from '../ground.ts';
import { isDomain, namesOf } from './ceremonies.ts';
import * as entry from './entry.ts';
import * as own from './own.ts';
import type { Passkeys } from './passkeys.ts';
import { rowsOf, toPasskey } from './rows.ts';

const askMsMax = 10_000;

/**
 * Passkeys over identity's own tables. `isVouched` says whether the directory that somebody comes from still knows them; where it does not, the
 * session is ended by then.
 */
export function createPasskeys(
  ground: Ground,
  isVouched: (sessionId: string, signal: AbortSignal) => Promise<boolean>,
): Passkeys {
  return {
    get isOffered() {
      return isDomain(namesOf(ground).id);
    },
    list: async userId => (await rowsOf(ground.db, userId)).map(toPasskey),
    begin: input => own.beginOwn(ground, input),
    add: (by, input, ctx) => own.addOwn(ground, by, input, ctx),
    rename: (by, input) => own.renameOwn(ground, by, input),
    remove: (by, input) => own.removePasskey(ground, by, input),
    beginSignIn: browser => entry.beginSignIn(ground, browser),
    async signIn(input, ctx) {
      const step = await entry.signInByPasskey(ground, input, ctx);
      if (step.state !== 'signed_in') return step;
      return (await isVouched(step.session.id, AbortSignal.timeout(askMsMax))) ? step : { state: 'refused' };
    },
    beginSecond: pending => entry.beginSecond(ground, pending),
    answerSecond: (input, ctx) => entry.answerSecond(ground, input, ctx),
    beginEnrolment: pending => entry.beginEnrolment(ground, pending),
    enrol: (input, ctx) => entry.enrolPasskey(ground, input, ctx),
    beginProof: sessionId => entry.beginProof(ground, sessionId),
    prove: (input, ctx) => entry.proveByPasskey(ground, input, ctx),
  };
}
