import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { makeServerCertificate } from '../../../tests/fakes/certificates.ts';
import { startFakeServer } from '../../../tests/fakes/http.ts';
import { clientSecret, detail, identity, redirectUri, signal, signIn, walkIn, withProvider } from './oidc.fixture.ts';

describe('sign-in at a real OpenID provider', () => {
  it('gives who it is, from userinfo where the ID token lacks it', async () => {
    await withProvider(async op => {
      const found = identity(await signIn(op));
      assert.deepEqual(
        { ...found, keepsake: null, authenticatedAt: null, upstreamSession: null },
        {
          ...{ subject: 'ada', email: 'ada@example.org', isEmailVerified: true, name: 'ada' },
          ...{ groups: ['editors', 'staff'], isMfa: false },
          ...{ keepsake: null, authenticatedAt: null, upstreamSession: null },
        },
      );
      assert.ok(op.server.requests.includes('GET /me'));
    });
  });

  it('does not ask userinfo when the ID token says everything', async () => {
    await withProvider(
      async op => {
        assert.deepEqual(identity(await signIn(op)).groups, ['editors', 'staff']);
        assert.ok(!op.server.requests.includes('GET /me'));
      },
      { server: { hasFullIdToken: true } },
    );
  });

  it('sends PKCE S256, state and nonce, and asks for a new sign-in when forced', async () => {
    await withProvider(async op => {
      const { sentTo } = await walkIn(op, 'ada', { isForced: true });
      const get = (name: string) => sentTo.searchParams.get(name) ?? '';
      assert.equal(get('code_challenge_method'), 'S256');
      assert.match(get('code_challenge'), /^[\w-]{43}$/);
      assert.match(get('nonce'), /^[\w-]{43}$/);
      assert.equal(get('response_type'), 'code');
      assert.equal(get('redirect_uri'), redirectUri);
      assert.equal(get('prompt'), 'login');
      assert.equal(get('max_age'), '0');
      assert.equal(get('scope'), 'openid profile email');
    });
  });

  it('says when the person signed in, and with a second factor only when the provider says so', async () => {
    await withProvider(
      async op => {
        op.server.add({ sub: 'eve', amr: ['pwd', 'otp'] });
        const found = identity(await signIn(op, 'eve', { isForced: true }));
        assert.equal(found.isMfa, true);
        assert.ok(Math.abs((found.authenticatedAt ?? 0) - Date.now()) < 30_000);
        assert.equal(identity(await signIn(op)).isMfa, false);
      },
      { settings: { scopes: ['openid', 'profile', 'email'] } },
    );
  });

  for (const idTokenAlg of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
    it(`takes ID tokens signed with ${idTokenAlg}`, async () => {
      await withProvider(async op => assert.equal(identity(await signIn(op)).subject, 'ada'), {
        client: { idTokenAlg },
      });
    });
  }

  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ways = [
    { authMethod: 'client_secret_post', secret: clientSecret },
    {
      authMethod: 'private_key_jwt',
      secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
    },
    { authMethod: 'none', secret: '' },
  ] as const;
  for (const { authMethod, secret, ...rest } of ways) {
    it(`proves itself to the provider by ${authMethod}`, async () => {
      const { clientSecret: _none, ...client } = { clientSecret, authMethod, ...rest };
      await withProvider(async op => assert.equal(identity(await signIn(op)).subject, 'ada'), {
        client:
          authMethod === 'client_secret_post' ? { authMethod } : ({ ...client, clientSecret: undefined } as never),
        settings: { clientAuth: authMethod },
        secret,
      });
    });
  }

  it('trusts exactly the authority of the settings over https', async () => {
    const authority = makeServerCertificate('localhost');
    await withProvider(
      async op => {
        assert.equal(identity(await signIn(op)).subject, 'ada');
        const other = op.party({ caPem: makeServerCertificate('localhost').certPem });
        await assert.rejects(other.begin({ state: 's', redirectUri, isForced: false }, signal()), /provider/);
        const system = op.party({ caPem: null });
        await assert.rejects(system.begin({ state: 's', redirectUri, isForced: false }, signal()), /provider/);
      },
      { server: { tls: authority, host: 'localhost' }, settings: { caPem: authority.certPem } },
    );
  });

  it('takes groups by a way into a claim', async () => {
    await withProvider(async op => assert.deepEqual(identity(await signIn(op)).groups, ['editors', 'staff']), {
      settings: { claims: { email: 'email', name: 'name', groups: 'realm_access.roles' } },
    });
  });

  it('tells a person who said no, or is disabled there, from a broken answer', async () => {
    await withProvider(async op => {
      const account = op.server.accounts.get('bob');
      assert.ok(account);
      account.isDisabled = true;
      detail(await signIn(op, 'bob'), 'denied');
    });
  });
});

