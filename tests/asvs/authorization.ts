import type { AsvsRow } from './row.ts';
import { met, testsOf } from './row.ts';

const decide = testsOf('src/access/decide.test.ts');
const server = testsOf('src/admin/api/server.test.ts');
const plane = testsOf('tests/abuse/control-plane.test.ts');
const revocation = testsOf('tests/abuse/identity-revocation.test.ts');
const reach = testsOf('tests/abuse/identity-reach.test.ts');
const wayIn = testsOf('tests/abuse/way-in.test.ts');
const hostile = testsOf('tests/abuse/identity-tokens.test.ts');
const machine = testsOf('src/gateway/layers/machine.test.ts');
const documents = testsOf('tests/asvs.test.ts');

/** V8 and V9. */
export const authorization: readonly AsvsRow[] = [
  met(
    ['8.1.1', 1],
    'Written down: who may do what, and on what',
    'docs/reference/roles.md, printed from the code that decides, and docs/guides/access.md',
    documents('says in the guides what it wants documented'),
  ),
  met(
    ['8.1.2', 2],
    'Written down: who may read and change which fields',
    'Every operation has a schema of what goes in and out: docs/reference/openapi.json',
    documents('says in the guides what it wants documented'),
  ),
  met(
    ['8.2.1', 1],
    'Functions only for whom they are allowed',
    'Deny by default; each operation says what it needs',
    server('refuses to each role exactly what the role does not grant'),
  ),
  met(['8.2.2', 1], 'Data only for whom it is allowed', 'By project, for each resource of a platform', [
    ...revocation('in one project nothing of another is seen or changed'),
    ...plane('reads nothing as a member without a role'),
  ]),
  met(
    ['8.2.3', 2],
    'Fields only for whom they are allowed',
    'Strict schemas: no field beside the contract goes in, none goes out',
    [
      ...server('lets nothing out that the contract does not name'),
      ...plane('does not become an Owner as an Administrator, nor touches one'),
    ],
  ),
  met(
    ['8.2.4', 3],
    'Decisions look at where and how somebody comes, also within a session',
    'Per site, path and permission: strength and age of the proof; addresses and countries by the firewall',
    testsOf('src/gateway/layers/assurance.test.ts')(
      'sends a person who opens a page to prove it, and back to that page',
    ),
  ),
  met(
    ['8.3.1', 1],
    'Decisions are made on the server',
    'One pure function, called by the gate and by the API',
    decide('agrees with the model for every role, permission and project'),
  ),
  met(['8.3.2', 3], 'What is changed counts at once', 'The change returns when the data plane has it', [
    ...revocation(
      'by SCIM: who is made inactive loses session, key, program and token at once, and what SCIM did not make is out of its reach',
      'by a review: what is not kept is gone with the next request',
    ),
    ...reach('by a group that makes Owners: not by joining it, nor by putting another in, nor by ending it'),
  ]),
  met(
    ['8.3.3', 3],
    'The rights of whom something is done for count, not those of who does it',
    'A program that acts for a person has what both have',
    revocation(
      'what a program exchanges is never wider, longer or farther than both tokens, and at most three stand in a chain',
    ),
  ),
  met(
    ['8.4.1', 2],
    'Nothing crosses from one tenant to another',
    'Projects; on n8n with an account for each',
    revocation('in one project nothing of another is seen or changed'),
  ),
  met(
    ['9.1.1', 1],
    'Signatures are verified before anything is believed',
    'ID, logout and client tokens',
    hostile(
      'as ID tokens sign nobody in, whatever their fault',
      'as logout tokens end nobody’s session; the right one does, once',
      'as client assertions prove no program; the right one does, once',
    ),
  ),
  met(
    ['9.1.2', 1],
    'Listed algorithms only, never none',
    'RSA, ECDSA and EdDSA; no HMAC',
    hostile('as ID tokens sign nobody in, whatever their fault'),
  ),
  met(
    ['9.1.3', 1],
    'Keys from where they were set up, never from the token',
    'jku, jwk, x5c and x5u refuse the token; nobody is asked',
    hostile(
      'as ID tokens sign nobody in, whatever their fault',
      'as client assertions prove no program; the right one does, once',
    ),
  ),
  met(
    ['9.2.1', 1],
    'Only within the time the token says',
    'exp is compulsory, nbf and iat are held',
    hostile('as client assertions prove no program; the right one does, once'),
  ),
  met(
    ['9.2.2', 2],
    'Only the kind of token that is meant',
    'ID, logout, access and subject tokens do not stand in for one another',
    hostile(
      'as logout tokens end nobody’s session; the right one does, once',
      'as bearer tokens and as assertions of the gate open no site and do not reach the application',
    ),
  ),
  met(
    ['9.2.3', 2],
    'Only tokens that are meant for us',
    'aud is this gate, and for clients this gate alone',
    hostile('as client assertions prove no program; the right one does, once'),
  ),
  met(
    ['9.2.4', 2],
    'Tokens we issue name whom they are for',
    'The assertion of the gate names one site; access tokens are bound to sites',
    [
      ...wayIn('cannot have an assertion made for one site sent to another'),
      ...machine('come in with an access token, by name, and the token goes no further'),
    ],
  ),
];
