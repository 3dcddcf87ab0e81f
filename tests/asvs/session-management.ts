import type { AsvsRow } from './row.ts';
import { met, testsOf } from './row.ts';

const sessions = testsOf('src/identity/sessions.test.ts');
const abuse = testsOf('tests/abuse/identity-sessions.test.ts');
const factors = testsOf('tests/abuse/identity-factors.test.ts');
const people = testsOf('src/admin/api/people.test.ts');
const account = testsOf('src/identity/people.test.ts');
const signOn = testsOf('src/identity/federation/sign-on.test.ts');
const logout = testsOf('src/identity/federation/logout.test.ts');
const pages = testsOf('src/admin/pages/sign-in.test.ts');
const server = testsOf('src/admin/api/server.test.ts');
const documents = testsOf('tests/asvs.test.ts');

/** V7. */
export const sessionManagement: readonly AsvsRow[] = [
  met(
    ['7.1.1', 2],
    'Written down: idle and absolute end of sessions',
    '`identity.sessions` in the configuration reference: 60 minutes, 12 hours',
    documents('says in the guides what it wants documented'),
  ),
  met(
    ['7.1.2', 2],
    'Written down: how many sessions at once, and what happens then',
    '`identity.sessions.perPersonMax`: 20, the oldest ends',
    [
      ...documents('says in the guides what it wants documented'),
      ...sessions('of one person are at most so many; the oldest ends for one more'),
    ],
  ),
  met(
    ['7.1.3', 2],
    'Written down: which systems of single sign-on there are and how their sessions go together',
    'docs/guides/single-sign-on.md',
    documents('says in the guides what it wants documented'),
  ),
  met(
    ['7.2.1', 1],
    'Sessions are verified on the server',
    'By hash, in the snapshot of the data plane or the store',
    sessions('are found by their token on their host only'),
  ),
  met(
    ['7.2.2', 1],
    'Session tokens are made anew, no static keys',
    'A new one at each sign-in and proof',
    abuse('never begin with an id that was there before: planted, somebody else’s, or one’s own of before'),
  ),
  met(
    ['7.2.3', 1],
    'At least 128 random bits',
    '256 bits of node:crypto',
    abuse('never begin with an id that was there before: planted, somebody else’s, or one’s own of before'),
  ),
  met(
    ['7.2.4', 1],
    'A new token at each sign-in and proof, and the old one ends',
    'Id and token change, the former session of the browser ends',
    [
      ...abuse('never begin with an id that was there before: planted, somebody else’s, or one’s own of before'),
      ...pages('gives a new session at every sign-in and ends the one the browser had: none can be planted'),
    ],
  ),
  met(
    ['7.3.1', 2],
    'Sessions end when idle',
    '60 minutes',
    sessions('end when idle, and at their absolute end however much they are used'),
  ),
  met(
    ['7.3.2', 2],
    'Sessions end at last',
    '12 hours, less where the provider says so',
    sessions('end when idle, and at their absolute end however much they are used'),
  ),
  met(
    ['7.4.1', 1],
    'What ended is of no more use',
    'At the next request',
    sessions('end for good, one or all, and tell it before the call returns'),
  ),
  met(['7.4.2', 1], 'A disabled or deleted account has no sessions', 'In the same transaction', [
    ...abuse('of a person end together when they are disabled, at the next request'),
    ...sessions('end with the account: at once when disabled or deleted, and for a change of role'),
  ]),
  met(
    ['7.4.3', 2],
    'Other sessions can be ended when a factor changes',
    'They always are',
    account(
      'change the password with the current one, ending all other sessions and nothing else',
      'replace a device only after the new one is confirmed, ending all other sessions',
    ),
  ),
  met(
    ['7.4.4', 2],
    'Signing out is always in reach',
    'In the portal’s menu, at `/.sallyport/sign-out` on every site',
    pages('changes nothing when the page is read, ends the session when the form is sent'),
  ),
  met(
    ['7.4.5', 2],
    'Administrators end sessions',
    'One or all of a person',
    people('are signed out at once when disabled or when somebody ends their sessions'),
  ),
  met(
    ['7.5.1', 2],
    'A fresh proof before what proves somebody is changed',
    'Within the last minutes, with every factor they have',
    factors('is not changed without a fresh proof, which a password alone is not'),
  ),
  met(
    ['7.5.2', 2],
    'People see and end their sessions',
    'All of them, live and ended',
    people('ends only sessions of its own'),
  ),
  met(
    ['7.5.3', 3],
    'A fresh proof before other sensitive acts',
    'Marked in the contract, per route; per site and path by the operator (RFC 9470)',
    server('asks for a fresh proof where the contract says so, with the challenge of RFC 9470'),
  ),
  met(
    ['7.6.1', 2],
    'Sessions here and at the provider go together as written',
    'They end by back-channel and single logout, at the provider’s end, and when it is switched off',
    [
      ...signOn('ends when the provider or the settings say, and is as old a proof as it is there'),
      ...logout('ends the sessions its token names, with what was handed off from them, once'),
    ],
  ),
  met(
    ['7.6.2', 2],
    'No session without the person’s doing',
    'An answer counts only in the browser that set out; unsolicited answers are off by default',
    abuse(
      'are not begun for somebody by another’s page: no password form, no answer of a provider without its beginning here',
    ),
  ),
];
