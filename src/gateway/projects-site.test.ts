import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../core/secret.ts';
import type { TestGate, TestUpstream } from './gateway.fixture.ts';
import {
  anna,
  eventually,
  person,
  site,
  snapshotWith,
  startGate,
  startUpstream,
  tokenHash,
} from './gateway.fixture.ts';

const north = 'project-north-000001';
const south = 'project-south-000002';
const signedInAs = (project?: string) =>
  `__Host-sallyport=${anna.token}${project === undefined ? '' : `; __Host-sallyport-project=${project}`}`;

/** A gate in front of an n8n in which each of two projects has an account; Anna has a role in both unless told otherwise. */
async function withProjects(
  use: (gate: TestGate, upstream: TestUpstream) => Promise<void>,
  roles: ReadonlyMap<string, string> = new Map([
    [north, 'editor'],
    [south, 'viewer'],
  ]),
): Promise<void> {
  await using upstream = await startUpstream((req, res) => res.end(String(req.headers.cookie)));
  const patch = { platform: 'n8n', accounts: 'project', defaultProject: north, projects: [south] } as const;
  const sites = [site([upstream.url], patch)];
  const snapshot = snapshotWith(sites, Date.now());
  const held = (name: string) => ({
    account: `${name}@project.sallyport.invalid`,
    headers: { cookie: new Secret(`n8n-auth=${name}`) },
    expiresAt: Date.now() + 3_600_000,
  });
  await using gate = await startGate(sites, {
    snapshot: {
      ...snapshot,
      people: new Map([[anna.id, anna_(roles)]]),
      platformSessions: new Map([
        [`site-app|project:${north}`, held('north')],
        [`site-app|project:${south}`, held('south')],
      ]),
    },
  });
  await use(gate, upstream);
}

const anna_ = (roles: ReadonlyMap<string, string>) =>
  person({ projects: new Map([...roles].map(([project, role]) => [project, [role]])) });

describe('a site where each project has an account', () => {
  it('acts by the account of the project that the browser chose, and of no other', () =>
    withProjects(async gate => {
      const get = async (project: string) =>
        (await gate.call({ path: '/rest/workflows', headers: { cookie: signedInAs(project) } })).body;
      assert.equal(await get(north), 'n8n-auth=north');
      assert.equal(await get(south), 'n8n-auth=south');
    }));

  it('judges by the role in that project', () =>
    withProjects(async gate => {
      const save = async (project: string) => {
        const headers = {
          cookie: signedInAs(project),
          origin: 'http://app.test',
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/json',
        };
        return (await gate.call({ method: 'POST', path: '/rest/workflows', headers, body: '{}' })).status;
      };
      assert.equal(await save(north), 200);
      assert.equal(await save(south), 403);
      assert.equal(gate.records().at(-1)?.project, south);
    }));

  it('sends a person with several projects to choose, and who has one straight in', async () => {
    await withProjects(async gate => {
      const headers = { cookie: signedInAs(), accept: 'text/html' };
      const page = await gate.call({ path: '/home', headers });
      assert.equal(page.headers.location, '/.sallyport/enter?return_to=%2Fhome');
      assert.equal((await gate.call({ path: '/rest/workflows', headers: { cookie: signedInAs() } })).status, 401);
    });
    await withProjects(
      async gate => {
        const answer = await gate.call({ path: '/rest/workflows', headers: { cookie: signedInAs() } });
        assert.equal(answer.body, 'n8n-auth=south');
      },
      new Map([[south, 'viewer']]),
    );
  });

  it('does not believe a choice of a project in which the person has no role, or that is not of the site', async () => {
    for (const wanted of [north, 'project-elsewhere-0003', '', `${south}; __Host-sallyport-project=${north}`]) {
      await withProjects(
        async gate => {
          const answer = await gate.call({ path: '/rest/workflows', headers: { cookie: signedInAs(wanted) } });
          assert.equal(answer.body, 'n8n-auth=south', wanted);
        },
        new Map([
          [south, 'viewer'],
          ['project-elsewhere-0003', 'owner'],
        ]),
      );
    }
  });

  it('lets nobody in who has a role only in other projects', () =>
    withProjects(
      async gate => {
        const headers = { cookie: signedInAs(), accept: 'text/html' };
        assert.equal((await gate.call({ path: '/rest/workflows', headers })).status, 403);
        assert.equal((await gate.call({ path: '/home', headers })).status, 403);
      },
      new Map([['project-elsewhere-0003', 'owner']]),
    ));

  it('takes a role away at the next request, also from what streams', async () => {
    await using upstream = await startUpstream((_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: 1\n\n');
    });
    const patch = { platform: 'n8n', accounts: 'project', defaultProject: north, projects: [south] } as const;
    const sites = [site([upstream.url], patch)];
    const session = { account: 'p', headers: { cookie: new Secret('n8n-auth=p') }, expiresAt: Date.now() + 3_600_000 };
    await using gate = await startGate(sites, {
      snapshot: {
        ...snapshotWith(sites, Date.now()),
        people: new Map([[anna.id, anna_(new Map([[north, 'editor']]))]]),
        platformSessions: new Map([[`site-app|project:${north}`, session]]),
      },
    });
    const answer = gate.call({
      path: '/rest/push',
      headers: { cookie: signedInAs(north), accept: 'text/event-stream' },
    });
    await eventually(() => upstream.seen.length > 0, 'the stream');
    gate.change({ section: 'people', key: anna.id, value: anna_(new Map()) });
    await assert.rejects(answer);
  });

  it('takes the project of a program from its header, and asks for it where there are several', () =>
    withProjects(async gate => {
      const token = `sp_${'k'.repeat(8)}_${'x'.repeat(43)}`;
      gate.change({
        section: 'apiKeys',
        key: tokenHash(token),
        value: {
          id: 'key-1',
          userId: anna.id,
          prefix: 'sp_kkkkkkkk',
          sites: ['site-app'],
          paths: ['/'],
          permissions: ['workflow.read'],
          expiresAt: Date.now() + 3_600_000,
        },
      });
      const get = (headers: Record<string, string>) =>
        gate.call({ path: '/rest/workflows', headers: { authorization: `Bearer ${token}`, ...headers } });
      const unnamed = await get({});
      assert.equal(unnamed.status, 403);
      assert.match(unnamed.body, /sallyport-project/);
      assert.equal((await get({ 'sallyport-project': south })).body, 'n8n-auth=south');
    }));
});
