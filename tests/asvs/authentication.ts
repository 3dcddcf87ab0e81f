import type { AsvsRow } from './row.ts';
import { met, none, otherwise, testsOf } from './row.ts';

const signIn = testsOf('src/identity/sign-in.test.ts');
const lockout = testsOf('src/identity/lockout.test.ts');
const links = testsOf('src/identity/links.test.ts');
const people = testsOf('src/identity/people.test.ts');
const passwordPolicy = testsOf('src/identity/password-policy.test.ts');
const passkeys = testsOf('src/identity/passkeys/passkeys.test.ts');
const mfaPolicy = testsOf('src/identity/policy/mfa-policy.test.ts');
const notices = testsOf('src/identity/notices/notices.test.ts');
const signOn = testsOf('src/identity/federation/sign-on.test.ts');
const factors = testsOf('tests/abuse/identity-factors.test.ts');
const guessing = testsOf('tests/abuse/identity-lockout.test.ts');
const enumeration = testsOf('tests/abuse/identity-enumeration.test.ts');
const hostile = testsOf('tests/abuse/identity-tokens.test.ts');
const sessions = testsOf('tests/abuse/identity-sessions.test.ts');
const chosen = testsOf('tests/abuse/identity-passwords.test.ts');
const breached = testsOf('src/server/breached-list.test.ts');
const documents = testsOf('tests/asvs.test.ts');

