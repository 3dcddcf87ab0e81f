import type { SecureContext } from 'node:tls';
import { PasswordPolicyControl } from 'ldapts';
import { Secret } from '../../core/secret.ts';
import type { ExternalOutcome, ExternalRefusal, ProtocolDeps } from '../federation/federation.ts';
import type { LdapSettings } from '../provider-settings.ts';
import { accountState } from './account-state.ts';
import { bindRefusal, policyRefusal } from './bind-refusal.ts';
import type { Connection } from './connection.ts';
import { bindService, connect, operatorError } from './connection.ts';
import type { DirectoryEntry } from './entry.ts';
import { bindNameFor, foldDn, isLogin } from './escape.ts';
import { findPerson, readPerson } from './person.ts';

/** What the parts of one directory share. */
export interface DirectoryGround {
  readonly settings: LdapSettings;
  readonly deps: ProtocolDeps;
  readonly trust: () => SecureContext;
}

const passwordLengthMax = 1024;

/** What is refused before anything is sent. */
export function refusalUnasked(login: string, password: Secret): ExternalRefusal | null {
  const typed = password.reveal();
  if (typed === '')
    return { reason: 'empty_password', detail: 'An empty password proves nothing (RFC 4513 section 5.1.2)' };
  if (!isLogin(login)) return { reason: 'invalid', detail: 'Want a name of at most 256 characters, none of control' };
  if (typed.length > passwordLengthMax || typed.includes('\0')) {
    return { reason: 'wrong', detail: `Want a password of at most ${passwordLengthMax} characters` };
  }
  return null;
}

/** Signs a person in, whole; the probe does the same with more words. */
export async function authenticate(
  ground: DirectoryGround,
  input: { login: string; password: Secret },
  signal: AbortSignal,
): Promise<ExternalOutcome> {
  const { settings, deps } = ground;
  await using connection = await connect(settings, ground.trust, signal);
  const { bind } = settings;
  if (bind.kind === 'direct')
    return await authenticateDirectly(ground, connection, { ...input, template: bind.template, signal });
  await bindService(connection, bind.dn, deps.secret);
  const found = await findPerson(connection, settings, input.login);
  if ('reason' in found) {
    // As much work as for a wrong password: how long it takes must not tell who exists.
    await proveNothing(ground, signal);
    return refused(found);
  }
  const proof = await provePassword(ground, found.dn, { password: input.password, signal });
  return await conclude(ground, connection, { entry: found, proof });
}

async function authenticateDirectly(
  ground: DirectoryGround,
  connection: Connection,
  input: { login: string; password: Secret; template: string; signal: AbortSignal },
): Promise<ExternalOutcome> {
  const { settings } = ground;
  const name = bindNameFor(input.template, input.login);
  if (name === null) {
    await proveNothing(ground, input.signal);
    return refused({ reason: 'invalid', detail: 'Want a login that gives a name the directory can know' });
  }
  const refusal = await proveOn(connection, settings, { name, password: input.password });
  if (refusal) return refused(refusal);
  const found = await findPerson(connection, settings, input.login);
  if ('reason' in found) return refused(found);
  // The filter may find someone else than who signed in: that entry has to take the same password.
  const isSame = foldDn(found.dn) === foldDn(name);
  const proof = isSame ? null : await provePassword(ground, found.dn, input);
  return conclude(ground, connection, { entry: found, proof });
}

/** What the entry says of the account goes before what the password did: a disabled one is refused as such whatever was typed. */
async function conclude(
  { settings, deps }: DirectoryGround,
  connection: Connection,
  { entry, proof }: { entry: DirectoryEntry; proof: ExternalRefusal | null },
): Promise<ExternalOutcome> {
  const now = deps.clock.now();
  if (proof === null) return readPerson(connection, settings, { entry, now, provedAt: now });
  const state = accountState(entry, { product: settings.product, now, hasProved: false });
  return refused(state !== null && state.reason !== 'invalid' ? state : proof);
}

/** Binds as this entry on a connection of its own, so that ours keeps its rights and no other's are left on it. */
async function provePassword(
  { settings, trust }: DirectoryGround,
  name: string,
  { password, signal }: { password: Secret; signal: AbortSignal },
): Promise<ExternalRefusal | null> {
  await using connection = await connect(settings, trust, signal);
  // Awaited here: the connection closes when this function ends.
  return await proveOn(connection, settings, { name, password });
}

async function proveOn(
  connection: Connection,
  { product }: LdapSettings,
  { name, password }: { name: string; password: Secret },
): Promise<ExternalRefusal | null> {
  const policy = product === 'ldap' ? new PasswordPolicyControl() : undefined;
  try {
    await connection.bind(name, password, policy && [policy]);
    return policyRefusal(policy?.value?.error);
  } catch (error) {
    const refusal = bindRefusal(error, product, policy?.value?.error);
    if (refusal) return refusal;
    throw operatorError(error, { act: 'check a password at the directory' });
  }
}

/** The same steps with a name and a password that nobody has. */
async function proveNothing(ground: DirectoryGround, signal: AbortSignal): Promise<void> {
  const { settings, deps } = ground;
  const attribute = settings.product === 'active_directory' ? 'CN' : 'uid';
  const name = `${attribute}=${deps.random(16).toString('hex')},${settings.baseDn}`;
  await provePassword(ground, name, { password: new Secret(deps.random(16).toString('hex')), signal });
}

/** A refusal as an outcome, its detail kept to the agreed length. */
export function refused(refusal: ExternalRefusal): ExternalOutcome {
  return { kind: 'refused', refusal: { ...refusal, detail: refusal.detail.slice(0, 500) } };
}
