import type { AsvsRow } from './row.ts';
import { met, none, otherwise, testsOf } from './row.ts';

const sessions = testsOf('tests/abuse/identity-sessions.test.ts');
const hostile = testsOf('tests/abuse/identity-tokens.test.ts');
const revocation = testsOf('tests/abuse/identity-revocation.test.ts');
const party = testsOf('src/identity/oidc/relying-party.test.ts');
const provider = testsOf('src/identity/oidc/hostile-provider.test.ts');
const endpoint = testsOf('src/identity/machines/token-endpoint.test.ts');
const apiKey = testsOf('src/gateway/layers/api-key.test.ts');
const machine = testsOf('src/gateway/layers/machine.test.ts');
const signOn = testsOf('src/identity/federation/sign-on.test.ts');
const advisories = testsOf('tests/abuse/advisories.test.ts');

const noCodes = 'The gate gives tokens to programs alone: no authorization endpoint, no codes, no redirects';
const noRefresh = 'No refresh tokens are given';
const noProvider = 'The gate is no OpenID provider to others';
const noConsent =
  'No client asks for a person’s consent: people hand out delegations themselves, of what, for how long and to whom';

/** V10. */
export const oauth: readonly AsvsRow[] = [
  met(
    ['10.1.1', 2],
    'Tokens go only where they are needed',
    'Those of providers stay sealed on the server; those of programs end at the gate',
    [
      ...machine('come in with an access token, by name, and the token goes no further'),
      ...advisories('CVE-2024-39315 (Pomerium): what a page knows of a session holds no token'),
    ],
  ),
  met(
    ['10.1.2', 2],
    'Answers count only for a flow of this browser',
    'state, nonce, PKCE and a cookie, each of 256 bits and good once',
    sessions(
      'are not begun for somebody by another’s page: no password form, no answer of a provider without its beginning here',
      'and an answer of a provider counts once, and in the browser that set out alone',
    ),
  ),
  met(
    ['10.2.1', 2],
    'No request forgery in the code flow',
    'PKCE S256 and state',
    party('sends PKCE S256, state and nonce, and asks for a new sign-in when forced'),
  ),
  met(
    ['10.2.2', 2],
    'No mix-up of providers',
    'A callback for each, `iss` checked, state bound to the provider',
    party('refuses to end a sign-in at another provider than it was begun at (mix-up)'),
  ),
  met(
    ['10.3.1', 2],
    'Access tokens are for this server',
    'Opaque tokens of ours, bound to sites',
    apiKey('reach no other path, site or right than they name, nor more than their owner has'),
  ),
  met(
    ['10.3.2', 2],
    'What a token delegates is what is decided on',
    'Scope, person and every program in the chain',
    revocation(
      'what a program exchanges is never wider, longer or farther than both tokens, and at most three stand in a chain',
    ),
  ),
  met(['10.3.3', 2], 'People are known by what is never given to another', 'By our own id, which is not used again', [
    ...machine('come in as the person, and everybody stands in the assertion and the record'),
    ...advisories(
      'CVE-2026-55670 (Zitadel): who was deleted is nobody, and who comes with their address is somebody else',
    ),
  ]),
  met(
    ['10.3.4', 2],
    'Strength and age wanted are checked',
    'Tokens and keys prove no person where a site wants a strong or fresh proof',
    testsOf('src/gateway/layers/assurance.test.ts')(
      'tells a program what to ask for, as a problem document (RFC 9470, RFC 9457)',
    ),
  ),
  none(['10.4.1', 1], 'Redirect addresses are compared exactly', noCodes),
  none(['10.4.2', 1], 'Codes work once', noCodes),
  none(['10.4.3', 1], 'Codes are short-lived', noCodes),
  met(
    ['10.4.4', 1],
    'Only grants that are needed',
    'client_credentials and token exchange',
    advisories(
      'CVE-2026-45337 and GHSA-cq3f-vc6p-68fh (better-auth): there is no device flow, nor any grant but the two that programs need',
    ),
  ),
  none(['10.4.5', 1], 'Refresh tokens are not replayed', noRefresh),
  none(['10.4.6', 2], 'PKCE is demanded', noCodes),
  none(
    ['10.4.7', 2],
    'Registration by strangers is safe',
    'No dynamic registration: programs are made by people who are signed in',
  ),
  none(['10.4.8', 2], 'Refresh tokens end at last', noRefresh),
  met(
    ['10.4.9', 2],
    'Tokens can be revoked in the interface',
    'One’s own and, by who manages people, those of others; also RFC 7009',
    endpoint('are revoked by the client that got them, and by nobody else'),
  ),
  met(
    ['10.4.10', 2],
    'Clients prove themselves',
    'Secret or signed assertion, exactly one of them',
    endpoint('are taken by header, by form and by signed assertion, and by exactly one of them'),
  ),
  met(
    ['10.4.11', 2],
    'Clients get the scopes they need',
    'What was set, within what the owner may, at each request',
    endpoint('give a token of an hour with what was asked for and may be, never to be kept by anybody'),
  ),
  otherwise(
    ['10.4.16', 3],
    'Clients prove themselves by keys alone',
    'private_key_jwt is there; secrets are allowed beside it',
    hostile('as client assertions prove no program; the right one does, once'),
  ),
  met(
    ['10.5.1', 2],
    'ID tokens are not replayed',
    'nonce',
    party('refuses a code used twice, another state, another nonce, another verifier'),
  ),
  met(
    ['10.5.2', 2],
    'People are known by sub',
    'Provider and subject',
    signOn('finds the same person by subject, whatever the address says now'),
  ),
  met(
    ['10.5.3', 2],
    'Metadata of another issuer is refused',
    'Compared exactly',
    provider('with another issuer in its document is refused before anything is sent'),
  ),
  met(['10.5.4', 2], 'ID tokens are for this client', 'aud and azp', provider('refuses each, and says what was wrong')),
  met(['10.5.5', 2], 'Logout tokens are of their type, with the event, without nonce', 'And good once', [
    ...hostile('as logout tokens end nobody’s session; the right one does, once'),
    ...provider('and a logout token without what makes it one is refused'),
  ]),
  none(['10.6.1', 2], 'Only safe response modes', noProvider),
  none(['10.6.2', 2], 'Nobody is signed out by force', noProvider),
  none(['10.7.1', 2], 'Consent to each request', noConsent),
  none(['10.7.2', 2], 'Consent says to what', noConsent),
  none(['10.7.3', 2], 'Consents can be seen and taken back', noConsent),
];
