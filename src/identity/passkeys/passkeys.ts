/**
 * Passkeys: what a person proves themselves with by a key that never leaves their device or its provider (WebAuthn Level 3). Each one is
 * kept and unlocked, so it counts as two factors. A challenge is good once, for five minutes, for one purpose, person and browser; what
 * does not fit is refused without saying why.
 */
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import type { SignInContext, SignInStep } from '../identity.ts';

/** No person has more. */
export const passkeysMax = 20;

export interface Passkey {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Whether its provider can copy it to further devices. */
  readonly synced: boolean;
  readonly backedUp: boolean;
}

/** What the browser is asked: the JSON form that `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads. */
export interface Ceremony {
  readonly publicKey: Readonly<Record<string, unknown>> & { readonly challenge: string };
  readonly expiresAt: number;
}

/** What the browser answers, as text or parsed; nothing of it is believed before it is checked. */
export type Answer = unknown;

export interface Passkeys {
  /** False where the portal has no name that a passkey could be bound to (an IP address). */
  readonly isOffered: boolean;
  list(userId: string): Promise<Passkey[]>;

  // A signed-in person's own (the caller checks step-up)
  begin(input: { userId: string; sessionId: string }): Promise<Ceremony>;
  /** Other sessions end. Recovery codes come with the first factor. Throws `identity.passkey_refused`. */
  add(
    by: PrincipalRef,
    input: { userId: string; sessionId: string; name: string; answer: Answer },
    ctx: SignInContext,
  ): Promise<{ passkey: Passkey; recoveryCodes: readonly Secret[] }>;
  rename(by: PrincipalRef, input: { userId: string; id: string; name: string }): Promise<Passkey>;
  /** Refused for oneself where it is the last factor and one is compulsory. Others' sessions all end; of the own, all but the kept. */
  remove(by: PrincipalRef, input: { userId: string; id: string; keepSessionId?: string }): Promise<void>;

  // On the way in
  /** Without a name: whoever has a passkey for this gate. `browser` is a secret of the cookie that the answer must come with. */
  beginSignIn(browser: Secret): Promise<Ceremony>;
  signIn(input: { browser: Secret; answer: Answer }, ctx: SignInContext): Promise<SignInStep>;
  /** As the second factor of the sign-in that is under way. Throws `identity.code_invalid` when it is not. */
  beginSecond(pending: Secret): Promise<Ceremony>;
  answerSecond(input: { pending: Secret; answer: Answer }, ctx: SignInContext): Promise<SignInStep>;
  /** Enrolment on the way in. Throws `identity.code_invalid` when no sign-in is under way. */
  beginEnrolment(pending: Secret): Promise<Ceremony>;
  enrol(
    input: { pending: Secret; name: string; answer: Answer },
    ctx: SignInContext,
  ): Promise<{ step: SignInStep; recoveryCodes: readonly Secret[] }>;
  /** Proof again by the signed-in person: a new session id and token replace the old. */
  beginProof(sessionId: string): Promise<Ceremony>;
  prove(input: { sessionId: string; answer: Answer }, ctx: SignInContext): Promise<SignInStep>;
}
