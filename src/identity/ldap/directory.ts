import { createLimiter } from '../../core/limiter.ts';
import type { CreateDirectory } from '../federation/federation.ts';
import type { DirectoryGround } from './authenticate.ts';
import { authenticate, refusalUnasked, refused } from './authenticate.ts';
import { directoryError } from './escape.ts';
import { lookUp } from './look-up.ts';
import { probeDirectory } from './probe.ts';
import { createTrust } from './transport.ts';

const activeMax = 16;
const waitingMax = 500;

/** A directory by LDAPv3 (RFC 4511). Every call opens its own connections and closes them; at most 16 calls run at once. */
export const createDirectory: CreateDirectory = (settings, deps) => {
  const ground: DirectoryGround = { settings, deps, trust: createTrust(settings) };
  const limit = createLimiter({ activeMax, waitingMax, code: 'identity.busy' });
  return {
    authenticate: async ({ login, password }, signal) => {
      const refusal = refusalUnasked(login, password);
      return refusal
        ? refused(refusal)
        : limit(() => inTime(signal, authenticate(ground, { login, password }, signal)));
    },
    lookUp: (subjects, signal) => limit(() => inTime(signal, lookUp(ground, subjects, signal))),
    probe: (input, signal) => probeDirectory(ground, input, signal),
  };
};

/** A caller's time limit that ran out is a directory that did not answer; a caller that gave up is its own reason. */
async function inTime<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error !== signal.reason || !(error instanceof DOMException) || error.name !== 'TimeoutError') throw error;
    throw directoryError('Cannot ask the directory: no answer in the time that was given', error);
  }
}
