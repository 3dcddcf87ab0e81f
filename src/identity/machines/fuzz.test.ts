import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withIdentity } from '../identity.fixture.ts';
import {
  accessTokenType,
  addOwned,
  ask,
  assertionType,
  basic,
  credentials,
  exchangeGrant,
} from './machines.fixture.ts';

const names = [
  ...['grant_type', 'scope', 'resource', 'audience', 'client_id', 'client_secret', 'client_assertion'],
  ...['client_assertion_type', 'subject_token', 'subject_token_type', 'actor_token', 'actor_token_type'],
] as const;
const values = [
  ...['client_credentials', exchangeGrant, accessTokenType, assertionType, 's1', 'workflow.read', '', ' '],
  ...[`sp_at_${'A'.repeat(43)}`, 'e30.e30.e30', 'eyJhbGciOiJub25lIn0.eyJzdWIiOm51bGx9.', '\0', '%', 'ünïcode'],
];
const value = fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary', maxLength: 60 }));
const form = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 5 })), value), {
  maxLength: 8,
});
const errors = new Set([
  ...['invalid_request', 'invalid_client', 'invalid_grant', 'unsupported_grant_type'],
  ...['invalid_scope', 'invalid_target', 'temporarily_unavailable'],
]);

describe('whatever comes to the token endpoint', () => {
  it('is refused with a word of RFC 6749 and gets no token, unless a true secret came with it', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const authorization = fc.option(
        fc.oneof(
          value,
          value.map(text => basic(program.account.id, text)),
        ),
        {
          nil: undefined,
        },
      );
      await fc.assert(
        fc.asyncProperty(form, authorization, async (fields, header) => {
          house.pass(60_000 * 20);
          const answer = await ask(house, fields, header === undefined ? {} : { authorization: header });
          assert.ok(answer.status >= 400 && answer.status < 500);
          assert.ok(errors.has(String(answer.body['error'])), JSON.stringify(answer.body));
        }),
        { numRuns: 150 },
      );
      assert.equal((await house.identity.load()).apiKeys.length, 0);
    }));

  it('says what is wrong without repeating what came', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const marked = { ...credentials, scope: 'MARK<script>', resource: 'MARK' };
      const answer = await ask(house, marked, { as: program });
      assert.equal(answer.status, 400);
      assert.ok(!JSON.stringify(answer.body).includes('MARK'));
    }));
});
