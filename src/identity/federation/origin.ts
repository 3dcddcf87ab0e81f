import { z } from 'zod';

/** Where the first factor of a sign-in was given, if not here. */
export interface Origin {
  readonly providerId: string;
  /** What the provider's sign-out messages name the session by. */
  readonly upstreamSession: string | null;
  /** Sealed: what ends it there. */
  readonly keepsake: string | null;
  /** A session begun with it ends then at the latest. */
  readonly endsAt: number | null;
  /** When the person proved who they are there; null when it does not say. */
  readonly authenticatedAt: number | null;
}

const written = z.strictObject({
  providerId: z.string(),
  upstreamSession: z.string().nullable(),
  keepsake: z.string().nullable(),
  endsAt: z.number().nullable(),
  authenticatedAt: z.number().nullable(),
});

/** What a sealed keepsake of a session is bound to. */
export const keepsakeContext = (providerId: string): string => `identity/keepsake/${providerId}`;

/** As rows between two factors keep it. */
export const writeOrigin = (origin: Origin | undefined): string | null =>
  origin === undefined ? null : JSON.stringify(origin);

export const readOrigin = (text: string | null): Origin | undefined =>
  text === null ? undefined : written.parse(JSON.parse(text));
