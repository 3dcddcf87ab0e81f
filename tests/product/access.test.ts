import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from '../../src/server/cli/cli.ts';
import { createCommands } from '../../src/server/server.ts';
import { startFakeFlowise } from '../fakes/flowise.ts';
import { until } from './main-job.ts';
import type { Product } from './product.ts';
import { createOwner, invite, redeemLink, startProduct, told } from './product.ts';

async function run(product: Product, ...words: readonly string[]) {
  const said = { out: '', err: '' };
  const config = ['--config', path.join(product.dir, 'sallyport.yaml')];
  const status = await runCli(createCommands(product.dir), [...words, ...config], {
    ...{ base: product.dir, cwd: product.dir, env: {}, ask: async () => undefined, now: Date.now },
    out: text => {
      said.out += text;
    },
    err: text => {
      said.err += text;
    },
  });
  assert.equal(status, 0, said.err);
  return said.out;
}

describe('who may, through the gate', () => {
  it('a group decides from the next request on; so do a role made here and an elevation; and each can be explained', async () => {
    await using flowise = await startFakeFlowise();
    await using product = await startProduct();
    const { operator } = product.sallyport;
    const owner = await createOwner(product);
    const site = await operator('sites.create', {
      body: { name: 'flows', platform: 'flowise', upstreams: [flowise.baseUrl], port: 0 },
    });
    await until(
      () => owner.visitor.open(`${site.address}/`),
      seen => seen.status === 200,
    );
    const ada = await invite(product, { email: 'ada@example.com', name: 'Ada' });
    const list = async () => (await ada.visitor.call('GET', `${site.address}/api/v1/chatflows`)).status;
    assert.equal((await ada.visitor.open(`${site.address}/`)).status, 403);

    const group = await operator('groups.create', { body: { name: 'Flow readers' } });
    assert.match(
      await run(product, 'grant', 'add', 'flow readers', 'Viewer', '--project', 'Default', '--dry-run'),
      /^0 would gain/,
    );
    await run(product, 'grant', 'add', 'flow readers', 'Viewer', '--project', 'Default');
    assert.equal((await ada.visitor.open(`${site.address}/`)).status, 403, 'not in the group yet');
    await operator('groups.addMember', { params: { id: group.id, userId: ada.id } });
    const opened = await ada.visitor.open(`${site.address}/`);
    assert.equal(opened.status, 200, told(opened));
    assert.equal(await list(), 200);
    const why = await run(product, 'explain', 'ada@example.com', '--site', 'flows', '--path', '/api/v1/chatflows');
    assert.match(why, /may workflow\.\w+(?: → workflow\.read)? in "Default": project role viewer/);
    assert.match(why, /yes +Viewer +Default +group Flow readers \(local\)/);

    const save = () => ada.visitor.call('POST', `${site.address}/api/v1/chatflows`, { name: 'Chat', flowData: '{}' });
    assert.equal((await save()).status, 403);
    const may = ['project.read', 'workflow.read', 'workflow.create'].flatMap(permission => ['--may', permission]);
    await run(product, 'role', 'create', 'Maker', ...may);
    await run(product, 'project', 'grant', 'Default', 'ada@example.com', 'Maker');
    assert.equal((await save()).status, 200);
    await run(product, 'project', 'revoke', 'Default', 'ada@example.com');
    assert.equal((await save()).status, 403);
    assert.match(
      await run(product, 'explain', 'ada@example.com', 'workflow.create', '--project', 'Default'),
      /would be enough: Maker, Editor/,
    );

    await operator('groups.removeMember', { params: { id: group.id, userId: ada.id } });
    assert.equal(await list(), 403, 'out of the group');
  });

  it('an account for emergencies raises the alarm when it signs in', async () => {
    await using product = await startProduct();
    const { operator } = product.sallyport;
    await createOwner(product);
    const kept = { email: 'glass@example.com', name: 'Break Glass', role: 'owner' } as const;
    const { link, user } = await operator('users.create', { body: kept });
    await operator('breakGlass.mark', { params: { id: user.id } });
    assert.ok(!product.logged.some(line => line.startsWith('break_glass.used')));
    await redeemLink(product, link.url, kept);
    const logged = await until(
      async () => product.logged.filter(line => line.startsWith('break_glass.used')),
      lines => lines.length > 0,
    );
    assert.match(logged.join('\n'), /glass@example\.com/);
    assert.notEqual((await operator('breakGlass.list', {})).accounts[0]?.lastUsedAt, null);
    const { todo } = await operator('system.overview', {});
    assert.match(todo[0]?.text ?? '', /glass@example\.com signed in/);
  });
});
