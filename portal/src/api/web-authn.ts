/** The JSON form of a ceremony's options, as the API gives it. */
interface CeremonyOptions {
  readonly publicKey: { readonly challenge: string };
}

/** The JSON form of the browser's answer, as the API takes it. */
export interface CeremonyResponse {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly [member: string]: unknown;
}

/** Whether this browser can make and use passkeys in the JSON form of WebAuthn Level 3 section 5.1. */
export const mayUsePasskeys = (): boolean =>
  typeof PublicKeyCredential === 'function' && typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function';

/** Has the browser make a passkey. Throws what `ceremonyProblem` puts into words. */
export async function makePasskey({ publicKey }: CeremonyOptions): Promise<CeremonyResponse> {
  // The API's options are those of the standard; the type of the browser's library is narrower than what it takes.
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(
    publicKey as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return toJson(await navigator.credentials.create({ publicKey: options }));
}

/** Has the browser prove with a passkey. */
export async function usePasskeyOnce({ publicKey }: CeremonyOptions): Promise<CeremonyResponse> {
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  return toJson(await navigator.credentials.get({ publicKey: options }));
}

function toJson(credential: Credential | null): CeremonyResponse {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('The browser gave no passkey.');
  return credential.toJSON() as unknown as CeremonyResponse;
}

/** What went wrong between browser and passkey, for the person. */
export function ceremonyProblem(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (error instanceof DOMException && /certificate/i.test(error.message))
    return 'The browser refuses passkeys where it does not trust the certificate. Trust the CA of the gate (data/tls/ca.pem), or give the gate a certificate that browsers trust.';
  if (name === 'NotAllowedError') return 'It was given up, or took too long. Try again.';
  if (name === 'InvalidStateError') return 'This device holds a passkey of yours already.';
  if (name === 'SecurityError')
    return 'The browser refuses passkeys at this address. A passkey needs a name, not an IP address.';
  return error instanceof Error ? error.message : 'The browser could not do it.';
}
