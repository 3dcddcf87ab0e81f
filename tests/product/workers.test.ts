import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { startFakeServer } from '../fakes/http.ts';
import { until } from './main-job.ts';
import { createOwner, invite, startProduct, told } from './product.ts';
import type { Visitor } from './visitor.ts';
import { createVisitor } from './visitor.ts';

/** The worker processes of this process, by pid. */
function workersOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(text => text !== '')
    .map(Number)
    .filter(child => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('server/worker.ts'));
}

describe('a gate of two workers', { skip: process.platform !== 'linux' && 'workers need Linux' }, () => {
  it('is one gate: signing in, ending a session, a lost worker, and every request recorded', async () => {
    await using upstream = await startFakeServer({ answer: request => ({ body: `saw ${request.target}` }) });
    await using product = await startProduct({ config: { workers: 2 } });
    const { operator } = product.sallyport;
    const before = workersOf(process.pid);
    assert.equal(before.length, 2);
    const site = await operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
    await createOwner(product);
    const mia = await invite(product, { email: 'mia@example.com', name: 'Mia' });
    const [project] = (await operator('projects.list')).projects;
    await operator('projects.setMember', {
      params: { id: project?.id ?? '', userId: mia.id },
      body: { role: 'editor' },
    });
    const inside = await mia.visitor.open(`${site.address}/start`);
    assert.equal(inside.status, 200, told(inside));

    // Many connections, so that both workers are asked: each visitor has its own.
    const cookie = [...mia.visitor.cookies('localhost')].map(([name, value]) => `${name}=${value}`).join('; ');
    await using others = new AsyncDisposableStack();
    const visitors: Visitor[] = Array.from({ length: 16 }, () => others.use(createVisitor({ ca: product.ca })));
    const ask = (path: string) =>
      Promise.all(visitors.map((visitor, at) => visitor.send(`${site.address}${path}${at}`, { headers: { cookie } })));
    assert.deepEqual([...new Set((await ask('/in-')).map(seen => seen.status))], [200]);

    // A killed worker is replaced; the other serves meanwhile, and knows of every change.
    const [lost = 0] = before;
    process.kill(lost, 'SIGKILL');
    const began = performance.now();
    await operator('projects.create', { body: { name: 'While one is away' } });
    assert.ok(performance.now() - began < 4000, 'a lost worker holds up no change');
    const after = await until(
      async () => workersOf(process.pid),
      found => found.length === 2 && !found.includes(lost),
    );
    assert.equal(after.length, 2);
    const status = await until(
      () => operator('system.status'),
      found => found.ready,
    );
    assert.equal(status.ready, true, 'health is that of both');
    assert.ok(status.revision > 1);

    // Fresh connections reach both. Disabled means: refused by both at the next request.
    const again = Array.from({ length: 16 }, () => others.use(createVisitor({ ca: product.ca })));
    visitors.splice(0, visitors.length, ...again);
    assert.deepEqual([...new Set((await ask('/again-')).map(seen => seen.status))], [200]);
    await operator('users.update', { params: { id: mia.id }, body: { disabled: true } });
    assert.deepEqual([...new Set((await ask('/out-')).map(seen => seen.status))], [401]);

    const wanted = ['in', 'again', 'out'].flatMap(name => visitors.map((_, at) => `/${name}-${at}`));
    const recorded = await until(
      async () => {
        const { events } = await operator('audit.search', {
          query: { site: 'app', type: 'request.finished', limit: 500 },
        });
        return new Set(events.map(event => String(event.data['path'])));
      },
      paths => wanted.every(path => paths.has(path)),
    );
    assert.deepEqual(
      wanted.filter(path => !recorded.has(path)),
      [],
      'every request of both workers is recorded',
    );
    assert.deepEqual((await operator('audit.verify')).problems, []);
    await product.sallyport.stop('test');
    await product.sallyport.stop('again');
    assert.deepEqual(workersOf(process.pid), [], 'no worker stays behind');
    assert.deepEqual(
      product.logged.filter(line => !line.startsWith('worker.ended')),
      [],
    );
  });
});
