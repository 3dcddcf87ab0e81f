import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startFakeServer } from '../fakes/http.ts';
import { goodPassword } from '../product/product.ts';
import { createVisitor } from '../product/visitor.ts';
import type { House, Running } from './running.ts';
import { makeHouse } from './running.ts';

/** A generic site with one open route, so that load needs nobody to sign in. */
async function openSite(running: Running, upstream: string) {
  return running.operator('sites.create', {
    body: {
      name: 'app',
      platform: 'generic',
      upstreams: [upstream],
      port: 0,
      publicRoutes: [{ methods: ['GET'], path: '/work/:id' }],
    },
  });
}

async function everyRecord(running: Running, path: (path: string) => boolean): Promise<Set<string>> {
  const paths = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await running.operator('audit.search', {
      query: { type: 'request.finished', limit: 500, ...(cursor === undefined ? {} : { cursor }) },
    });
    for (const event of page.events) paths.add(String(event.data['path']));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return new Set([...paths].filter(path));
}

async function drillStop(house: House): Promise<void> {
  const long = 'x'.repeat(100_000);
  await using upstream = await startFakeServer({
    answer: async request => {
      await delay(Number(/\d+$/.exec(request.target)?.[0] ?? 0) % 3 === 0 ? 120 : 5);
      return { body: `${request.target} ${long} end` };
    },
  });
  const running = await house.start();
  const { address } = await openSite(running, upstream.baseUrl);
  const answered: string[] = [];
  const torn: string[] = [];
  let sent = 0;
  let stopping = false;
  const visitors = Array.from({ length: 6 }, () => createVisitor({ ca: running.ca }));
  const load = visitors.map(async visitor => {
    for (; !stopping || sent < 40; ) {
      const path = `/work/${++sent}`;
      try {
        const seen = await visitor.send(address + path);
        if (seen.status === 200 && !seen.text.endsWith(' end')) torn.push(path);
        else if (seen.status === 200) answered.push(path);
        if (seen.status >= 500) torn.push(`${path} ${seen.status}`);
      } catch (error) {
        // Refused before it was taken: nothing was promised. Anything that broke in the middle was.
        if (
          /other side closed|terminated|aborted/i.test(String(error)) &&
          !/ECONNREFUSED|ECONNRESET/.test(String(error))
        )
          torn.push(`${path} ${String(error)}`);
        if (stopping) return;
      }
    }
  });
  while (answered.length < 30) await delay(10);
  stopping = true;
  const ended = await running.end('SIGTERM');
  await Promise.all(load);
  await Promise.all(visitors.map(visitor => visitor[Symbol.asyncDispose]()));
  assert.deepEqual(ended, { code: 0, signal: null }, running.output());
  assert.match(running.output(), /Stopped \(SIGTERM\)/);
  assert.deepEqual(torn, []);

  const again = await house.start();
  const recorded = await everyRecord(again, path => path.startsWith('/work/'));
  assert.deepEqual(
    answered.filter(path => !recorded.has(path)),
    [],
    'every answer is in the log',
  );
  assert.deepEqual((await again.operator('audit.verify')).problems, []);
  const { events } = await again.operator('audit.search', { query: { type: 'gate.stopped', limit: 5 } });
  assert.deepEqual(
    events.map(event => event.data['reason']),
    ['SIGTERM'],
  );
  assert.deepEqual(await again.end('SIGHUP'), { code: 0, signal: null }, 'a closed terminal stops it as well');
}

describe('drill: stopping', () => {
  it('SIGTERM under load finishes what is under way, and every answer given is in the log', async () => {
    await using house = await makeHouse();
    await drillStop(house);
  });
  it('the same with worker processes', { skip: process.platform !== 'linux' && 'workers need Linux' }, async () => {
    await using house = await makeHouse({ workers: 2 });
    await drillStop(house);
  });
});

