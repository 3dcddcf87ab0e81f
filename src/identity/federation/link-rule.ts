import { foldEmail } from '../email.ts';
import type { User } from '../identity.ts';
import type { ExternalIdentity } from './federation.ts';

/** What is known when somebody comes in whom no link names. */
export interface Newcomer {
  readonly identity: Pick<ExternalIdentity, 'email' | 'isEmailVerified'>;
  readonly provider: { readonly domains: readonly string[]; readonly createsAccounts: boolean };
  /** The account here that has the address. */
  readonly account:
    | {
        readonly user: Pick<User, 'disabled' | 'hasPassword' | 'lastSignInAt' | 'ownerId'>;
        /** By the account itself or in effect, by groups or for a time. */
        readonly isOwner: boolean;
        /** Linked to another subject of this provider already. */
        readonly isLinkedThere: boolean;
      }
    | undefined;
}

/** Why nobody is let in; for the record and the operator. */
export type NewcomerRefusal =
  | 'no_email'
  | 'email_not_vouched'
  | 'domain_not_spoken_for'
  | 'disabled'
  | 'no_person'
  | 'owner_needs_operator'
  | 'other_subject'
  | 'account_needed'
  | 'switched_off';

/**
 * Who becomes whom. An account here is taken over by an address only when all of this holds: the provider vouches that the address is the
 * person's; the operator said that it speaks for that domain; the account is in use by nobody else of that provider (addresses are given to
 * new people there); and it is no Owner who set a password or ever signed in, as an administrator of the provider would then own the
 * house: an Owner is linked by hand. The same two proofs are wanted before an account is made, so that nobody can take an address first.
 */
export function decideNewcomer(given: Newcomer): { kind: 'link' } | { kind: 'create' } | NewcomerRefusal {
  const { account, identity, provider } = given;
  if (identity.email === null) return 'no_email';
  if (!identity.isEmailVerified) return 'email_not_vouched';
  if (!speaksFor(provider.domains, identity.email)) return 'domain_not_spoken_for';
  if (account === undefined) return provider.createsAccounts ? { kind: 'create' } : 'account_needed';
  if (account.user.disabled) return 'disabled';
  if (account.user.ownerId !== undefined) return 'no_person';
  if (account.isLinkedThere) return 'other_subject';
  if (account.isOwner && (account.user.hasPassword || account.user.lastSignInAt !== null))
    return 'owner_needs_operator';
  return { kind: 'link' };
}

/** Whether an address is in one of the domains, exactly: "a@sub.example.org" is not of "example.org". */
export function speaksFor(domains: readonly string[], email: string): boolean {
  const norm = foldEmail(email);
  const at = norm.lastIndexOf('@');
  return at > 0 && domains.includes(norm.slice(at + 1));
}

/** What an operator reads of a refusal. */
export const refusalTexts: Readonly<Record<NewcomerRefusal, string>> = {
  no_email: 'the provider gave no e-mail address',
  email_not_vouched:
    'the provider does not vouch that the e-mail address is this person’s; where it is your own and its addresses are right, say so in its settings (trustsEmail)',
  domain_not_spoken_for:
    'the domain of the address is none of those the provider speaks for here (domains in its settings)',
  disabled: 'the account is disabled',
  no_person: 'the address is a service account’s',
  owner_needs_operator: 'the address is an Owner’s, who is linked by hand only',
  other_subject: 'the account is linked to somebody else at this provider',
  switched_off: 'the provider was switched off meanwhile',
  account_needed: 'nobody here has this address, and the provider may not make accounts',
};
