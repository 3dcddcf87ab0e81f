import { z } from 'zod';
import { roleRef } from './grant-routes.ts';
import type { Route } from './route.ts';
import { displayName, done, idParams, person, session, timestamp } from './schemas.ts';

const password = z.string().min(1).max(128);
const recoveryCodes = z.strictObject({ recoveryCodes: z.array(z.string()).describe('Shown this once') });

export const meRoutes = {
  'me.get': {
    method: 'GET',
    path: '/me',
    summary: 'Who is signed in and what they may do',
    tag: 'me',
    need: 'signed_in',
    response: z.strictObject({
      person,
      session,
      permissions: z.array(z.string()).describe('What the global role grants'),
      projects: z.array(z.strictObject({ id: z.string(), name: z.string(), role: roleRef })),
      mfaCompulsory: z.boolean(),
      stepUpUntil: timestamp.describe('Until when sensitive actions need no new proof'),
      version: z.string(),
    }),
  },
  'me.update': {
    method: 'PATCH',
    path: '/me',
    summary: 'Change the own name',
    tag: 'me',
    need: 'signed_in',
    body: z.strictObject({ name: displayName }),
    response: person,
  },
  'me.reauthenticate': {
    method: 'POST',
    path: '/me/reauthenticate',
    summary: 'Prove again who one is; the session gets a new id',
    tag: 'me',
    need: 'signed_in',
    body: z.strictObject({ password, code: z.string().max(40).optional() }),
    response: z.strictObject({ stepUpUntil: timestamp }),
  },
  'me.changePassword': {
    method: 'POST',
    path: '/me/password',
    summary: 'Change the own password; all other sessions end',
    tag: 'me',
    need: 'signed_in',
    body: z.strictObject({ current: password, next: password }),
    response: done,
  },
  'me.beginTotp': {
    method: 'POST',
    path: '/me/totp',
    summary: 'Begin to enrol an authenticator app',
    tag: 'me',
    need: 'signed_in',
    stepUp: true,
    response: z.strictObject({ secret: z.string(), uri: z.string(), qrSvg: z.string() }),
  },
  'me.confirmTotp': {
    method: 'POST',
    path: '/me/totp/confirm',
    summary: 'Finish enrolling with a first code',
    tag: 'me',
    need: 'signed_in',
    stepUp: true,
    body: z.strictObject({ code: z.string().max(40) }),
    response: recoveryCodes,
  },
  'me.removeTotp': {
    method: 'DELETE',
    path: '/me/totp',
    summary: 'Take the authenticator app away, where policy allows',
    tag: 'me',
    need: 'signed_in',
    stepUp: true,
    response: done,
  },
  'me.makeRecoveryCodes': {
    method: 'POST',
    path: '/me/recovery-codes',
    summary: 'New recovery codes; the old ones are void',
    tag: 'me',
    need: 'signed_in',
    stepUp: true,
    response: recoveryCodes,
  },
  'me.listSessions': {
    method: 'GET',
    path: '/me/sessions',
    summary: 'The own sessions, live and recently ended',
    tag: 'me',
    need: 'signed_in',
    response: z.strictObject({ sessions: z.array(session) }),
  },
  'me.endSession': {
    method: 'DELETE',
    path: '/me/sessions/:id',
    summary: 'End one of the own sessions',
    tag: 'me',
    need: 'signed_in',
    params: idParams,
    response: done,
  },
  'me.signOut': {
    method: 'POST',
    path: '/me/sign-out',
    summary:
      'End this session. One begun at a provider goes on there: the page /.sallyport/sign-out offers to end it too',
    tag: 'me',
    need: 'signed_in',
    response: done,
  },
} as const satisfies Record<string, Route>;