describe('drill: killing', () => {
  it('kill -9 again and again loses nothing that was acknowledged', async () => {
    await using house = await makeHouse();
    const acknowledged = { people: [] as string[], sites: [] as string[], ids: new Set<string>() };
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      const running = await house.start();
      // What the rounds before were told is all there.
      const { users } = await running.operator('users.list', { query: { limit: 500 } });
      const { sites } = await running.operator('sites.list');
      const known = new Set([...users.map(user => user.email), ...sites.map(site => site.name)]);
      for (const name of [...acknowledged.people, ...acknowledged.sites]) assert.ok(known.has(name), `${name} is kept`);
      const log = await running.operator('audit.search', { query: { limit: 500 } });
      const ids = new Set(log.events.map(event => event.id));
      for (const id of acknowledged.ids) assert.ok(ids.has(id), `event ${id} is kept`);
      assert.deepEqual((await running.operator('audit.verify')).problems, []);

      let killed = false;
      const busy = (async () => {
        for (let i = 0; !killed; i++) {
          try {
            const email = `p${round}-${i}@example.com`;
            await running.operator('users.create', { body: { email, name: 'P', role: 'member' } });
            acknowledged.people.push(email);
            const name = `s${round}-${i}`;
            const host = `${name}.example.com`;
            const body = {
              name,
              platform: 'generic',
              upstreams: [`http://${host}:9`],
              hosts: [host],
              port: null,
            } as const;
            await running.operator('sites.create', {
              body: { ...body, hosts: [host], upstreams: [...body.upstreams] },
            });
            acknowledged.sites.push(name);
            const { events } = await running.operator('audit.search', { query: { limit: 5 } });
            for (const event of events) acknowledged.ids.add(event.id);
          } catch {
            return;
          }
        }
      })();
      const before = acknowledged.sites.length;
      const deadline = Date.now() + 20_000;
      while (acknowledged.sites.length < before + 3 && Date.now() < deadline) await delay(5);
      assert.ok(acknowledged.sites.length >= before + 3, 'changes were acknowledged before the kill');
      const ended = await running.end('SIGKILL');
      killed = true;
      await busy;
      assert.equal(ended.signal, 'SIGKILL');
    }
    assert.ok(acknowledged.people.length >= 3 * rounds);
  });

  it('a person who was let in before a kill is still signed in after it', async () => {
    await using house = await makeHouse();
    const first = await house.start();
    const { user, link } = await first.operator('users.create', {
      body: { email: 'mia@example.com', name: 'Mia', role: 'member' },
    });
    await using visitor = createVisitor({ ca: first.ca });
    const page = await visitor.open(link.url);
    await visitor.submit(page, { name: 'Mia', password: goodPassword, again: goodPassword });
    const me = () => visitor.call('GET', `${first.portal}/.sallyport/api/v1/me`);
    assert.equal((await me()).status, 200);
    await first.end('SIGKILL');
    const second = await house.start();
    assert.equal((await me()).status, 200, 'the session outlives the process');
    await second.operator('users.update', { params: { id: user.id }, body: { disabled: true } });
    assert.equal((await me()).status, 401);
    await second.end('SIGKILL');
    await house.start();
    assert.equal((await me()).status, 401, 'and what ended stays ended');
  });
});

describe('drill: starts that must fail', () => {
  it('a second start on the same data is refused in one line, and the first goes on', async () => {
    await using house = await makeHouse();
    const first = await house.start();
    const { code, output } = await house.startInVain();
    assert.equal(code, 1);
    assert.match(output, /Cannot open ".*sallyport\.db": another Sallyport is using it/);
    assert.doesNotMatch(output, /\n\s+at /, 'no trace of the program');
    assert.equal((await first.operator('system.status')).ready, true);
  });
  for (const workers of [0, 2]) {
    it(`a port in use is named (${workers} workers)`, {
      skip: workers > 0 && process.platform !== 'linux' && 'workers need Linux',
    }, async () => {
      await using house = await makeHouse({ workers });
      const squatter = createServer();
      await new Promise<void>(resolve => squatter.listen(house.port, '127.0.0.1', resolve));
      const { code, output } = await house.startInVain();
      await new Promise(resolve => squatter.close(resolve));
      assert.equal(code, 1);
      assert.match(
        output,
        new RegExp(`Cannot listen on "127\\.0\\.0\\.1:${house.port}": another program listens there`),
      );
      assert.doesNotMatch(output, /\n\s+at /);
    });
  }
  it('a data directory that cannot be one is named', async () => {
    await using house = await makeHouse({ dataDir: './sallyport.yaml/data' });
    const { code, output } = await house.startInVain();
    assert.equal(code, 1);
    assert.match(output, /Cannot use the data directory ".*sallyport\.yaml\/data"/);
    assert.doesNotMatch(output, /\n\s+at /);
  });
});
