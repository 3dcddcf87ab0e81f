import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { TokenGround } from '../fakes/hostile-tokens.ts';
import { hostileTokens, rightToken } from '../fakes/hostile-tokens.ts';
import type { FakeServer } from '../fakes/http.ts';
import { startFakeServer } from '../fakes/http.ts';
import { createOwner, told } from '../product/product.ts';
import type { SingleSignOn } from './single-sign-on.ts';
import { sessionOf, startSingleSignOn } from './single-sign-on.ts';

type Json = Record<string, unknown>;

const nowS = () => Math.floor(Date.now() / 1000);
const formType = { 'content-type': 'application/x-www-form-urlencoded' };

/** Every place of the whole product that reads a token of others refuses each of the list, and asks nobody what the token names. */
describe('hostile tokens', () => {
  const stack = new AsyncDisposableStack();
  const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let sso: SingleSignOn;
  let decoy: FakeServer;
  let upstream: FakeServer;
  let site: { readonly id: string; readonly address: string };

  before(async () => {
    sso = stack.use(await startSingleSignOn());
    decoy = stack.use(await startFakeServer({ answer: () => ({ body: { keys: [] } }) }));
    upstream = stack.use(await startFakeServer({ answer: request => ({ body: request }) }));
    sso.op.add({ sub: 'ada' });
    site = await sso.product.sallyport.operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
  });
  after(() => stack.disposeAsync());

  const ground = (claims: Json, typ?: string): TokenGround => ({
    privateJwk: sso.op.keys.find(key => key['kty'] === 'RSA') ?? assert.fail(),
    claims: { iss: sso.op.issuer, aud: 'gate', iat: nowS(), exp: nowS() + 300, ...claims },
    decoyUrl: decoy.baseUrl,
    attacker,
    ...(typ === undefined ? {} : { typ }),
  });
  const names = () => hostileTokens(ground({})).map(({ name }) => name);

  it('as ID tokens sign nobody in, whatever their fault', async () => {
    const { op, product } = sso;
    const walks = names().map(async name => {
      const browser = product.visitor();
      const out = await sso.begin(browser);
      const nonce = out.searchParams.get('nonce');
      const token = hostileTokens(ground({ sub: 'ada', nonce })).find(one => one.name === name)?.token ?? '';
      return { name, browser, token, back: (await op.signIn(out.href, 'ada')).href };
    });
    for (const { back, browser, name, token } of await Promise.all(walks)) {
      op.rewrite = (path, body) => (path === '/token' ? { ...(body as Json), id_token: token } : body);
      const seen = await browser.send(back, { headers: { accept: 'text/html' } });
      assert.equal(seen.status, 422, `${name}: ${told(seen)}`);
      assert.equal(sessionOf(browser), undefined, name);
    }
    op.rewrite = undefined;
    const browser = product.visitor();
    assert.equal((await sso.signIn(browser, 'ada')).status, 200, 'the same way without a fault');
    assert.deepEqual(decoy.requests, []);
  });

  it('as logout tokens end nobody’s session; the right one does, once', async () => {
    const { op, product } = sso;
    const browser = product.visitor();
    await sso.signIn(browser, 'ada');
    const me = () => browser.call('GET', `${product.portal}/.sallyport/api/v1/me`);
    const post = (token: string) =>
      product.visitor().send(`${product.portal}/.sallyport/sso/login/logout`, {
        method: 'POST',
        headers: formType,
        body: new URLSearchParams({ logout_token: token }).toString(),
      });
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const made = ground({ sub: 'ada', jti: randomUUID(), events }, 'logout+jwt');
    for (const { name, token } of hostileTokens(made)) assert.equal((await post(token)).status, 400, name);
    const idToken = rightToken(ground({ sub: 'ada', nonce: 'n', jti: randomUUID() }));
    assert.equal((await post(idToken)).status, 400, 'an ID token is no logout token');
    assert.equal((await me()).status, 200);
    assert.equal((await post(rightToken(made))).status, 200);
    assert.equal((await me()).status, 401);
    await sso.signIn(browser, 'ada');
    assert.equal((await post(rightToken(made))).status, 400, 'the same once more');
    assert.equal((await me()).status, 200);
    assert.equal(op.rewrite, undefined);
    assert.deepEqual(decoy.requests, []);
  });

  it('as client assertions prove no program; the right one does, once', async () => {
    const { product } = sso;
    const { operator } = product.sallyport;
    const owner = await createOwner(product);
    const { users } = await operator('users.list', { query: { search: owner.email } });
    const jwk: Json = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) };
    const publicJwk = createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' });
    const expiresAt = Date.now() + 86_400_000;
    const addProgram = async (name: string): Promise<string> => {
      const scope = { sites: [site.id], permissions: ['data_source.read' as const] };
      const { id } = await operator('machines.create', { body: { name, ownerId: users[0]?.id ?? '', ...scope } });
      await operator('machines.addKey', { params: { id }, body: { name: 'k', expiresAt, jwk: publicJwk } });
      return id;
    };
    const url = `${product.portal}/.sallyport/oauth/token`;
    const ask = (clientId: string, assertion: string) =>
      product.visitor().send(url, {
        method: 'POST',
        headers: formType,
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }).toString(),
      });
    const groundFor = (id: string): TokenGround => ({
      ...{ privateJwk: { ...jwk, kid: 'k1' }, decoyUrl: decoy.baseUrl, attacker },
      claims: { iss: id, sub: id, aud: url, jti: randomUUID(), iat: nowS(), exp: nowS() + 60 },
    });
    let id = '';
    for (const [at, name] of names().entries()) {
      // Guessing at one program must wait after some failures: every few tokens another one is tried.
      if (at % 16 === 0) id = await addProgram(`Bot ${at}`);
      const token = hostileTokens(groundFor(id))[at]?.token ?? '';
      const seen = await ask(id, token);
      assert.equal(seen.status, 401, `${name}: ${told(seen)}`);
      assert.equal((seen.json() as Json)['error'], 'invalid_client', name);
    }
    id = await addProgram('Right');
    const right = rightToken(groundFor(id));
    assert.equal((await ask(id, right)).status, 200);
    assert.equal((await ask(id, right)).status, 401, 'the same once more');
    assert.deepEqual(decoy.requests, []);
  });

  it('as bearer tokens and as assertions of the gate open no site and do not reach the application', async () => {
    const { product } = sso;
    const stranger = product.visitor();
    const claims = { iss: site.address, aud: site.address, sub: 'ada', nonce: 'n' };
    for (const { name, token } of hostileTokens(ground(claims))) {
      for (const headers of [
        { authorization: `Bearer ${token}` },
        { 'x-sallyport-assertion': token },
        { 'remote-user': 'olga@example.com', 'x-forwarded-user': 'olga@example.com', 'x-sallyport-assertion': token },
        { cookie: `__Host-sallyport=${token.slice(0, 400)}` },
      ]) {
        const seen = await stranger.send(`${site.address}/x`, { headers });
        // Some are stopped by the perimeter already, as attacks; a busy machine sheds others.
        assert.ok([400, 401, 403, 503].includes(seen.status), `${name} ${JSON.stringify(headers)}: ${told(seen)}`);
      }
    }
    assert.ok(!upstream.requests.some(request => request.target === '/x'));
    assert.deepEqual(decoy.requests, []);
  });
});
