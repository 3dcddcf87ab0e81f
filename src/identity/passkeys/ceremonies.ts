import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import type { Ground } from '../ground.ts';
import type { User } from '../identity.ts';
import type { RelyingPartyNames } from './answers.ts';
import type { Bond } from './challenges.ts';
import { challengeMs, makeChallenge } from './challenges.ts';
import type { Ceremony } from './passkeys.ts';
import type { PasskeyRow } from './rows.ts';
import { descriptorOf } from './rows.ts';

/** The name and origin that passkeys of this gate are bound to: the portal's, and no others. */
export function namesOf(ground: Ground): RelyingPartyNames {
  const { origin, hostname } = new URL(ground.portalOrigin());
  return { id: hostname, origin };
}

/** WebAuthn Level 3 section 5.1.2: an effective domain is a name; passkeys cannot be bound to an address. */
export function isDomain(hostname: string): boolean {
  return !hostname.startsWith('[') && !/^[\d.]+$/.test(hostname);
}

/** Options to make a passkey: discoverable, unlocked by its holder, none twice on one authenticator, no attestation. */
export async function offerRegistration(
  ground: Ground,
  about: { user: User; held: readonly PasskeyRow[]; bond: Bond },
): Promise<Ceremony> {
  const { bytes, expiresAt } = await makeChallenge(ground, about.bond);
  const names = namesOf(ground);
  const publicKey = await generateRegistrationOptions({
    rpName: ground.config.mfa.issuer,
    rpID: names.id,
    userID: Uint8Array.from(Buffer.from(about.user.id)),
    userName: about.user.email,
    userDisplayName: about.user.name,
    challenge: bytes,
    timeout: challengeMs,
    attestationType: 'none',
    excludeCredentials: about.held.map(descriptorOf),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  });
  return { publicKey: { ...publicKey }, expiresAt };
}

/** Options to use one. `held` left out: whichever the person picks. */
export async function offerAssertion(
  ground: Ground,
  about: { held?: readonly PasskeyRow[]; bond: Bond },
): Promise<Ceremony> {
  const { bytes, expiresAt } = await makeChallenge(ground, about.bond);
  const publicKey = await generateAuthenticationOptions({
    rpID: namesOf(ground).id,
    challenge: bytes,
    timeout: challengeMs,
    userVerification: 'required',
    allowCredentials: (about.held ?? []).map(descriptorOf),
  });
  return { publicKey: { ...publicKey }, expiresAt };
}

/** The user handle a passkey of this person carries. */
export const handleOf = (userId: string): string => Buffer.from(userId).toString('base64url');
