import { z } from 'zod';
import { SallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';

const begun = z.strictObject({
  verifier: z.string(),
  nonce: z.string(),
  issuer: z.string(),
  redirectUri: z.string(),
  isForced: z.boolean(),
  at: z.number(),
});
const kept = z.strictObject({ subject: z.string(), idToken: z.string(), refreshToken: z.string().nullable() });

/** A sign-in on its way to the provider and back. */
export type Begun = z.output<typeof begun>;
/** What is kept with a person's link, for renewal and logout. */
export type Keepsake = z.output<typeof kept>;

export const sealBegun = (value: Begun): Secret => new Secret(JSON.stringify(value));
export const sealKeepsake = (value: Keepsake): Secret => new Secret(JSON.stringify(value));
export const openBegun = (secret: Secret): Begun => read(begun, secret);
export const openKeepsake = (secret: Secret): Keepsake => read(kept, secret);

function read<T>(schema: z.ZodType<T>, secret: Secret): T {
  let value: unknown;
  try {
    value = JSON.parse(secret.reveal());
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SallyportError('internal', 'Cannot read what was kept of a sign-in at an identity provider');
}
