import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import type { TokenChange } from '../../../tests/fakes/hostile-oidc.ts';
import { changeIdToken, changeToken, onAnswer } from '../../../tests/fakes/hostile-oidc.ts';
import { hostileTokens, rightToken } from '../../../tests/fakes/hostile-tokens.ts';
import { startFakeServer } from '../../../tests/fakes/http.ts';
import type { Op } from './oidc.fixture.ts';
import { detail, identity, redirectUri, signal, signIn, withProvider } from './oidc.fixture.ts';

const nowS = (): number => Math.floor(Date.now() / 1000);
const otherKey = (): Record<string, unknown> => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
});
const set = (more: Record<string, unknown>) => (claims: Record<string, unknown>) => ({ ...claims, ...more });

describe('ID tokens with one fault, from a provider that is otherwise right', () => {
  const rows: readonly (readonly [string, TokenChange, RegExp])[] = [
    ['another issuer', { claims: set({ iss: 'https://other.example.org' }) }, /"iss"|claim/],
    ['another audience', { claims: set({ aud: 'somebody' }) }, /"aud"|claim/],
    ['several audiences without azp', { claims: set({ aud: ['gate', 'other'] }) }, /"a(?:ud|zp)"/],
    ['several audiences, azp of another', { claims: set({ aud: ['gate', 'other'], azp: 'other' }) }, /"azp"/],
    ['azp of another client', { claims: set({ azp: 'other' }) }, /"azp"/],
    ['another nonce', { claims: set({ nonce: 'of another sign-in' }) }, /"nonce"/],
    ['no nonce', { claims: set({ nonce: null }) }, /"?nonce"?/],
    ['no subject', { claims: set({ sub: null }) }, /"sub"/],
    ['a subject that is no text', { claims: set({ sub: 7 }) }, /"sub"/],
    ['another at_hash', { claims: set({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }) }, /at_hash/],
    ['expiry in the past', { claims: set({ exp: nowS() - 3600 }) }, /exp/],
    ['no expiry', { claims: set({ exp: null }) }, /"exp"/],
    ['not valid yet', { claims: set({ nbf: nowS() + 3600 }) }, /nbf/],
    ['issued in the future', { claims: set({ iat: nowS() + 3600 }) }, /iat/],
    ['auth_time in the future', { claims: set({ auth_time: nowS() + 3600 }) }, /auth_time/],
    ['alg none', { header: { alg: 'none' }, signature: 'none' }, /alg/],
    ['HS256 with the public key', { header: { alg: 'HS256' }, signature: 'hmac_public_key' }, /alg/],
    ['a key id nobody published', { header: { kid: 'unknown' } }, /no applicable key/],
    ['the signature of another key', { signature: { privateJwk: otherKey() } }, /signature/],
    ['claims changed after signing', { claims: set({ sub: 'bob' }), signature: 'as_it_was' }, /signature/],
    ['the type of an access token', { header: { typ: 'at+jwt' } }, /type/],
    ['the type of a logout token', { header: { typ: 'logout+jwt' } }, /type/],
  ];
  it('refuses each, and says what was wrong', async () => {
    await withProvider(async op => {
      for (const [name, change, wanted] of rows) {
        op.server.rewrite = changeIdToken(op.server, change);
        assert.match(detail(await signIn(op)), wanted, name);
      }
      op.server.rewrite = changeIdToken(op.server, {});
      assert.equal(identity(await signIn(op)).subject, 'ada', 'the same way without a fault');
    });
  });

  it('refuses an old sign-in where a new one was asked for', async () => {
    await withProvider(async op => {
      for (const auth_time of [nowS() - 3600, null, 'now']) {
        op.server.rewrite = changeIdToken(op.server, { claims: set({ auth_time }) });
        assert.match(detail(await signIn(op, 'ada', { isForced: true })), /auth_time/);
      }
    });
  });

  it('refuses a provider that offers only HS256, or none at all, whatever it signs with', async () => {
    for (const offered of [['HS256'], ['none']]) {
      await withProvider(async op => {
        op.server.rewrite = onAnswer('/.well-known/openid-configuration', answer => ({
          ...answer,
          id_token_signing_alg_values_supported: offered,
        }));
        const steps = await op.rp.probe({ redirectUri }, signal());
        assert.equal(steps.find(step => step.name === 'algorithms')?.ok, false);
        detail(await signIn(op));
      });
    }
  });
});

