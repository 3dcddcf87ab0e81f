import { createLimiter } from '../../core/limiter.ts';
import type { CreateDirectory, Directory } from '../federation/federation.ts';
import type { DirectoryGround } from './authenticate.ts';
import { authenticate, refusalUnasked, refused } from './authenticate.ts';
import { lookUp } from './look-up.ts';
import { probeDirectory } from './probe.ts';
import { createTrust } from './transport.ts';

const activeMax = 16;
const waitingMax = 500;

/** A directory by LDAPv3 (RFC 4511). Every call opens its own connections and closes them; at most 16 calls run at once. */
export const createDirectory: CreateDirectory = (settings, deps) => {
  const ground: DirectoryGround = { settings, deps, trust: createTrust(settings) };
  const limit = createLimiter({ activeMax, waitingMax, code: 'identity.busy' });
  const directory: Directory = {
    authenticate: ({ login, password }, signal) => {
      const refusal = refusalUnasked(login, password);
      return refusal
        ? Promise.resolve(refused(refusal))
        : limit(() => authenticate(ground, { login, password }, signal));
    },
    lookUp: (subjects, signal) => limit(() => lookUp(ground, subjects, signal)),
    probe: (input, signal) => probeDirectory(ground, input, signal),
  };
  return directory;
};
