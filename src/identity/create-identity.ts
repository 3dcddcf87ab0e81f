import { findAccount, getAccount } from './accounts.ts';
import * as apiKeys from './api-keys.ts';
import type { IdentityConfig } from './config.ts';
import { foldEmail } from './email.ts';
import {
  beginEnrolment,
  beginTotp,
  confirmEnrolment,
  confirmTotp,
  makeRecoveryCodesFor,
  removeTotp,
} from './enrolment.ts';
import type { Protocols } from './federation/connections.ts';
import { createConnections } from './federation/connections.ts';
import { createSignOn } from './federation/create-sign-on.ts';
import { createDirectories } from './federation/directories.ts';
import { isVouched } from './federation/refresh.ts';
import type { Ground, IdentityDeps } from './ground.ts';
import { createGroups } from './groups/create-groups.ts';
import { issueHandoff, redeemHandoff } from './handoffs.ts';
import type { Identity } from './identity.ts';
import { disableInactive } from './inactivity/inactivity.ts';
import { createDirectory } from './ldap/directory.ts';
import { inspectLink, issueLink, redeemLink } from './links.ts';
import { createMachines } from './machines/create-machines.ts';
import { loadTokens, sweepTokens, touchTokens } from './machines/token-rows.ts';
import { listNotices, readNotices, urgentNotices } from './notices/notices.ts';
import { createRelyingParty } from './oidc/relying-party.ts';
import { createPasskeys } from './passkeys/create-passkeys.ts';
import { factorsOf, resetFactors } from './passkeys/factors.ts';
import { createPasswordHasher } from './password-hash.ts';
import { createStrength } from './passwords/strength.ts';
import { beginFurtherEnrolment, inspectPending } from './pending-look.ts';
import * as people from './people.ts';
import { endWeakSessions } from './policy/held-sessions.ts';
import { countWithout, demandOf, readMfaPolicy, setMfaPolicy } from './policy/mfa-policy.ts';
import { createSamlKeys } from './saml/key-pair.ts';
import { showSamlKeys, stepSamlKeys } from './saml/key-roll.ts';
import { readSamlMetadata } from './saml/metadata.ts';
import { createSamlPartner } from './saml/partner.ts';
import { createScim } from './scim/create-scim.ts';
import * as keeping from './session-keeping.ts';
import { answerTotp, reauthenticate, signIn } from './sign-in.ts';
import { createSteadyTime } from './steady-time.ts';

const realProtocols: Protocols = {
  ...{ createDirectory, createRelyingParty, createSamlPartner },
  ...{ createSamlKeys, stepSamlKeys, showSamlKeys, readSamlMetadata },
};

/** Identity over its own tables. Holds nothing in memory but the queue of password computations: every node gives the same answers. */
export function createIdentity(config: IdentityConfig, deps: IdentityDeps): Identity {
  const ground: Ground = {
    ...deps,
    config,
    now: createSteadyTime(deps.clock),
    passwords: createPasswordHasher(config.passwords, deps.random),
    strength: deps.strength ?? createStrength(),
  };
  const protocols: Protocols = { ...realProtocols, ...deps.protocols };
  const connections = createConnections(ground, protocols);
  const directories = createDirectories(ground, connections);
  return {
    countOwners: () => people.countOwners(ground),
    listUsers: (query = {}) => people.listUsers(ground, query),
    getUser: async id => (await getAccount(ground.db, id)).user,
    findUserByEmail: async email => (await findAccount(ground.db, { norm: foldEmail(email) }))?.user,
    createUser: (by, input) => people.createUser(ground, by, input),
    setRole: (by, userId, role) => people.setRole(ground, by, userId, role),
    setDisabled: (by, userId, disabled) => people.setDisabled(ground, by, userId, disabled),
    deleteUser: (by, userId) => people.deleteUser(ground, by, userId),
    updateProfile: (by, userId, input) => people.updateProfile(ground, by, userId, input),

    issueLink: (by, input) => issueLink(ground, by, input),
    inspectLink: token => inspectLink(ground, token),
    redeemLink: (token, input, ctx) => redeemLink(ground, token, input, ctx),

    signIn: (input, ctx) => signIn(ground, input, ctx, directories),
    answerTotp: (input, ctx) => answerTotp(ground, input, ctx),
    inspectPending: pending => inspectPending(ground, pending),
    beginEnrolment: pending => beginEnrolment(ground, pending),
    confirmEnrolment: (input, ctx) => confirmEnrolment(ground, input, ctx),

    changePassword: (by, input) => people.changePassword(ground, by, input),
    beginTotp: userId => beginTotp(ground, userId),
    confirmTotp: (by, input) => confirmTotp(ground, by, input),
    removeTotp: (by, userId) => removeTotp(ground, by, userId),
    makeRecoveryCodes: (by, userId) => makeRecoveryCodesFor(ground, by, userId),

    findSession: (token, host) => keeping.findSession(ground, token, host),
    listSessions: query => keeping.listSessions(ground, query),
    endSession: (by, sessionId, reason) => keeping.endSession(ground, by, sessionId, reason),
    endAllSessions: (by, userId, reason, keepSessionId) =>
      keeping.endAllSessions(ground, by, { userId, reason, keep: keepSessionId }),
    reauthenticate: (input, ctx) => reauthenticate(ground, input, ctx, directories),
    beginFurtherEnrolment: (sessionId, ctx) => beginFurtherEnrolment(ground, sessionId, ctx),
    issueHandoff: (sessionId, host) => issueHandoff(ground, sessionId, host),
    redeemHandoff: (code, ctx) => redeemHandoff(ground, code, ctx),
    touchSessions: seen => keeping.touchSessions(ground, seen),
    createApiKey: (by, input) => apiKeys.createApiKey(ground, by, input),
    listApiKeys: query => apiKeys.listApiKeys(ground, query),
    getApiKey: id => apiKeys.getApiKey(ground, id),
    revokeApiKey: (by, id) => apiKeys.revokeApiKey(ground, by, id),
    rotateApiKey: (by, input) => apiKeys.rotateApiKey(ground, by, input),
    async touchApiKeys(used) {
      await apiKeys.touchApiKeys(ground, used);
      await touchTokens(ground, used);
    },
    machines: createMachines(ground),
    groups: createGroups(ground),
    signOn: createSignOn(ground, { connections, protocols }),
    scim: createScim(ground),
    passkeys: createPasskeys(ground, (sessionId, signal) => isVouched(ground, connections, { sessionId, signal })),
    factors: userId => factorsOf(ground, userId),
    resetFactors: (by, userId) => resetFactors(ground, by, userId),
    notices: {
      list: userId => listNotices(ground, userId),
      urgent: userId => urgentNotices(ground, userId),
      read: userId => readNotices(ground, userId),
    },
    mfaPolicy: {
      get: () => readMfaPolicy(ground, ground.db),
      set: (by, input) => setMfaPolicy(ground, by, input),
      demandOf: async userId => demandOf(ground, ground.db, await getAccount(ground.db, userId)),
      endWeakSessions: userIds => endWeakSessions(ground, userIds),
      countWithout: () => countWithout(ground),
    },
    disableInactive: exempt => disableInactive(ground, exempt),
    async sweep() {
      await sweepTokens(ground);
      return keeping.sweep(ground);
    },
    load: async () => ({
      ...(await keeping.load(ground)),
      apiKeys: [...(await apiKeys.loadApiKeys(ground)), ...(await loadTokens(ground))],
    }),
  };
}