describe('every token of the hostile list', () => {
  const ground = (op: Op, claims: Record<string, unknown>, decoyUrl: string) => {
    const privateJwk = op.server.keys.find(key => key['kty'] === 'RSA');
    assert.ok(privateJwk);
    const time = { iat: nowS(), exp: nowS() + 300 };
    return { privateJwk, decoyUrl, claims: { iss: op.server.issuer, aud: 'gate', ...time, ...claims } };
  };

  it('is refused as an ID token, and nobody is asked for a key', async () => {
    await using decoy = await startFakeServer({ answer: () => ({ body: {} }) });
    await withProvider(async op => {
      const made = ground(op, { sub: 'ada' }, decoy.baseUrl);
      let nonce: unknown;
      const send = (token: string): void => {
        op.server.rewrite = onAnswer('/token', answer => ({ ...answer, id_token: token }));
      };
      const start = async () => {
        const begun = await op.rp.begin({ state: 's', redirectUri, isForced: false }, signal());
        assert.equal(begun.dispatch.kind, 'redirect');
        nonce = new URL(begun.dispatch.url).searchParams.get('nonce');
        return { ...begun, url: await op.server.signIn(begun.dispatch.url, 'ada') };
      };
      for (const { name } of hostileTokens(made)) {
        const { kept, url } = await start();
        const token = hostileTokens({ ...made, claims: { ...made.claims, nonce } }).find(
          one => one.name === name,
        )?.token;
        send(token ?? '');
        const outcome = await op.rp.finish({ url, state: 's', kept }, signal());
        assert.equal(outcome.kind, 'refused', name);
      }
      const { kept, url } = await start();
      send(rightToken({ ...made, claims: { ...made.claims, nonce } }));
      assert.equal(identity(await op.rp.finish({ url, state: 's', kept }, signal())).subject, 'ada');
      assert.deepEqual(decoy.requests, []);
    });
  });

  it('is refused as a logout token, and nobody is asked for a key', async () => {
    await using decoy = await startFakeServer({ answer: () => ({ body: {} }) });
    await withProvider(async op => {
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const made = { ...ground(op, { sub: 'ada', jti: 'j1', events }, decoy.baseUrl), typ: 'logout+jwt' };
      for (const { name, token } of hostileTokens(made)) {
        await assert.rejects(op.rp.readLogoutToken(token, signal()), { code: 'identity.provider_refused' }, name);
      }
      assert.deepEqual((await op.rp.readLogoutToken(rightToken(made), signal())).subject, 'ada');
      assert.deepEqual(decoy.requests, []);
    });
  });

  it('and a logout token without what makes it one is refused', async () => {
    await withProvider(async op => {
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const right = { sub: 'ada', jti: 'j1', events };
      const rows: readonly [string, Record<string, unknown>, string?][] = [
        ['a nonce', { ...right, nonce: 'n' }],
        ['no event', { ...right, events: {} }],
        [
          'an event that is no object',
          { ...right, events: { 'http://schemas.openid.net/event/backchannel-logout': 1 } },
        ],
        ['neither sid nor sub', { jti: 'j1', events }],
        ['a sid that is no text', { ...right, sid: 7 }],
        ['no jti', { sub: 'ada', events }],
        ['an ID token', { sub: 'ada', nonce: 'n' }, 'JWT'],
        ['the type of an ID token', right, 'JWT'],
        ['an old one', { ...right, iat: nowS() - 3600 }],
      ];
      for (const [name, claims, typ = 'logout+jwt'] of rows) {
        const token = rightToken({ ...ground(op, claims, ''), typ });
        await assert.rejects(op.rp.readLogoutToken(token, signal()), { code: 'identity.provider_refused' }, name);
      }
    });
  });
});

