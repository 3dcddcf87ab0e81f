import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { silentLog } from '../../core/log.ts';
import type { FeedFetch, FeedResponse } from './feed.ts';
import type { CompiledList } from './plane.ts';
import { createReputationPlane } from './plane.ts';
import type { ListConfig, Reputation } from './reputation.ts';
import { createReputation } from './reputation.ts';

interface World {
  readonly dir: string;
  readonly clock: { ms: number; now(): number; monotonicMs(): number };
  readonly asked: { url: string; etag: string | undefined }[];
  answer: (init: Parameters<FeedFetch>[1]) => Promise<FeedResponse>;
  changes: number;
  open(lists: readonly ListConfig[]): Promise<Reputation>;
}

async function withWorld(use: (world: World) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-reputation-'));
  const clock = { ms: 1_700_000_000_000, now: () => clock.ms, monotonicMs: () => clock.ms };
  const world: World = {
    dir,
    clock,
    asked: [],
    answer: () => Promise.reject(new Error('no network')),
    changes: 0,
    open: lists =>
      createReputation(lists, {
        clock,
        log: silentLog,
        dir: path.join(dir, 'feeds'),
        watchEveryMs: 0,
        changed: async () => void world.changes++,
        fetch(url, init) {
          world.asked.push({ url, etag: init.headers['if-none-match'] });
          return world.answer(init);
        },
      }),
  };
  try {
    await use(world);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const says = (text: string, options: { status?: number; etag?: string } = {}): (() => Promise<FeedResponse>) => {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  return async () => ({
    status: options.status ?? 200,
    headers: { get: name => (name === 'etag' ? (options.etag ?? null) : null) },
    body: body(),
  });
};

const finds = (lists: readonly CompiledList[], ip: string): string | undefined => {
  const plane = createReputationPlane();
  plane.load(lists);
  return plane.find(ip)?.list;
};

const file = (name: string): ListConfig => ({ id: 'own', kind: 'block', format: 'plain', source: { file: name } });
const feed: ListConfig = {
  ...{ id: 'feed', kind: 'block', format: 'plain' },
  source: { url: 'https://lists.example/drop.txt', everyMs: 3_600_000 },
};

describe('reputation lists', () => {
  it('from a file are read at the start and again when the file changes', () =>
    withWorld(async world => {
      const name = path.join(world.dir, 'own.txt');
      await writeFile(name, '192.0.2.1\n');
      await using lists = await world.open([file(name)]);
      assert.equal(finds(lists.compiled(), '192.0.2.1'), 'own');
      await lists.check();
      assert.equal(world.changes, 0);
      await writeFile(name, '192.0.2.2\n192.0.2.3\n');
      world.clock.ms += 5;
      await lists.check();
      assert.equal(world.changes, 1);
      assert.equal(finds(lists.compiled(), '192.0.2.1'), undefined);
      assert.deepEqual(lists.status(), [
        { id: 'own', kind: 'block', entries: 2, loadedAt: world.clock.ms, error: null },
      ]);
      await utimes(name, 1, 1);
      await lists.check();
      assert.equal(world.changes, 1);
    }));

  it('that are bad are refused whole with the line, and the former stays', () =>
    withWorld(async world => {
      const name = path.join(world.dir, 'own.txt');
      await writeFile(name, '192.0.2.1\n');
      await using lists = await world.open([file(name)]);
      await writeFile(name, '192.0.2.2\nnonsense\n');
      await lists.check();
      assert.match(lists.status()[0]?.error ?? '', /^line 2: /);
      assert.equal(finds(lists.compiled(), '192.0.2.1'), 'own');
      await rm(name);
      await lists.check();
      assert.match(lists.status()[0]?.error ?? '', /ENOENT/);
      assert.equal(finds(lists.compiled(), '192.0.2.1'), 'own');
      await writeFile(name, '192.0.2.4\n');
      await lists.check();
      assert.equal(lists.status()[0]?.error, null);
      assert.equal(finds(lists.compiled(), '192.0.2.4'), 'own');
    }));

  it('from a feed are asked when due, with the tag of what is held, and kept for a start without network', () =>
    withWorld(async world => {
      world.answer = says('192.0.2.1\n', { etag: '"a"' });
      {
        await using lists = await world.open([feed]);
        assert.equal(lists.status()[0]?.error, 'not asked yet');
        await lists.check();
        assert.equal(finds(lists.compiled(), '192.0.2.1'), 'feed');
        await lists.check();
        assert.equal(world.asked.length, 1);
        world.clock.ms += 3_600_000;
        world.answer = says('', { status: 304 });
        await lists.check();
        assert.deepEqual(
          world.asked.map(({ etag }) => etag),
          [undefined, '"a"'],
        );
        assert.equal(lists.status()[0]?.loadedAt, world.clock.ms);
        assert.equal(world.changes, 1);
      }
      world.answer = () => Promise.reject(new Error('no network'));
      await using later = await world.open([feed]);
      assert.equal(finds(later.compiled(), '192.0.2.1'), 'feed');
      await later.check();
      assert.match(later.status()[0]?.error ?? '', /no network/);
      assert.equal(finds(later.compiled(), '192.0.2.1'), 'feed');
      await using other = await world.open([{ ...feed, source: { url: 'https://other.example/', everyMs: 1000 } }]);
      assert.equal(finds(other.compiled(), '192.0.2.1'), undefined);
    }));

  it('from a feed that redirects, fails, is too large, broken or bad leave the former, and are asked again soon', () =>
    withWorld(async world => {
      world.answer = says('192.0.2.1\n');
      await using lists = await world.open([feed]);
      await lists.check();
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) yield new Uint8Array(1 << 20);
      }
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array([0xff, 0xfe]);
      }
      const headers = { get: () => null };
      const bad: [string, World['answer'], RegExp][] = [
        ['redirect', says('', { status: 302 }), /302/],
        ['error', says('', { status: 500 }), /500/],
        ['unasked 304', says('', { status: 304 }), /304/],
        ['large', async () => ({ status: 200, headers, body: endless() }), /larger/],
        ['no text', async () => ({ status: 200, headers, body: broken() }), /cannot be read/],
        ['a page', says('<html>'), /^line 1/],
        ['nothing', async () => ({ status: 200, headers, body: null }), /empty/],
      ];
      for (const [name, answer, why] of bad) {
        world.clock.ms += 3_600_000;
        world.answer = answer;
        await lists.check();
        assert.match(lists.status()[0]?.error ?? '', why, name);
        assert.equal(finds(lists.compiled(), '192.0.2.1'), 'feed');
      }
      const asked = world.asked.length;
      world.clock.ms += 300_000;
      world.answer = says('192.0.2.9\n');
      await lists.check();
      assert.equal(world.asked.length, asked + 1);
      assert.equal(finds(lists.compiled(), '192.0.2.9'), 'feed');
      assert.deepEqual(
        (await readdir(path.join(world.dir, 'feeds'))).filter(name => name.endsWith('.new')),
        [],
      );
    }));

  it('are asked over https only', () =>
    withWorld(async world => {
      world.answer = says('192.0.2.1\n');
      await using lists = await world.open([{ ...feed, source: { url: 'http://lists.example/', everyMs: 1000 } }]);
      await lists.check();
      assert.match(lists.status()[0]?.error ?? '', /https/);
      assert.deepEqual(world.asked, []);
    }));

  it('are judged allow first, then block, then anonymiser, and name no private network but to allow it', () =>
    withWorld(async world => {
      const own = (
        id: string,
        kind: ListConfig['kind'],
        entries: string[],
        action?: ListConfig['action'],
      ): ListConfig => ({
        ...{ id, kind, format: 'plain', source: { entries } },
        ...(action === undefined ? {} : { action }),
      });
      await using lists = await world.open([
        own('tor', 'anonymiser', ['192.0.2.0/24'], 'challenge'),
        own('vpn', 'anonymiser', ['198.51.100.0/24'], 'off'),
        own('bogons', 'block', ['10.0.0.0/8', '127.0.0.0/8', '192.0.2.0/28', '224.0.0.0/3']),
        own('friends', 'allow', ['192.0.2.1', '10.1.0.0/16']),
        { id: 'cdn', kind: 'trusted_hop', format: 'plain', source: { preset: 'cloudflare' } },
      ]);
      const plane = createReputationPlane();
      assert.equal(plane.find('192.0.2.2'), undefined);
      plane.load(structuredClone(lists.compiled()));
      const table: [string, string | undefined][] = [
        ['192.0.2.1', 'friends'],
        ['192.0.2.2', 'bogons'],
        ['192.0.2.77', 'tor'],
        ['198.51.100.1', undefined],
        ['10.1.2.3', 'friends'],
        ['10.2.2.3', undefined],
        ['127.0.0.1', undefined],
        ['162.158.1.1', undefined],
        ['nonsense', undefined],
      ];
      for (const [ip, wanted] of table) assert.equal(plane.find(ip)?.list, wanted, ip);
      assert.equal(plane.find('192.0.2.77')?.action, 'challenge');
      assert.ok(
        plane.isTrustedHop('162.158.1.1') && plane.isTrustedHop('2606:4700::1') && !plane.isTrustedHop('192.0.2.1'),
      );
    }));

  it('that stand in the configuration stop the start when they are bad', () =>
    withWorld(async world => {
      const bad: ListConfig = {
        id: 'own',
        kind: 'allow',
        format: 'plain',
        source: { entries: ['192.0.2.1', '0.0.0.0/0'] },
      };
      await assert.rejects(world.open([bad]), { code: 'perimeter.list_invalid' });
    }));
});