describe('a sign-in that is not the one that was begun', () => {
  it('refuses a code used twice, another state, another nonce, another verifier', async () => {
    await withProvider(async op => {
      const first = await walkIn(op);
      identity(await op.rp.finish(first, signal()));
      assert.match(detail(await op.rp.finish(first, signal())), /invalid_grant/);

      const second = await walkIn(op);
      assert.match(detail(await op.rp.finish({ ...second, state: 'other' }, signal())), /state/);
      const third = await walkIn(op);
      // What another browser had begun: its nonce and verifier are not of this code.
      assert.match(
        detail(await op.rp.finish({ ...second, url: third.url, state: third.state }, signal())),
        /invalid_grant/,
      );
    });
  });

  it('refuses an answer without iss, since the provider announces it, and one of another issuer', async () => {
    await withProvider(async op => {
      const walked = await walkIn(op);
      const without = new URL(walked.url);
      without.searchParams.delete('iss');
      assert.match(detail(await op.rp.finish({ ...walked, url: without }, signal())), /iss/);
      const other = new URL(walked.url);
      other.searchParams.set('iss', 'https://honest.example.org');
      const before = op.server.requests.length;
      assert.match(detail(await op.rp.finish({ ...walked, url: other }, signal())), /iss/);
      const twice = new URL(walked.url);
      twice.searchParams.append('state', walked.state);
      assert.match(detail(await op.rp.finish({ ...walked, url: twice }, signal())), /state/);
      assert.equal(op.server.requests.length, before, 'the code went nowhere');
    });
  });

  it('refuses to end a sign-in at another provider than it was begun at (mix-up)', async () => {
    await withProvider(async honest => {
      await withProvider(async hostile => {
        const walked = await walkIn(honest);
        const before = hostile.server.requests.length;
        assert.match(detail(await hostile.rp.finish(walked, signal())), /another issuer/);
        assert.equal(hostile.server.requests.length, before, 'the code of the honest provider went nowhere');
      });
    });
  });
});

describe('renewal', () => {
  it('brings changed groups and a new keepsake, and refuses when the person is disabled', async () => {
    await withProvider(async op => {
      const { keepsake } = identity(await signIn(op));
      assert.ok(keepsake);
      const account = op.server.accounts.get('ada');
      assert.ok(account);
      account.groups = ['viewers'];
      const renewed = identity(await op.rp.refresh(keepsake, signal()));
      assert.deepEqual(renewed.groups, ['viewers']);
      assert.ok(renewed.keepsake && !renewed.keepsake.equals(keepsake));
      account.isDisabled = true;
      assert.match(detail(await op.rp.refresh(renewed.keepsake, signal()), 'denied'), /invalid_grant/);
    });
  });

  it('refuses a refresh token used twice, and every one that came of it', async () => {
    await withProvider(async op => {
      const { keepsake } = identity(await signIn(op));
      assert.ok(keepsake);
      const next = identity(await op.rp.refresh(keepsake, signal())).keepsake;
      detail(await op.rp.refresh(keepsake, signal()), 'denied');
      assert.ok(next);
      detail(await op.rp.refresh(next, signal()), 'denied');
    });
  });

  it('says nothing of the person while the provider is down, or no longer knows the gate', async () => {
    await withProvider(async op => {
      const { keepsake } = identity(await signIn(op));
      assert.ok(keepsake);
      const wrong = op.party({}, 'not the secret');
      await assert.rejects(wrong.refresh(keepsake, signal()), { code: 'identity.provider_unreachable' });
      op.server.intercept = (_req, res) => {
        res.writeHead(503).end();
        return true;
      };
      await assert.rejects(op.rp.refresh(keepsake, signal()), { code: 'identity.provider_unreachable' });
    });
  });

  it('is null where the provider never gave a refresh token', async () => {
    await withProvider(async op => {
      op.server.rewrite = (path, body) => {
        if (path === '/token' && typeof body === 'object') return { ...body, refresh_token: undefined };
        return body;
      };
      const { keepsake } = identity(await signIn(op));
      assert.ok(keepsake);
      assert.equal(await op.rp.refresh(keepsake, signal()), null);
    });
  });
});