/** V6. */
export const authentication: readonly AsvsRow[] = [
  met(
    ['6.1.1', 1],
    'Written down: how guessing is slowed, how that is set, how it cannot lock people out',
    'docs/guides/sign-in.md and `identity.lockout` in the configuration reference',
    [
      ...documents('says in the guides what it wants documented'),
      ...lockout('bounds how long an attacker can keep anybody waiting'),
    ],
  ),
  met(
    ['6.1.2', 2],
    'Written down: words of this place that no password may be made of',
    'Name, address, host and product words are named in docs/guides/sign-in.md',
    documents('says in the guides what it wants documented'),
  ),
  met(
    ['6.1.3', 2],
    'Written down: every way to sign in, and how strong each is',
    'docs/guides/sign-in.md and docs/guides/single-sign-on.md list password, passkey, LDAP, SAML, OIDC, keys and programs',
    documents('says in the guides what it wants documented'),
  ),
  met(
    ['6.2.1', 1],
    'Passwords have at least 8 characters, better 15',
    '15 alone, 12 with a second factor, counted in code points',
    [
      ...passwordPolicy('counts code points'),
      ...people('stay compulsory where they are, and for a password too short to stand alone'),
    ],
  ),
  met(
    ['6.2.2', 1],
    'People change their password themselves',
    '`POST /me/password` and the profile page',
    chosen('are changed with the current one only, and do not end by themselves'),
  ),
  met(
    ['6.2.3', 1],
    'A change wants the current password',
    'The current one is verified and attempts at it are counted',
    chosen('are changed with the current one only, and do not end by themselves'),
  ),
  met(
    ['6.2.4', 1],
    'The most common passwords are refused',
    'Guesses are estimated with dictionaries of common passwords; too few are refused',
    chosen('are refused when they are short, common, or made of words of the person and the place'),
  ),
  met(
    ['6.2.5', 1],
    'No rules of composition',
    'Only length and the number of guesses count',
    chosen('are taken in any composition and up to 128 characters, and count exactly as they were typed'),
  ),
  met(
    ['6.2.6', 1],
    'Password fields are masked',
    'type="password" in every form',
    chosen('are typed into masked fields that password managers know, and never come back on a page'),
  ),
  met(
    ['6.2.7', 1],
    'Paste and password managers work',
    'No script touches the fields; `autocomplete` names them',
    chosen('are typed into masked fields that password managers know, and never come back on a page'),
  ),
  met(
    ['6.2.8', 1],
    'Passwords are verified as typed',
    'No trimming, no case folding, over-long ones are refused and not cut',
    chosen('are taken in any composition and up to 128 characters, and count exactly as they were typed'),
  ),
  met(
    ['6.2.9', 2],
    'At least 64 characters are allowed',
    'Up to 128',
    chosen('are taken in any composition and up to 128 characters, and count exactly as they were typed'),
  ),
  met(
    ['6.2.10', 2],
    'Passwords do not expire by themselves',
    'There is no such setting',
    documents('knows no setting that makes passwords expire'),
  ),
  met(
    ['6.2.11', 2],
    'Those words are really refused',
    'They go into the estimate as known words',
    chosen('are refused when they are short, common, or made of words of the person and the place'),
  ),
  otherwise(
    ['6.2.12', 2],
    'Passwords from breaches are refused',
    'A list that the operator imports once (`sallyport passwords import`) is looked up on disk; no outside service is asked. None is shipped: until then the estimate knows the common ones',
    breached('has exactly what was imported, with counts or without, first and last too'),
  ),
  met(
    ['6.3.1', 1],
    'Guessing and stuffing are really slowed',
    'By account and network, by account, and by network; waits double up to 15 minutes',
    [
      ...guessing(
        'is stopped for one network after five failures, whatever address of its /64 is used',
        'in a burst is judged no more often than in a row',
        'by an attacker keeps a person out from strange networks for fifteen minutes at most, and from their own never',
      ),
    ],
  ),
  met(
    ['6.3.2', 1],
    'No accounts that are there from the beginning',
    'The first Owner is made by a one-time link',
    links('make the first Owner once: of many at once one wins, and none after'),
  ),
  met(
    ['6.3.3', 2],
    'More than one factor',
    'Compulsory for Administrators and Owners by default, for anybody by policy; members with one factor need 15 characters',
    [
      ...signIn('lets nobody of a role with compulsory MFA in without a second factor'),
      ...mfaPolicy('counts at the next sign-in of a member, who then enrols'),
    ],
  ),
  met(
    ['6.3.4', 2],
    'No unwritten way in, and the same strength on each',
    'One function opens sessions, after policy, whatever the first factor was',
    [
      ...signOn('asks for the authenticator app that was there before'),
      ...factors(
        'is not passed by a recovery link: the new password is one factor, and the pending sign-in is good once',
      ),
      ...sessions(
        'through a provider give nobody more than it vouches for: no unverified address, no Owner, no second factor passed',
      ),
    ],
  ),
  met(
    ['6.3.5', 3],
    'People are told of suspicious sign-ins',
    'Notices of a new network, of recovery and of a suspected passkey; no mail is sent',
    notices('is told of a network once'),
  ),
  met(['6.3.6', 3], 'E-mail is no factor', 'Nothing is sent by e-mail', documents('sends no mail')),
  met(
    ['6.3.7', 3],
    'People are told when their factors change',
    'Notices, shown before the next page',
    notices('names what changed, by whom and from where, newest first'),
  ),
  met(['6.3.8', 3], 'Who exists cannot be found out', 'Same body, status, headers, waits and time', [
    ...enumeration(
      'is not told by body, status or headers of the sign-in form',
      'is not told by the time an answer takes',
      'is not told by one-time links: unknown, used, replaced and expired are one page',
    ),
  ]),
  met(
    ['6.4.1', 1],
    'First secrets are random, short-lived and never stay',
    'One-time links of 256 bits; the person chooses the password',
    links('are void once used, expired, replaced, or when their person cannot come in'),
  ),
  met(['6.4.2', 1], 'No secret questions and no hints', 'There are none', documents('knows no secret questions')),
  met(
    ['6.4.3', 2],
    'A forgotten password is reset without going past the second factor',
    'A recovery link sets a password and then asks for the factor',
    links('of recovery set a new password and end all sessions, but never go past the second factor'),
  ),
  met(
    ['6.4.4', 2],
    'A lost factor is replaced with as much proof as at the beginning',
    'An Administrator, known to the record, takes it away; the person enrols anew after their first factor and is told',
    factors('is not passed by a recovery link: the new password is one factor, and the pending sign-in is good once'),
  ),
  met(
    ['6.4.6', 3],
    'Administrators begin a reset and never learn the password',
    'They pass a link on; the account’s owner is told who asked for it',
    notices('stops the next sign-in for a recovery by somebody else until it was read, and not for one’s own changes'),
  ),
  met(
    ['6.5.1', 2],
    'Codes work once',
    'The step taken last is kept; recovery codes are marked in the same statement',
    factors(
      'by an app works once: not again in its time, not one before it, not at the same time twice',
      'by a recovery code works once',
    ),
  ),
  met(
    ['6.5.2', 2],
    'Kept codes of little entropy are hashed as passwords are',
    'Recovery codes have 120 bits, so SHA-256 does',
    links('leave nothing in the store or the record that could be used'),
  ),
  met(
    ['6.5.3', 2],
    'Codes and seeds come from a secure generator',
    'node:crypto `randomBytes` throughout; the seam is injected once',
    signIn('enrols once, with the same seed until it is confirmed, and asks for a code ever after'),
  ),
  met(
    ['6.5.4', 2],
    'Recovery codes have at least 20 bits',
    '120 bits',
    signIn('takes a recovery code once, in any case, with or without dashes; new codes void the old'),
  ),
  otherwise(
    ['6.5.5', 2],
    'TOTP codes live 30 seconds at most',
    'One step before and after is taken, 90 seconds in all, against clocks that differ; that a code works once, and no older one after it, stands against it',
    signIn('accepts one step of clock difference either way and no more'),
  ),
  met(
    ['6.5.6', 3],
    'Any factor can be revoked',
    'By the person where policy allows, and by an Administrator',
    passkeys('of a disabled person is refused, and so is one of a passkey that was taken away'),
  ),
  none(
    ['6.5.7', 3],
    'Biometrics only beside another factor',
    'The gate sees no biometrics; a passkey is something one has, unlocked on the device',
  ),
  met(
    ['6.5.8', 3],
    'TOTP goes by a trusted clock',
    'The server’s own, which never goes back',
    lockout('survives a restart and a clock that is set back'),
  ),
  none(['6.6.1', 2], 'Codes by telephone only beside stronger factors', 'No telephone, no SMS'),
  none(['6.6.2', 2], 'Out-of-band codes belong to one sign-in', 'No out-of-band codes'),
  none(['6.6.3', 2], 'Out-of-band codes are not guessed', 'No out-of-band codes'),
  none(['6.6.4', 3], 'No push bombing', 'No push messages'),
  met(
    ['6.7.2', 3],
    'Challenges have 64 bits and do not repeat',
    '256 random bits, good once, for five minutes, in one browser',
    passkeys('is refused a second time, late, in another browser, or for another purpose'),
  ),
  met(
    ['6.8.1', 2],
    'An identity of one provider is never that of another',
    'People are linked by provider and subject; addresses link only inside domains the provider speaks for',
    [
      ...signOn(
        'finds the same person by subject, whatever the address says now',
        'takes over nobody who is linked to another subject there: addresses are given to new people',
      ),
      ...sessions(
        'through a provider give nobody more than it vouches for: no unverified address, no Owner, no second factor passed',
      ),
    ],
  ),
  met(
    ['6.8.2', 2],
    'Unsigned and wrongly signed assertions are refused',
    'Algorithms are listed; keys come from the settings alone',
    [
      ...hostile('as ID tokens sign nobody in, whatever their fault'),
      ...testsOf('src/identity/saml/mutation.test.ts')(
        'every edit of a signed document is refused or yields exactly the signed person',
      ),
    ],
  ),
  met(
    ['6.8.3', 2],
    'A SAML assertion counts once',
    'Its id is kept until it has expired, for all nodes',
    signOn('takes an assertion once, for the request it answers'),
  ),
  met(
    ['6.8.4', 2],
    'Strength and freshness asked of a provider are verified in its answer',
    'acr, amr, AuthnContext and auth_time; without them one factor is assumed',
    [
      ...signOn(
        'counts the provider’s second factor only where it is trusted',
        'renews the session of that person, and only when it was proved just now',
      ),
      ...testsOf('src/identity/oidc/hostile-provider.test.ts')('refuses an old sign-in where a new one was asked for'),
    ],
  ),
];