describe('keys', () => {
  it('that changed are fetched again, and the old ones then count no more', async () => {
    await withProvider(async op => {
      identity(await signIn(op));
      const privateJwk: Record<string, unknown> = { ...otherKey(), kid: 'next', use: 'sig' };
      const { kty, n, e, kid, use } = privateJwk;
      op.server.rewrite = (path, body) =>
        path === '/jwks'
          ? { keys: [{ kty, n, e, kid, use }] }
          : changeIdToken(op.server, { header: { kid }, signature: { privateJwk } })(path, body);
      assert.match(detail(await signIn(op)), /no applicable key/, 'fetched a moment ago: not again so soon');
      op.clock.offsetMs += 31_000;
      assert.equal(identity(await signIn(op)).subject, 'ada');
      op.server.rewrite = (path, body) => (path === '/jwks' ? { keys: [{ kty, n, e, kid, use }] } : body);
      assert.match(detail(await signIn(op)), /no applicable key/);
    });
  });

  it('with a shared secret in the set do not make it a signing key', async () => {
    await withProvider(async op => {
      op.server.rewrite = (path, body) => {
        if (path === '/jwks') return { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'shared', use: 'sig' }] };
        return changeIdToken(op.server, { header: { alg: 'HS256', kid: 'shared' }, signature: 'hmac_public_key' })(
          path,
          body,
        );
      };
      detail(await signIn(op));
    });
  });

  it('nobody knows do not let anybody make the gate flood the provider', async () => {
    await withProvider(async op => {
      const claims = { iss: op.server.issuer, aud: 'gate', iat: nowS(), exp: nowS() + 300 };
      const token = rightToken({ privateJwk: { ...otherKey(), kid: 'x' }, claims, typ: 'logout+jwt', decoyUrl: '' });
      const tokens = Array.from({ length: 50 }, (_, at) =>
        changeToken(op.server, token, { header: { kid: `unknown-${at}` }, signature: 'as_it_was' }),
      );
      const all = await Promise.allSettled(tokens.map(one => op.rp.readLogoutToken(one, signal())));
      assert.ok(all.every(one => one.status === 'rejected'));
      assert.ok(op.server.requests.filter(one => one === 'GET /jwks').length <= 2);
      assert.equal(op.server.requests.filter(one => one.includes('well-known')).length, 1);
    });
  });
});

describe('userinfo', () => {
  it('of another person is refused', async () => {
    await withProvider(async op => {
      for (const sub of ['bob', undefined, 7]) {
        op.server.rewrite = onAnswer('/me', answer => ({ ...answer, sub }));
        assert.match(detail(await signIn(op)), /sub/);
      }
    });
  });

  it('vouches for the address it gives and for no other', async () => {
    await withProvider(async op => {
      op.server.rewrite = onAnswer('/me', answer => ({ ...answer, email_verified: false }));
      assert.equal(identity(await signIn(op)).isEmailVerified, false);
      op.server.rewrite = (path, body) => {
        const changed = changeIdToken(op.server, { claims: set({ email: 'owner@example.org' }) })(path, body);
        return changed;
      };
      const found = identity(await signIn(op));
      assert.deepEqual([found.email, found.isEmailVerified], ['owner@example.org', false]);
    });
  });

  it('with groups left out, because there are too many, is a refusal that says what to do', async () => {
    await withProvider(async op => {
      op.server.rewrite = onAnswer('/me', ({ groups: _none, ...rest }) => ({
        ...rest,
        _claim_names: { groups: 'src1' },
        _claim_sources: { src1: { endpoint: 'https://graph.example.org/getMemberObjects' } },
      }));
      assert.match(detail(await signIn(op)), /too many groups .*_claim_sources/);
    });
  });

  it('with groups that are no names, or too many, is refused; with none there are none', async () => {
    await withProvider(
      async op => {
        for (const groups of [[{ name: 'editors' }], [''], [7], { editors: true }, ['a', 'b', 'c', 'd']]) {
          op.server.rewrite = onAnswer('/me', answer => ({ ...answer, groups }));
          assert.match(detail(await signIn(op)), /groups/);
        }
        op.server.rewrite = onAnswer('/me', ({ groups: _none, ...rest }) => rest);
        assert.deepEqual(identity(await signIn(op)).groups, []);
        op.server.rewrite = onAnswer('/me', answer => ({ ...answer, groups: ['a', 'a', 'b'] }));
        assert.deepEqual(identity(await signIn(op)).groups, ['a', 'b']);
        op.server.rewrite = onAnswer('/me', answer => ({ ...answer, groups: 'single' }));
        assert.deepEqual(identity(await signIn(op)).groups, ['single']);
      },
      { settings: { groupsMax: 3 } },
    );
  });
});

