import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Gate } from './admin.fixture.ts';
import { controlOf, openGate, portalOrigin } from './admin.fixture.ts';

async function buildPortal(gate: Gate): Promise<void> {
  const dir = path.join(gate.folder, 'portal');
  await mkdir(path.join(dir, 'assets'), { recursive: true });
  await writeFile(path.join(dir, 'index.html'), '<!doctype html><title>Portal</title>');
  await writeFile(path.join(dir, 'assets', 'index-AbC123_x.js'), 'export {}');
  await writeFile(path.join(dir, 'color-scheme.js'), '{}');
  await writeFile(path.join(gate.folder, 'secret.txt'), 'secret');
}

describe('the portal’s files', () => {
  it('are served with caching by their names, the page only to who is signed in', async () => {
    await using gate = await openGate();
    await buildPortal(gate);
    const { token } = await gate.openSession(await gate.addPerson('ada@example.org', 'member'));
    const ask = (name: string, cookie = '') =>
      gate.admin.handle(
        new Request(`${portalOrigin}/.sallyport/portal/${name}`, { headers: { cookie, accept: 'text/html' } }),
        controlOf(portalOrigin, undefined),
      );
    const script = await ask('assets/index-AbC123_x.js');
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.match(script.headers.get('cache-control') ?? '', /immutable/);
    assert.equal((await ask('color-scheme.js')).headers.get('cache-control'), 'no-cache');
    const away = await ask('people/1?x=y');
    assert.equal(away.status, 303);
    const location = new URL(away.headers.get('location') ?? '', portalOrigin);
    assert.equal(location.searchParams.get('return_to'), `${portalOrigin}/.sallyport/portal/people/1?x=y`);
    for (const name of ['', 'index.html', 'people/1', 'sites/a.b']) {
      const page = await ask(name, `__Host-sallyport=${token}`);
      assert.equal(await page.text(), '<!doctype html><title>Portal</title>', name);
      assert.equal(page.headers.get('cache-control'), 'no-store');
      const policy = page.headers.get('content-security-policy') ?? '';
      assert.match(policy, /script-src 'self'; style-src 'self'; /);
      assert.doesNotMatch(policy, /unsafe|\*/);
    }
    assert.equal((await ask('assets/gone-12345678.js', `__Host-sallyport=${token}`)).status, 404);
  });

  it('are those of its folder and no others', async () => {
    await using gate = await openGate();
    await buildPortal(gate);
    for (const name of [
      '../secret.txt',
      '..%2fsecret.txt',
      '%2e%2e/secret.txt',
      'assets/..%2f..%2fsecret.txt',
      '.%2e/secret.txt',
      '/etc/passwd.txt',
    ]) {
      const request = new Request(`${portalOrigin}/.sallyport/portal/${name}`);
      const response = await gate.admin.handle(request, controlOf(portalOrigin, undefined));
      assert.notEqual(response.status, 200, name);
      assert.doesNotMatch(await response.text(), /^secret/);
    }
  });
});