describe('logout', () => {
  it('sends the person to the provider with the ID token as a hint', async () => {
    await withProvider(async op => {
      const { keepsake } = identity(await signIn(op));
      assert.ok(keepsake);
      const address = await op.rp.logoutUrl(
        keepsake,
        { state: 's1', returnTo: 'http://gate.example.org/bye' },
        signal(),
      );
      const url = new URL(address ?? '');
      assert.equal(url.searchParams.get('post_logout_redirect_uri'), 'http://gate.example.org/bye');
      assert.equal(url.searchParams.get('state'), 's1');
      assert.equal(url.searchParams.get('id_token_hint')?.split('.').length, 3);
    });
  });

  it('reads the back-channel logout token the provider sends, and names the session by sid', async () => {
    await using receiver = await startFakeServer({ answer: () => ({ status: 200, body: '' }) });
    await withProvider(
      async op => {
        const found = identity(await signIn(op));
        assert.equal(await op.server.endSessions('ada'), 1);
        const sent = new URLSearchParams(receiver.requests[0]?.body).get('logout_token') ?? '';
        const read = await op.rp.readLogoutToken(sent, signal());
        assert.equal(read.subject, 'ada');
        assert.ok(read.session !== null && read.id !== '' && read.expiresAt > Date.now());
        assert.ok(found.upstreamSession === null || found.upstreamSession === read.session);
      },
      { client: { backchannelLogoutUri: `${receiver.baseUrl}/logout` } },
    );
  });
});

describe('probe', () => {
  it('says step by step what it found, and knows whether the secret is right', async () => {
    await withProvider(async op => {
      const steps = await op.rp.probe({ redirectUri }, signal());
      assert.deepEqual(
        steps.map(step => [step.name, step.ok]),
        [
          'address',
          'discovery',
          'issuer',
          'algorithms',
          'PKCE',
          'issuer in answers',
          'keys',
          'client',
          'redirect address',
        ].map(name => [name, true]),
      );
      const wrong = await op.party({}, 'not the secret').probe({ redirectUri }, signal());
      assert.deepEqual(
        wrong.filter(step => !step.ok).map(step => step.name),
        ['client'],
      );
      const issuer = await op.party({ issuer: `${op.settings.issuer}/` }).probe({ redirectUri }, signal());
      assert.deepEqual(
        issuer.filter(step => !step.ok).map(step => step.name),
        ['issuer', 'metadata'],
      );
    });
  });

  it('never throws, whatever the address leads to', async () => {
    await withProvider(async op => {
      for (const issuer of [
        'http://127.0.0.1:1',
        'https://169.254.169.254',
        'https://[::1]:1',
        `${op.settings.issuer}/x`,
      ]) {
        const steps = await op.party({ issuer }).probe({ redirectUri }, signal());
        assert.ok(
          steps.some(step => !step.ok),
          issuer,
        );
      }
    });
  });
});