describe('a provider that answers badly', () => {
  const paths = ['/.well-known/openid-configuration', '/jwks', '/token', '/me'];

  it('with another issuer in its document is refused before anything is sent', async () => {
    await withProvider(async op => {
      for (const issuer of ['https://other.example.org', `${op.settings.issuer}/`, op.settings.issuer.toUpperCase()]) {
        op.server.rewrite = onAnswer(paths[0] ?? '', answer => ({ ...answer, issuer }));
        const begin = op.party({}).begin({ state: 's', redirectUri, isForced: false }, signal());
        await assert.rejects(begin, { code: 'identity.provider_refused' });
      }
    });
  });

  it('with a sign-in page that is no web address is refused', async () => {
    await withProvider(async op => {
      for (const address of [
        'javascript:alert(1)',
        'http://op.example.org/auth',
        'https://user@op.example.org/auth',
        '/auth',
      ]) {
        op.server.rewrite = onAnswer(paths[0] ?? '', answer => ({ ...answer, authorization_endpoint: address }));
        const begin = op.party({}).begin({ state: 's', redirectUri, isForced: false }, signal());
        await assert.rejects(begin, { code: 'identity.provider_refused' }, address);
      }
    });
  });

  for (const path of paths) {
    it(`slowly, hugely, by redirect or with an error at ${path} is not waited for, read or followed`, async () => {
      await using elsewhere = await startFakeServer({ answer: () => ({ body: {} }) });
      await withProvider(
        async op => {
          const ways: Record<string, (res: ServerResponse) => void> = {
            slowly: () => undefined,
            hugely: res => {
              res.writeHead(200, { 'content-type': 'application/json' });
              res.on('error', () => undefined);
              res.end(`"${'x'.repeat(1_100_000)}"`);
            },
            'by redirect': res => res.writeHead(302, { location: `${elsewhere.baseUrl}/` }).end(),
            'with an error': res => res.writeHead(500).end('{"error":"server_error"}'),
          };
          for (const [name, answer] of Object.entries(ways)) {
            const rp = op.party({ timeoutMs: 600 });
            op.server.intercept = (req, res) => {
              if (req.url?.split('?')[0] !== path) return false;
              answer(res);
              return true;
            };
            const done = signIn(op, 'ada', { rp });
            await assert.rejects(done, { code: 'identity.provider_unreachable' }, name);
          }
          assert.deepEqual(elsewhere.requests, []);
        },
        { settings: { timeoutMs: 600 } },
      );
    });
  }

  it('is asked for its document once an hour', async () => {
    await withProvider(async op => {
      identity(await signIn(op));
      identity(await signIn(op));
      const count = (): number => op.server.requests.filter(one => one.includes('well-known')).length;
      assert.equal(count(), 1);
      op.clock.offsetMs += 3_600_001;
      await op.rp.begin({ state: 's', redirectUri, isForced: false }, signal());
      assert.equal(count(), 2);
    });
  });
});
