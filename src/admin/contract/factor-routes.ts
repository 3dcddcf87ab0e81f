import { z } from 'zod';
import type { Route } from './route.ts';
import { done, id, idParams, timestamp } from './schemas.ts';

const passkeyName = z.string().trim().min(1).max(60);

/** A passkey as shown: never its public key or credential id. */
export const passkey = z.strictObject({
  id,
  name: z.string(),
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
  synced: z.boolean().describe('Whether its provider can copy it to further devices'),
  backedUp: z.boolean().describe('Whether it is kept safe elsewhere now, so that losing the device does not lose it'),
});

/** What proves who somebody is. */
export const factors = z.strictObject({
  hasPassword: z.boolean(),
  totp: z.strictObject({ createdAt: timestamp }).nullable(),
  passkeys: z.array(passkey),
  passkeysMax: z.number().int(),
  recoveryCodesLeft: z.number().int(),
  demand: z
    .enum(['none', 'mfa', 'phishing_resistant'])
    .describe('What policy wants of this person at sign-in: nothing more, a second factor, or a passkey'),
});

/** The JSON forms of WebAuthn Level 3 section 5.1: a browser parses and makes them (`parseCreationOptionsFromJSON`, `toJSON`). */
const options = z.strictObject({ publicKey: z.looseObject({ challenge: z.string() }), expiresAt: timestamp });
const response = z.looseObject({
  id: z.string().min(1).max(2048),
  rawId: z.string().min(1).max(2048),
  type: z.literal('public-key'),
});

export const notice = z.strictObject({
  id,
  kind: z.enum([
    'new_network',
    'factor_added',
    'factor_removed',
    'recovery_code_used',
    'recovery_codes_made',
    'password_changed',
    'recovery_issued',
    'recovered',
    'key_made',
    'passkey_suspected',
    'linked',
  ]),
  text: z.string().describe('One sentence for the person'),
  at: timestamp,
  clientIp: z.string().nullable(),
  by: z.string().nullable().describe('Who did it, where it was not the person'),
  read: z.boolean(),
});

const ceremonyBody = z.strictObject({ response });
const passkeyParams = z.strictObject({ id, passkey: id });
const needOwn = { tag: 'factors', need: 'signed_in' } as const;
const needManage = { tag: 'factors', need: 'user.manage' } as const;

export const factorRoutes = {
  'me.getFactors': {
    method: 'GET',
    path: '/me/factors',
    summary: 'The own factors: password, authenticator app, passkeys, recovery codes left',
    ...needOwn,
    response: factors,
  },
  'me.beginPasskey': {
    method: 'POST',
    path: '/me/passkeys/options',
    summary: 'Options for the browser to make a passkey with; good once, for 5 minutes, in this session',
    ...needOwn,
    stepUp: true,
    response: options,
  },
  'me.addPasskey': {
    method: 'POST',
    path: '/me/passkeys',
    summary: 'Keep the passkey the browser made; all other sessions end',
    ...needOwn,
    stepUp: true,
    body: z.strictObject({ name: passkeyName, response }),
    response: z.strictObject({
      passkey,
      recoveryCodes: z.array(z.string()).describe('Shown this once; empty where there are some already'),
    }),
  },
  'me.renamePasskey': {
    method: 'PATCH',
    path: '/me/passkeys/:id',
    summary: 'Name a passkey',
    ...needOwn,
    params: idParams,
    body: z.strictObject({ name: passkeyName }),
    response: passkey,
  },
  'me.removePasskey': {
    method: 'DELETE',
    path: '/me/passkeys/:id',
    summary: 'Remove a passkey, where policy allows; all other sessions end',
    ...needOwn,
    stepUp: true,
    params: idParams,
    response: done,
  },
  'me.beginPasskeyProof': {
    method: 'POST',
    path: '/me/reauthenticate/passkey/options',
    summary: 'Options for the browser to prove again who one is with a passkey',
    ...needOwn,
    response: options,
  },
  'me.reauthenticateByPasskey': {
    method: 'POST',
    path: '/me/reauthenticate/passkey',
    summary: 'Prove again who one is with a passkey; the session gets a new id',
    ...needOwn,
    body: ceremonyBody,
    response: z.strictObject({ stepUpUntil: timestamp }),
  },
  'me.listNotices': {
    method: 'GET',
    path: '/me/notices',
    summary: 'What happened to the own account, newest first',
    ...needOwn,
    response: z.strictObject({ notices: z.array(notice) }),
  },
  'me.readNotices': {
    method: 'POST',
    path: '/me/notices/read',
    summary: 'Mark all notices as read',
    ...needOwn,
    response: done,
  },
  'users.getFactors': {
    method: 'GET',
    path: '/users/:id/factors',
    summary: 'The factors of a person',
    ...needManage,
    params: idParams,
    response: factors,
  },
  'users.removePasskey': {
    method: 'DELETE',
    path: '/users/:id/passkeys/:passkey',
    summary: 'Remove a lost passkey of a person; all their sessions end',
    ...needManage,
    stepUp: true,
    params: passkeyParams,
    response: done,
  },
  'users.resetFactors': {
    method: 'DELETE',
    path: '/users/:id/factors',
    summary: 'Remove app, passkeys and recovery codes of a person who lost them; all their sessions end',
    ...needManage,
    stepUp: true,
    params: idParams,
    response: done,
  },
  'users.endSession': {
    method: 'DELETE',
    path: '/users/:id/sessions/:session',
    summary: 'End one session of a person',
    ...needManage,
    params: z.strictObject({ id, session: id }),
    response: done,
  },
} as const satisfies Record<string, Route>;
