import { changeProfile } from '../account-changes.ts';
import { findAccount } from '../accounts.ts';
import { foldEmail, parseEmail, printable } from '../email.ts';
import type { Work } from '../ground.ts';
import { principalOf } from '../ground.ts';
import type { User } from '../identity.ts';
import type { ExternalIdentity, Provider } from './federation.ts';
import { speaksFor } from './link-rule.ts';

const nameCharsMax = 120;

/** A name we keep: what the provider says, or the part of the address before the at sign. */
export function nameOf(identity: Pick<ExternalIdentity, 'name' | 'email' | 'subject'>): string {
  const said = clean(identity.name ?? '');
  return said !== '' ? said : clean((identity.email ?? identity.subject).split('@')[0] ?? '') || 'Somebody';
}

const clean = (text: string): string =>
  printable(text.normalize('NFC'), nameCharsMax * 2)
    .trim()
    .slice(0, nameCharsMax)
    .toWellFormed()
    .trim();

/**
 * Name and address follow the provider while it is the only place the person signs in from: no password here, no other provider, not
 * provisioned by SCIM. An address follows only into a domain the provider speaks for and only when nobody has it; else the old one stays.
 */
export async function followProfile(
  work: Work,
  given: { user: User; identity: ExternalIdentity; provider: Provider; isNew: boolean },
): Promise<User> {
  const { identity, provider, user } = given;
  if (!(await isFollowing(work, user, provider.id))) return user;
  const name = identity.name === null ? user.name : nameOf(identity);
  const email = await nextEmail(work, given);
  return changeProfile(work, principalOf(user), { user, email, name });
}

async function nextEmail(
  work: Work,
  { identity, provider, user }: { user: User; identity: ExternalIdentity; provider: Provider },
): Promise<string> {
  const said = identity.email;
  if (said === null || !identity.isEmailVerified || !speaksFor(provider.domains, said)) return user.email;
  const { email, norm } = parseEmail(said);
  if (norm === foldEmail(user.email)) return user.email;
  const other = await findAccount(work.tx, { norm });
  if (other === undefined) return email;
  work.ground.log.warn('federation.email_taken', { provider: provider.slug, userId: user.id });
  return user.email;
}

async function isFollowing(work: Work, user: User, providerId: string): Promise<boolean> {
  if (user.hasPassword) return false;
  const [elsewhere, provisioned] = await Promise.all([
    work.tx
      .selectFrom('identity_accounts')
      .select('provider_id')
      .where('user_id', '=', user.id)
      .where('provider_id', '!=', providerId)
      .limit(1)
      .executeTakeFirst(),
    work.tx.selectFrom('identity_scim_people').select('user_id').where('user_id', '=', user.id).executeTakeFirst(),
  ]);
  return elsewhere === undefined && provisioned === undefined;
}
