import { randomBytes } from 'node:crypto';
import { Secret } from '../../core/secret.ts';
import type { Directory, ExternalOutcome } from '../federation/federation.ts';
import type { LdapSettings } from '../provider-settings.ts';
import { ldapSettings } from '../provider-settings.ts';
import { createDirectory } from './directory.ts';

/** Settings as a person gives them: defaults filled in, nested ones merged. */
export function settingsFor(given: Record<string, unknown>): LdapSettings {
  return ldapSettings.parse({
    urls: ['ldaps://127.0.0.1:636'],
    bind: { kind: 'service', dn: 'cn=gate,dc=example,dc=org' },
    baseDn: 'dc=example,dc=org',
    ...given,
  });
}

/** A directory with the real clock and randomness. */
export function directoryFor(given: Record<string, unknown>, password?: string): Directory {
  return createDirectory(settingsFor(given), {
    clock: { now: Date.now },
    random: randomBytes,
    secret: password === undefined ? undefined : new Secret(password),
  });
}

/** Signs in; the signal ends what takes too long for a test. */
export function signIn(directory: Directory, login: string, password: string): Promise<ExternalOutcome> {
  return directory.authenticate({ login, password: new Secret(password) }, AbortSignal.timeout(20_000));
}

/** The reason of a refusal, or "identity". */
export function kindOf(outcome: ExternalOutcome | undefined): string {
  if (outcome === undefined) return 'nothing';
  return outcome.kind === 'identity' ? 'identity' : outcome.refusal.reason;
}

/** The groups of an identity; throws the refusal otherwise. */
export function groupsIn(outcome: ExternalOutcome | undefined): readonly string[] {
  if (outcome?.kind !== 'identity') throw new Error(`Not an identity: ${JSON.stringify(outcome)}`);
  return outcome.identity.groups;
}

/** The subject of an identity; throws the refusal otherwise. */
export function subjectIn(outcome: ExternalOutcome | undefined): string {
  if (outcome?.kind !== 'identity') throw new Error(`Not an identity: ${JSON.stringify(outcome)}`);
  return outcome.identity.subject;
}
