import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from '../../src/server/cli/cli.ts';
import { createCommands } from '../../src/server/server.ts';
import { startFakeN8n } from '../fakes/n8n.ts';
import type { Product } from './product.ts';
import { createOwner, invite, redeemLink, startProduct } from './product.ts';

/** The command line as a person at the machine uses it, on the operator socket of a running product. */
function terminal(product: Product, options: { answers?: readonly string[]; env?: Record<string, string> } = {}) {
  const answers = [...(options.answers ?? [])];
  return async (...words: readonly string[]) => {
    const said = { out: '', err: '', asked: [] as string[] };
    const config = ['--config', path.join(product.dir, 'sallyport.yaml')];
    const status = await runCli(createCommands(product.dir), [...words, ...config], {
      base: product.dir,
      cwd: product.dir,
      env: options.env ?? {},
      out: text => {
        said.out += text;
      },
      err: text => {
        said.err += text;
      },
      ask: async question => {
        said.asked.push(question);
        return answers.shift();
      },
      now: Date.now,
    });
    return { status, ...said };
  };
}

describe('the command line on a running gate', () => {
  it('protects, publishes, takes an account and removes', async () => {
    await using n8n = await startFakeN8n({ owner: { email: 'boss@example.com', password: 'Boss-password-1' } });
    await using product = await startProduct();
    const run = terminal(product, { answers: ['n', 'boss@example.com', 'Boss-password-1'] });
    const made = await run('protect', n8n.baseUrl);
    assert.equal(made.status, 0, made.err);
    assert.match(made.out, /Protected: n8n( 2\.41\.1)? at http:\/\/127\.0\.0\.1:\d+\n\n {2}https:\/\/localhost:\d+/);
    assert.equal(made.asked.length, 3, 'one account or many; a claimed n8n: its owner account is asked for');
    assert.match(made.out, /Done: the gate can sign people in/);
    assert.doesNotMatch(made.out + made.err, /Boss-password/);
    assert.match(
      made.out,
      /WEBHOOK_URL=https:\/\/localhost:\d+\/ N8N_EDITOR_BASE_URL=.*N8N_PROXY_HOPS=1[\s\S]*site projects/,
    );

    for (const again of [n8n.baseUrl, `${n8n.baseUrl.toUpperCase().replace('HTTP', 'http')}/`, n8n.baseUrl.slice(7)]) {
      const twice = await run('protect', again);
      assert.deepEqual([twice.status, twice.out], [1, '']);
      assert.match(twice.err, /is already protected as n8n at https:\/\/localhost:\d+/);
    }
    const nobody = await run('protect', 'localhost:2');
    assert.equal(nobody.status, 1);
    assert.match(
      nobody.err,
      /^No scheme was given: taking http:\/\/localhost:2\nInvalid input:\n {2}upstream: Nothing listens/,
    );
    assert.match((await run('protect', product.sallyport.portalOrigin)).err, /is the gate itself/);
    const listed = await run('site', 'list');
    assert.match(listed.out, /^NAME +PLATFORM +ADDRESS[\s\S]*n8n +n8n +https:\/\/localhost:\d+/);
    assert.equal((await run('site', 'publish', 'n8n', 'POST', '/webhook/orders')).status, 0);
    const { publicRoutes } = await product.sallyport.operator('sites.get', { params: { id: 'n8n' } });
    assert.deepEqual(publicRoutes, [{ methods: ['POST'], path: '/webhook/orders' }]);
    assert.equal((await run('site', 'publish', 'n8n', 'POST', 'webhook')).status, 1);
    const closed = await run('site', 'publish', 'n8n', 'POST', '/rest/workflows');
    assert.equal(closed.status, 1);
    assert.match(
      closed.err,
      /"POST \/rest\/workflows" of n8n is never open without sign-in; what can be published: webhooks/,
    );
    const unknown = await run('site', 'unpublish', 'n8n', 'POST', '/webhook/other');
    assert.equal(unknown.status, 1);
    assert.match(unknown.err, /it is not published; published are: POST \/webhook\/orders/);
    const moved = await run('site', 'upstream', 'n8n', 'http://localhost:2');
    assert.match(moved.err, /^Warning: Nothing listens at http:\/\/localhost:2/);
    assert.equal((await run('site', 'upstream', 'n8n', n8n.baseUrl)).err, '');
    assert.equal((await run('site', 'unpublish', 'n8n', 'POST', '/webhook/orders')).status, 0);
    const account = terminal(product, { env: { N8N_PASSWORD: 'wrong' } });
    const refused = await account('site', 'account', 'n8n', 'boss@example.com', '--password-env', 'N8N_PASSWORD');
    assert.equal(refused.status, 1);
    assert.match(refused.err, /refused/i);
    const status = await run('status');
    assert.match(status.out, /ready, recording, store sqlite/);
    const hook = await run('n8n-hook', 'n8n');
    assert.equal(hook.status, 0);
    assert.match(hook.err, /EXTERNAL_HOOK_FILES[\s\S]*SALLYPORT_HOOK_SECRET/);
    assert.doesNotMatch(hook.out, new RegExp(/SALLYPORT_HOOK_SECRET=(\S+)/.exec(hook.err)?.[1] ?? 'none'));
    assert.equal((await run('site', 'remove', 'n8n')).status, 0);
    assert.equal((await run('site', 'remove', 'n8n')).status, 1);
    assert.match((await run('status')).out, /Nothing is protected yet/);
  });

  it("says that a site's port is taken, until it is free", async () => {
    await using product = await startProduct();
    const run = terminal(product);
    const { operator } = product.sallyport;
    const body = { name: 'app', platform: 'generic' as const, upstreams: ['http://127.0.0.1:2'], port: 0 };
    const { id, port } = await operator('sites.create', { body });
    await operator('sites.update', { params: { id }, body: { enabled: false } });
    const stranger = createServer().listen(port ?? 0, '127.0.0.1');
    await once(stranger, 'listening');
    await operator('sites.update', { params: { id }, body: { enabled: true } });
    const status = await run('status');
    stranger.close();
    assert.equal(status.status, 1);
    assert.match(status.out, new RegExp(`app: port ${port} is taken by another program; nobody reaches the site`));
    await operator('sites.update', { params: { id }, body: { upstreamTimeoutMs: 1000 } });
    assert.equal((await run('status')).status, 0);
  });

  it('invites, changes and takes away people, and their places in projects', async () => {
    await using product = await startProduct();
    const run = terminal(product);
    const first = await run('owner-link');
    const link = /https:\S+/.exec(first.out)?.[0] ?? '';
    await redeemLink(product, link, { email: 'olga@example.com', name: 'Olga' });
    assert.equal((await run('owner-link')).status, 1, 'there is an Owner now');
    assert.equal((await run('project', 'create', 'Ops')).status, 0);
    assert.equal((await run('user', 'create', 'eve@example.com', '--project', 'Nowhere')).status, 1);
    assert.equal((await run('user', 'create', 'eve@example.com', '--project-role', 'viewer')).status, 2);
    assert.doesNotMatch((await run('user', 'list')).out, /eve@/, 'nobody is left behind');
    assert.equal((await run('user', 'create', 'eve@example.com', '--project', 'Ops')).status, 0);
    assert.match((await run('project', 'members', 'Ops')).out, /eve@example\.com.*viewer/);
    const invited = await run('user', 'create', 'ada@example.com', '--name', 'Ada\u202eadA', '--json');
    assert.equal(invited.status, 0, invited.err);
    const ada = await redeemLink(product, (JSON.parse(invited.out) as { url: string }).url, {
      email: 'ada@example.com',
      name: 'Ada',
    });
    const me = () => ada.visitor.call('GET', `${product.portal}/.sallyport/api/v1/me`);
    assert.equal((await me()).status, 200);
    const listed = await run('user', 'list', '--search', 'ada');
    assert.match(listed.out, /ada@example\.com[\s\S]*member +no +active/);
    assert.doesNotMatch(listed.out, /\u202e/, 'a name does not drive the terminal');

    for (const words of [
      ['project', 'create', 'Marketing'],
      ['project', 'grant', 'marketing', 'ADA@example.com', 'editor'],
    ])
      assert.equal((await run(...words)).status, 0, words.join(' '));
    assert.match((await run('project', 'members', 'Marketing')).out, /ada@example\.com .*editor/);
    assert.equal((await run('project', 'revoke', 'Marketing', 'ada@example.com')).status, 0);
    assert.equal((await run('project', 'grant', 'Nowhere', 'ada@example.com', 'viewer')).status, 1);
    assert.match((await run('project', 'grant', 'Nowhere', 'ada@example.com', 'viewer')).err, /there are: .*Marketing/);
    assert.match((await run('project', 'list')).out, /Marketing/);

    assert.match((await run('user', 'sign-out', 'ada@example.com')).out, /1 sessions of ada@example\.com ended/);
    assert.equal((await me()).status, 401);
    assert.match((await run('user', 'link', 'ada@example.com', 'recovery')).out, /https:\/\/localhost/);
    assert.equal((await run('user', 'role', 'ada@example.com', 'administrator')).status, 0);
    assert.equal((await run('user', 'role', 'olga@example.com', 'member')).status, 1, 'the last Owner stays');
    assert.equal((await run('user', 'reset-mfa', 'olga@example.com')).status, 0);
    assert.equal((await run('user', 'disable', 'ada@example.com')).status, 0);
    assert.equal((await run('user', 'enable', 'ada@example.com')).status, 0);
    assert.equal((await run('user', 'delete', 'ada@example.com')).status, 0);
    assert.match((await run('user', 'delete', 'ada@example.com')).err, /"ada@example\.com"/);

    const log = await run('audit', 'search', '--since', '1h', '--action', 'user.*');
    assert.equal(log.status, 0);
    assert.match(log.out, /local operator +user\./, 'what is done at the machine is recorded as that');
    const lines = (await run('audit', 'search', '--type', 'user.deleted', '--json')).out.trim().split('\n');
    assert.equal(lines.length, 1);
    assert.equal((JSON.parse(lines[0] ?? '') as { outcome: string }).outcome, 'success');
    assert.match((await run('audit', 'verify')).out, /The log verifies: \d+ records/);
    assert.equal((await run('audit', 'search', '--limit', 'many')).status, 1);
  });

  it('changes the keys towards a SAML provider step by step, and shows them', async () => {
    await using product = await startProduct();
    const run = terminal(product);
    const certificates = ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'];
    const settings = { entityId: 'urn:idp', ssoUrl: 'https://idp.example.com/sso', certificates };
    await product.sallyport.operator('providers.create', {
      body: { provider: { kind: 'saml', name: 'Campus', domains: ['example.com'], settings } },
    });
    const line = (role: string) => new RegExp(`\n${role} +signing +20\\d\\d-\\S+ \\S+ +([0-9A-F]{2}:){31}`);
    const shown = await run('providers', 'show', 'campus');
    assert.equal(shown.status, 0, shown.err);
    assert.match(shown.out, /^Identity provider "Campus" \(campus\): saml, on, example\.com\.\n/);
    assert.match(shown.out, /metadata +https:\/\/localhost:\d+\/\.sallyport\/sso\/campus\/metadata/);
    assert.match(shown.out, line('current'));
    assert.doesNotMatch(shown.out, /next|previous/);
    assert.match((await run('providers', 'keys', 'campus', 'use')).err, /no new keys; add them first/);
    const added = await run('providers', 'keys', 'campus', 'add');
    assert.match(added.out, line('next'));
    assert.match(added.out, /read https:\S+\/sso\/campus\/metadata anew/);
    assert.match((await run('providers', 'keys', 'campus', 'add')).err, /new keys already/);
    assert.match((await run('providers', 'keys', 'campus', 'use')).out, line('previous'));
    const dropped = await run('providers', 'keys', 'campus', 'drop', '--json');
    const keys = JSON.parse(dropped.out) as { role: string; fingerprint: string }[];
    assert.deepEqual(new Set(keys.map(one => one.role)), new Set(['current']));
    assert.ok(added.out.includes(keys[0]?.fingerprint ?? 'none'), 'what was next is in use');
    assert.doesNotMatch([shown, added, dropped].map(one => one.out).join(''), /PRIVATE|BEGIN/);
    assert.equal((await run('providers', 'keys', 'campus', 'burn')).status, 2);
    assert.equal((await run('providers', 'show', 'nowhere')).status, 1);
  });

  it('makes service accounts with secrets that get tokens, and ends them', async () => {
    await using product = await startProduct();
    await createOwner(product);
    await invite(product, { email: 'ada@example.com', name: 'Ada' });
    const run = terminal(product);
    await product.sallyport.operator('sites.create', {
      body: { name: 'shop', platform: 'generic', upstreams: ['http://127.0.0.1:9'], port: 0 },
    });
    const right = ['--owner', 'ada@example.com', '--site', 'shop', '--permission', 'workflow.read'];
    assert.equal((await run('service-accounts', 'create', 'Order bot', '--owner', 'ada@example.com')).status, 2);
    const made = await run('service-accounts', 'create', 'Order bot', ...right);
    assert.equal(made.status, 0, made.err);
    assert.equal((await run('project', 'grant', 'Default', 'order bot', 'viewer')).status, 0);
    const secret = await run('service-accounts', 'secret', 'Order bot', '--days', '7');
    assert.match(secret.out, /sp_cs_[\w-]{43}/);
    assert.match((await run('service-accounts', 'list')).out, /Order bot +ada@example.com +active +never/);
    assert.equal((await run('service-accounts', 'disable', 'Order bot')).status, 0);
    assert.match((await run('service-accounts', 'list', '--owner', 'ada@example.com')).out, /disabled/);
    assert.equal((await run('service-accounts', 'enable', 'Order bot')).status, 0);
    assert.equal((await run('service-accounts', 'delete', 'Order bot')).status, 0);
    assert.equal((await run('service-accounts', 'delete', 'Order bot')).status, 1);
  });

  it('needs no sign-in, but nobody gets the same through the network', async () => {
    await using product = await startProduct();
    await createOwner(product);
    const { visitor } = await invite(product, { email: 'eve@example.com', name: 'Eve' });
    for (const url of [
      `${product.portal}/.sallyport/api/v1/operator/first-owner-link`,
      `${product.portal}/.sallyport/api/v1/users`,
    ]) {
      const seen = await visitor.call(url.endsWith('users') ? 'GET' : 'POST', url);
      assert.ok(seen.status === 403 || seen.status === 404, `${url}: ${seen.status}`);
    }
  });
});
