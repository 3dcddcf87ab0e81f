import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { startFakeServer } from '../fakes/http.ts';
import { nginxMissing, startNginx } from '../servers/nginx.ts';
import { createOwner, freePort, invite, startProduct, told } from './product.ts';

/** The configuration of the guide, for these ports and files: what people copy is what runs here. */
function guideFor(at: { port: number; gatePort: number; appPort: number; tlsDir: string }): string {
  const guide = readFileSync(path.join(import.meta.dirname, '../../docs/guides/forward-auth.md'), 'utf8');
  const text = /```nginx\n([\s\S]*?)```/.exec(guide)?.[1] ?? assert.fail('the guide has no nginx configuration');
  return text
    .replaceAll('127.0.0.1:8443', `127.0.0.1:${at.gatePort}`)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${at.appPort}`)
    .replaceAll('listen 443 ssl', `listen 127.0.0.1:${at.port} ssl`)
    .replaceAll('/var/lib/sallyport/data/tls/ca.pem', path.join(at.tlsDir, 'ca.pem'))
    .replaceAll(/\/etc\/nginx\/tls\/(?:fullchain|key)\.pem/g, path.join(at.tlsDir, 'server.pem'))
    .replaceAll(/(proxy_set_header (?:Host|X-Forwarded-Host) (?:app|gate))\.example\.com/g, `$1.test:${at.port}`)
    .replaceAll('https://app.example.com$request_uri', `https://app.test:${at.port}$request_uri`)
    .replaceAll('.example.com', '.test');
}

describe('a gate beside nginx', { skip: nginxMissing() ?? false }, () => {
  it('signs people in for an application that nginx serves, and ends it at the next request', async () => {
    await using app = await startFakeServer({ answer: request => ({ body: { saw: request.headers } }) });
    const [port, gatePort] = [await freePort(), await freePort()];
    await using product = await startProduct({
      config: {
        listen: { port: gatePort },
        publicUrl: `https://gate.test:${port}`,
        forwardAuth: { peers: ['127.0.0.1'] },
        trustedProxies: ['127.0.0.1'],
      },
    });
    const { operator } = product.sallyport;
    await operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [app.baseUrl], hosts: ['app.test'] },
    });
    const tlsDir = path.join(product.dir, 'data', 'tls');
    await using nginx = await startNginx({ port, http: guideFor({ port, gatePort, appPort: app.port, tlsDir }) });
    const site = `https://app.test:${port}`;

    const stranger = product.visitor();
    const asked = await stranger.send(`${site}/start`);
    assert.equal(asked.status, 401, `${told(asked)} ${nginx.output()}`);
    const page = await stranger.send(`${site}/start?a=1`, { headers: { accept: 'text/html' } });
    const place = `https://gate.test:${port}/.sallyport/sign-in?return_to=${encodeURIComponent(`${site}/start?a=1`)}`;
    assert.deepEqual([page.status, page.headers['location']], [302, place]);
    assert.match((await stranger.open(`${site}/start`)).text, /password/);

    await createOwner(product);
    const mia = await invite(product, { email: 'mia@example.com', name: 'Mia' });
    const [project] = (await operator('projects.list')).projects;
    const params = { id: project?.id ?? '', userId: mia.id };
    const outside = await mia.visitor.open(`${site}/start`);
    assert.equal(outside.status, 403, 'no role in the project yet');
    await operator('projects.setMember', { params, body: { role: 'editor' } });

    const opened = await mia.visitor.open(`${site}/start`);
    assert.equal(opened.status, 200, told(opened));
    assert.equal(opened.url.href, `${site}/start`);
    const call = (headers: Record<string, string>) =>
      mia.visitor.send(`${site}/api/things`, { headers: { cookie: cookieOf(), ...headers } });
    const cookieOf = (): string =>
      ['theme=dark', ...[...mia.visitor.cookies('app.test')].map(([name, value]) => `${name}=${value}`)].join('; ');
    const spoofed = await call({
      ...{ 'remote-user': '', 'X-Sallyport-Assertion': 'forged', Remote_User: 'root@example.com' },
      ...{ 'x-original-url': `${site}/other`, 'x-original-method': 'GET' },
    });
    assert.equal(spoofed.status, 200, told(spoofed));
    const { saw } = spoofed.json() as { saw: Record<string, string | undefined> };
    assert.deepEqual(
      [saw['remote-user'], saw['remote-name'], saw['cookie'], saw['x-original-url'], saw['remote_user']],
      ['mia@example.com', 'Mia', 'theme=dark', undefined, undefined],
    );
    assert.equal(saw['x-sallyport-assertion']?.split('.').length, 3);
    assert.match(saw['remote-groups'] ?? '', /project:editor/);

    const change = (origin: string) =>
      mia.visitor.send(`${site}/api/things`, { method: 'POST', headers: { origin }, body: 'a=1' });
    assert.equal((await change(site)).status, 200);
    assert.equal((await change('https://evil.test')).status, 403);
    assert.equal(app.requests.at(-1)?.body, 'a=1');
    for (const tricky of ['/a%2f..%2fadmin', '//admin', '/.sallyport/auth/request', '/.ask-the-gate']) {
      const seen = await mia.visitor.send(`${site}${tricky}`);
      assert.ok([400, 401, 403, 404].includes(seen.status), `${tricky}: ${told(seen)}`);
    }
    const direct = await mia.visitor.send(`https://gate.test:${port}/.sallyport/auth/request`, {
      headers: { 'x-original-method': 'GET', 'x-original-url': `${site}/`, 'x-forwarded-for': '198.51.100.7' },
    });
    assert.equal(direct.status, 404, 'nobody asks from outside');

    const { events } = await operator('audit.search', { query: { type: 'request.finished', limit: 50 } });
    const record = events.find(event => event.type === 'request.finished' && event.data.path === '/api/things');
    assert.deepEqual([record?.site, record?.principal.name], ['app', 'mia@example.com']);

    await operator('users.update', { params: { id: mia.id }, body: { disabled: true } });
    const ended = await mia.visitor.send(`${site}/api/things`);
    assert.equal(ended.status, 401, 'a disabled person is refused at the next request');
    assert.deepEqual(
      product.logged.filter(line => line.includes('forward_auth')),
      [],
    );
  });
});
