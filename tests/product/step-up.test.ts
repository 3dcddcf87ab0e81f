import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/core/clock.ts';
import { createOwner, freePort, goodPassword, invite, startProduct, told } from './product.ts';
import type { Visitor } from './visitor.ts';
import { totpCode } from './visitor.ts';

/** An application that says which way the gate says the person proved themselves. */
async function startApp(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((req, res) => {
    const [, claims = ''] = String(req.headers['x-sallyport-assertion'] ?? '').split('.');
    const { acr, amr } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as Record<string, unknown>;
    res.end(JSON.stringify({ url: req.url, acr, amr }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

const fetched = (visitor: Visitor, url: string) => visitor.call('GET', url);

for (const [name, hosts] of [
  ['on a port of the portal’s host', [] as string[]],
  ['on a host of its own, with a session handed over', ['app.gate.localhost']],
] as const) {
  describe(`a site that wants more, ${name}`, () => {
    it('asks a page for a second factor, which is enrolled on the way, and leads back to that page', async () => {
      await using app = await startApp();
      await using product = await startProduct();
      const portal = new URL(product.portal);
      const body = {
        ...{ name: 'app', platform: 'generic' as const, upstreams: [app.url], hosts: [...hosts] },
        ...(hosts.length === 0 ? { port: await freePort() } : {}),
        signIn: { mfa: true },
      };
      const site = await product.sallyport.operator('sites.create', { body });
      const { users } = await product.sallyport.operator('users.list', { query: {} });
      assert.deepEqual(users, []);
      await createOwner(product);
      const member = await invite(product, { email: 'ada@example.com', name: 'Ada' });
      await product.sallyport.operator('projects.setMember', {
        params: { id: site.defaultProject, userId: member.id },
        body: { role: 'editor' },
      });
      const { visitor } = member;
      const origin = hosts.length === 0 ? site.address : `https://${hosts[0] ?? ''}:${portal.port}`;

      const first = await visitor.open(`${origin}/reports?year=2026`);
      assert.equal(first.url.pathname, '/.sallyport/reauthenticate', told(first));
      assert.equal(first.url.searchParams.get('acr_values'), 'mfa');
      const refused = await fetched(visitor, `${origin}/api`);
      assert.equal(refused.status, 401);
      assert.match(String(refused.headers['www-authenticate']), /insufficient_user_authentication/);

      const enrolment = await visitor.submit(first, { password: goodPassword });
      assert.equal(enrolment.url.pathname, '/.sallyport/sign-in/enrol', told(enrolment));
      const secret = /<code class="secret">([A-Z2-7 ]+)<\/code>/.exec(enrolment.text)?.[1] ?? '';
      const codes = await visitor.submit(enrolment, { code: totpCode(secret, Date.now()) });
      const back = await visitor.submit(codes, {});
      assert.equal(back.status, 200, told(back));
      assert.deepEqual(JSON.parse(back.text), { url: '/reports?year=2026', acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
      assert.equal((await fetched(visitor, `${origin}/api`)).status, 200);
    });

    it('asks again when the proof is too old, and the old session is worth nothing', async () => {
      const wall = { offsetMs: 0 };
      const clock: Clock = { now: () => Date.now() + wall.offsetMs, monotonicMs: () => performance.now() };
      await using app = await startApp();
      await using product = await startProduct({ clock });
      const body = {
        ...{ name: 'app', platform: 'generic' as const, upstreams: [app.url], hosts: [...hosts] },
        ...(hosts.length === 0 ? { port: await freePort() } : {}),
      };
      const rule = { methods: [], path: '/admin/*', permission: null, mfa: false, phishingResistant: false };
      const stepUp = [{ ...rule, maxAgeMinutes: 15, apiKeys: 'refuse' as const }];
      const site = await product.sallyport.operator('sites.create', { body: { ...body, signIn: { stepUp } } });
      const owner = await createOwner(product);
      const origin = hosts.length === 0 ? site.address : `https://${hosts[0] ?? ''}:${new URL(product.portal).port}`;
      assert.equal((await owner.visitor.open(`${origin}/admin/users`)).status, 200);
      wall.offsetMs = 20 * 60_000;
      assert.equal((await owner.visitor.open(`${origin}/else`)).status, 200, 'elsewhere nobody is asked');
      const asked = await owner.visitor.open(`${origin}/admin/users`);
      assert.equal(asked.url.pathname, '/.sallyport/reauthenticate', told(asked));
      const code = totpCode(owner.totpSecret ?? '', clock.now());
      const back = await owner.visitor.submit(asked, { password: goodPassword, code });
      assert.equal(back.status, 200, told(back));
      assert.match(back.text, /"\/admin\/users"/);
    });
  });
}
