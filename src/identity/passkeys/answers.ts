import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers';
import { z } from 'zod';

/** Where passkeys of this gate are good: one name, one origin (WebAuthn Level 3 sections 7.1 and 7.2). */
export interface RelyingPartyNames {
  readonly id: string;
  readonly origin: string;
}

const base64url = (charsMax: number) =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .regex(/^[A-Za-z0-9_-]+$/);
const transports = z.array(z.string().regex(/^[a-z-]{1,20}$/)).max(8);

const common = { id: base64url(1366), rawId: base64url(1366), type: z.literal('public-key') };
const registration = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(65_536),
    transports: transports.optional().catch(undefined),
  }),
});
const assertion = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(8192),
    userHandle: base64url(128).optional(),
  }),
});
const clientData = z.object({ challenge: base64url(512), crossOrigin: z.boolean().optional() });

export type Registration = z.infer<typeof registration>;
export type Assertion = z.infer<typeof assertion>;

/** A registration answer in form; undefined when it is none. Further members are dropped. */
export const readRegistration = (given: unknown): Registration | undefined => read(registration, given);

/** An assertion answer in form; undefined when it is none. */
export const readAssertion = (given: unknown): Assertion | undefined => read(assertion, given);

function read<T>(schema: z.ZodType<T>, given: unknown): T | undefined {
  return schema.safeParse(typeof given === 'string' ? parse(given) : given).data;
}

/** The challenge that the browser says it answered. From a frame on another site's page there is none: such answers are refused. */
export function challengeOf(answer: { readonly response: { readonly clientDataJSON: string } }): string | undefined {
  const data = clientData.safeParse(parse(Buffer.from(answer.response.clientDataJSON, 'base64url').toString())).data;
  return data === undefined || data.crossOrigin === true ? undefined : data.challenge;
}

function parse(text: string): unknown {
  if (text.length > 131_072) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A credential whose making was checked. */
export interface MadeCredential {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly signCount: number;
  readonly transports: string;
  readonly synced: boolean;
  readonly backedUp: boolean;
  readonly aaguid: string;
}

/**
 * Checks the making of a passkey (WebAuthn Level 3 section 7.1); undefined when anything is wrong. Attestation is not asked for, so one that
 * brings certificates is refused: checking them would mean fetching what a stranger names.
 */
export async function checkRegistration(
  answer: Registration,
  challenge: string,
  names: RelyingPartyNames,
): Promise<MadeCredential | undefined> {
  try {
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(answer.response.attestationObject));
    const isPlain = attestation.get('fmt') === 'none';
    const isSelf = attestation.get('fmt') === 'packed' && attestation.get('attStmt').get('x5c') === undefined;
    if (!isPlain && !isSelf) return undefined;
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, clientExtensionResults: {} } as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: names.origin,
      expectedRPID: names.id,
      requireUserVerification: true,
    });
    if (registrationInfo === undefined || registrationInfo.credential.id !== answer.id) return undefined;
    const { credential } = registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      signCount: credential.counter,
      transports: (answer.response.transports ?? []).join(' '),
      synced: registrationInfo.credentialDeviceType === 'multiDevice',
      backedUp: registrationInfo.credentialBackedUp,
      aaguid: registrationInfo.aaguid,
    };
  } catch {
    // The library throws for whatever does not fit; which one it was is nobody's business but the attacker's.
    return undefined;
  }
}

/** The counter and backup state of a right answer; undefined when anything is wrong (section 7.2). The counter is judged by the caller. */
export async function checkAssertion(
  answer: Assertion,
  challenge: string,
  about: { readonly names: RelyingPartyNames; readonly credentialId: string; readonly publicKey: string },
): Promise<{ signCount: number; backedUp: boolean } | undefined> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...answer, clientExtensionResults: {} } as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: about.names.origin,
      expectedRPID: about.names.id,
      requireUserVerification: true,
      // Zero, so that a counter that went back is seen after the signature was checked, and not taken for a bad one.
      credential: {
        id: about.credentialId,
        publicKey: Uint8Array.from(Buffer.from(about.publicKey, 'base64url')),
        counter: 0,
      },
    });
    if (!verified) return undefined;
    return { signCount: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
  } catch {
    return undefined;
  }
}
