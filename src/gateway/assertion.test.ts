import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { createSystemIds } from '../core/ids.ts';
import { createAssertionKeys, createAssertions, toJwks } from './assertion.ts';
import { anna, person, session, site, startGate, startUpstream } from './gateway.fixture.ts';

const newId = createSystemIds();
const wanted = {
  issuer: 'http://portal.test',
  audience: 'http://app.test',
  algorithms: ['ES256'],
  requiredClaims: ['exp', 'iat', 'jti'],
};

function signer(now: { ms: number }, keys = createAssertionKeys()) {
  const clock = { now: () => now.ms, monotonicMs: () => now.ms };
  return { keys, ...createAssertions({ keys, issuer: wanted.issuer, clock, newId }) };
}

describe('assertion', () => {
  it('tells the upstream who it is, verifiable from the keys the gate publishes', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    await gate.call({ signedIn: true });
    const token = String(upstream.seen[0]?.headers['x-sallyport-assertion']);
    const jwks = await gate.call({ host: 'portal.test', path: '/.well-known/sallyport/jwks.json' });
    assert.equal(jwks.headers['content-type'], 'application/jwk-set+json');
    assert.doesNotMatch(jwks.body, /"d":/);
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(JSON.parse(jwks.body)), wanted);
    assert.equal(protectedHeader.alg, 'ES256');
    assert.equal(payload.sub, anna.id);
    assert.equal(payload['sid'], anna.session);
    assert.equal(payload['email'], 'anna@example.org');
    assert.equal(payload['role'], 'member');
    assert.deepEqual(payload['groups'], ['global:member', 'project:editor']);
    assert.deepEqual(payload['amr'], ['pwd', 'otp', 'mfa']);
    assert.deepEqual(payload.aud, ['http://app.test', 'app']);
    assert.ok(Number(payload.exp) - Number(payload.iat) <= 120);
  });

  it('is not good for another site, nor after a change of its bytes', async () => {
    const now = { ms: Date.now() };
    const { keys, sign } = signer(now);
    const token = sign({ session: session(now.ms), person: person(), site: site([]), audience: 'http://app.test' });
    const set = createLocalJWKSet(JSON.parse(toJwks(keys)));
    await assert.rejects(
      jwtVerify(token, set, { ...wanted, audience: 'http://other.test' }),
      errors.JWTClaimValidationFailed,
    );
    const [head = '', , signature = ''] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'u-other' })).toString('base64url');
    await assert.rejects(jwtVerify(`${head}.${forged}.${signature}`, set), errors.JWSSignatureVerificationFailed);
  });

  it('is made once and kept until 30 s before its end, and anew when the person, session or clock changes', () => {
    const now = { ms: 1_000_000_000 };
    const { sign } = signer(now);
    const input = { session: session(now.ms), person: person(), site: site([]), audience: 'http://app.test' };
    const first = sign(input);
    now.ms += 89_000;
    assert.equal(sign(input), first);
    now.ms += 1000;
    const second = sign(input);
    assert.notEqual(second, first);
    assert.notEqual(sign({ ...input, person: person({ globalRole: 'administrator' }) }), second);
    assert.notEqual(sign({ ...input, session: session(now.ms) }), second);
    const last = sign(input);
    now.ms -= 3_600_000;
    assert.notEqual(sign(input), last, 'a clock that went back');
  });

  it('still verifies right after the keys were rotated, and not two rotations later', async () => {
    const now = { ms: Date.now() };
    const { keys, sign } = signer(now);
    const token = sign({ session: session(now.ms), person: person(), site: site([]), audience: 'http://app.test' });
    const rotated = createAssertionKeys(keys);
    assert.equal(rotated.publicJwks.length, 2);
    assert.notEqual(rotated.privateJwk['kid'], keys.privateJwk['kid']);
    await jwtVerify(token, createLocalJWKSet(JSON.parse(toJwks(rotated))), wanted);
    const again = createAssertionKeys(rotated);
    await assert.rejects(
      jwtVerify(token, createLocalJWKSet(JSON.parse(toJwks(again))), wanted),
      errors.JWKSNoMatchingKey,
    );
  });
});
