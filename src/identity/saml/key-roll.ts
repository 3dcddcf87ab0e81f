import { X509Certificate } from 'node:crypto';
import { SallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { OwnKey } from '../federation/federation.ts';
import type { KeyStep } from '../provider-settings.ts';
import { type KeyDeps, keepSamlKeys, keySetsOf, newKeySet, readSamlKeys, type SamlKeys } from './key-pair.ts';

/**
 * The kept keys after one step of a roll-over: the provider is told of new ones before they are used, and old ones open assertions until
 * they are dropped. Throws `store.conflict` for a step whose time has not come; no step loses a key silently.
 */
export async function stepSamlKeys(secret: Secret, step: KeyStep, deps: KeyDeps): Promise<Secret> {
  const keys = readSamlKeys(secret);
  const { signing, decryption, next, previous } = keys;
  switch (step) {
    case 'add':
      if (next !== undefined) throw refused(step, 'there are new keys already; use them, or take them back first');
      return keepSamlKeys({ ...keys, next: await newKeySet(deps) });
    case 'use':
      if (next === undefined) throw refused(step, 'there are no new keys; add them first');
      if (previous !== undefined) throw refused(step, 'the keys of the last change are still there; drop them first');
      return keepSamlKeys({ ...next, previous: { signing, decryption } });
    case 'drop':
      if (previous === undefined) throw refused(step, 'there are no old keys');
      return keepSamlKeys(without(keys, 'previous'));
    case 'drop-next':
      if (next === undefined) throw refused(step, 'there are no new keys');
      return keepSamlKeys(without(keys, 'next'));
    default:
      return step satisfies never;
  }
}

/** What may be shown of kept keys: signing and encryption of the current, the next, the previous set. */
export function showSamlKeys(secret: Secret): OwnKey[] {
  return keySetsOf(readSamlKeys(secret)).flatMap(({ role, set }) => [
    { role, use: 'signing' as const, ...about(set.signing.certPem) },
    { role, use: 'encryption' as const, ...about(set.decryption.certPem) },
  ]);
}

function about(certPem: string): Pick<OwnKey, 'fingerprint' | 'validUntil'> {
  const certificate = new X509Certificate(certPem);
  return { fingerprint: certificate.fingerprint256, validUntil: certificate.validToDate.getTime() };
}

function without(keys: SamlKeys, role: 'next' | 'previous'): SamlKeys {
  const { [role]: _gone, ...left } = keys;
  return left;
}

const acts = {
  add: 'add new keys',
  use: 'use the new keys',
  drop: 'drop the old keys',
  'drop-next': 'take the new keys back',
} as const satisfies Record<KeyStep, string>;

function refused(step: KeyStep, why: string): SallyportError {
  const message = `Cannot ${acts[step]} of the SAML provider: ${why}`;
  return new SallyportError('store.conflict', message, { detail: message });
}
