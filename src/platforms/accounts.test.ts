import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startFakeFlowise } from '../../tests/fakes/flowise.ts';
import { type FakeN8n, startFakeN8n } from '../../tests/fakes/n8n.ts';
import { systemClock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { NewEvent, SecurityEvent } from '../core/events.ts';
import { operatorPrincipal } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { createStore, type Store } from '../store/store.ts';
import {
  createPlatformAccounts,
  createPlatforms,
  type PlatformAccounts,
  type PlatformSite,
  type PlatformsTables,
  platformsMigrations,
} from './platforms.ts';

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const olga = { userId: 'u-olga', email: 'olga@example.com', firstName: 'Olga', lastName: 'Ow', isOwner: true };
const ann = { userId: 'u-ann', email: 'Ann@example.com', firstName: 'Ann', lastName: 'Lee', isOwner: false };
const ownerAccount = { email: 'root@example.com', password: 'Rootpass1' };

describe('platform accounts', () => {
  let dir: string;
  let store: Store;
  let n8n: FakeN8n;
  let accounts: PlatformAccounts;
  let site: PlatformSite;
  let events: NewEvent[];
  let siteCount = 0;

  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'sallyport-accounts-'));
    store = await createStore(
      { kind: 'sqlite', file: path.join(dir, 'store.db') },
      { clock: systemClock, log: silentLog },
    );
    await store.migrate(platformsMigrations);
  });
  after(async () => {
    await store[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    events = [];
    accounts = makeAccounts();
  });

  function makeAccounts(): PlatformAccounts {
    return createPlatformAccounts({
      platforms: createPlatforms(),
      db: store.db<PlatformsTables>(),
      vault: boundVault,
      audit: {
        append: event => {
          events.push(event);
          return Promise.resolve({ ...event, id: 'e', time: 0 } as SecurityEvent);
        },
      },
      clock: systemClock,
      log: silentLog,
      fetch: globalThis.fetch,
      random: randomBytes,
      siteOf: siteId => (siteId === site.id ? site : undefined),
    });
  }

  async function within(
    options: Parameters<typeof startFakeN8n>[0],
    mode: PlatformSite['accounts'],
    check: () => Promise<void>,
  ) {
    n8n = await startFakeN8n(options);
    site = { id: `site-${++siteCount}`, name: 'flows', platform: 'n8n', upstreams: [n8n.baseUrl], accounts: mode };
    try {
      await check();
    } finally {
      await n8n.close();
    }
  }
  const types = (): string[] => events.map(event => `${event.type} ${event.outcome}`);

  it('claims an unclaimed platform for an Owner of the gate, and for nobody else', () =>
    within({}, 'personal', async () => {
      await assert.rejects(accounts.enter(site, ann, signal()), { code: 'platforms.setup_needed' });
      assert.equal(await accounts.status(site), 'needed');
      const session = await accounts.enter(site, olga, signal());
      assert.equal(session.account, 'olga@example.com');
      assert.match(session.headers.cookie?.reveal() ?? '', /^n8n-auth=/);
      assert.equal(await accounts.status(site), 'ready');
      assert.deepEqual(types(), [
        'platform.sign_in_failed failure',
        'platform.account_created success',
        'platform.signed_in success',
      ]);
      assert.equal([...n8n.state.users.values()][0]?.role, 'global:owner');
    }));

  it('makes each person one account, however many requests come at once', () =>
    within({}, 'personal', async () => {
      await accounts.enter(site, olga, signal());
      const sessions = await Promise.all(Array.from({ length: 20 }, () => accounts.enter(site, ann, signal())));
      assert.equal(new Set(sessions.map(one => one.headers.cookie?.reveal())).size, 1);
      assert.deepEqual(
        [...n8n.state.users.values()].map(user => user.email),
        ['olga@example.com', 'ann@example.com'],
      );
      assert.equal(n8n.requests.filter(one => one.method === 'POST' && one.target === '/rest/invitations').length, 1);
      assert.equal(await accounts.personOf(site.id, 'ANN@example.com'), 'u-ann');
      assert.equal(await accounts.personOf('other', 'ann@example.com'), undefined);
    }));

  it('uses a session until it is refused, and repairs an account whose password was changed there', () =>
    within({}, 'personal', async () => {
      await accounts.enter(site, olga, signal());
      const first = await accounts.enter(site, ann, signal());
      assert.equal(
        (await accounts.enter(site, ann, signal())).headers.cookie?.reveal(),
        first.headers.cookie?.reveal(),
      );
      await accounts.renewed(site.id, ann.userId, null);
      for (const user of n8n.state.users.values())
        if (user.email === 'ann@example.com') user.password = 'Changed1there';
      const second = await accounts.enter(site, ann, signal());
      assert.notEqual(second.headers.cookie?.reveal(), first.headers.cookie?.reveal());
    }));

  it('takes over a person the platform knows already, by the owner account it was given', () =>
    within({ owner: ownerAccount }, 'personal', async () => {
      await assert.rejects(accounts.enter(site, olga, signal()), { code: 'platforms.setup_needed' });
      const wrong = { email: ownerAccount.email, password: new Secret('Wrong1pass') };
      await assert.rejects(accounts.setAdmin(operatorPrincipal, site, wrong, signal()), { code: 'platforms.refused' });
      assert.equal(await accounts.status(site), 'needed');
      const right = { email: ownerAccount.email, password: new Secret(ownerAccount.password) };
      await accounts.setAdmin(operatorPrincipal, site, right, signal());
      const known = {
        id: 'known',
        email: 'ann@example.com',
        firstName: 'A',
        lastName: 'L',
        password: 'Own1password',
        role: 'global:member',
      } as const;
      n8n.state.users.set('known', known);
      assert.equal((await accounts.enter(site, ann, signal())).account, 'ann@example.com');
      assert.equal(n8n.state.users.size, 2);
    }));

  it('lets everybody in through one account where the site shares it, each with a session of their own', () =>
    within({ owner: ownerAccount }, 'shared', async () => {
      await accounts.setAdmin(
        operatorPrincipal,
        site,
        { email: ownerAccount.email, password: new Secret(ownerAccount.password) },
        signal(),
      );
      const [one, two] = [await accounts.enter(site, olga, signal()), await accounts.enter(site, ann, signal())];
      assert.deepEqual([one.account, two.account], ['root@example.com', 'root@example.com']);
      assert.notEqual(one.headers.cookie?.reveal(), two.headers.cookie?.reveal());
      assert.equal(await accounts.personOf(site.id, 'root@example.com'), undefined);
    }));

  it('opens what it sealed after a restart, and forgets who leaves', () =>
    within({}, 'personal', async () => {
      const session = await accounts.enter(site, olga, signal());
      const loaded = (await accounts.load()).get(`${site.id}|u-olga`);
      assert.equal(loaded?.headers.cookie?.reveal(), session.headers.cookie?.reveal());
      const rows = await store.db<PlatformsTables>().selectFrom('platform_accounts').selectAll().execute();
      assert.ok(rows.every(row => !JSON.stringify(row).includes(session.headers.cookie?.reveal() ?? '-')));
      await accounts.leave('u-olga', signal());
      assert.equal((await accounts.load()).has(`${site.id}|u-olga`), false);
      assert.equal(n8n.state.sessions.has((session.headers.cookie?.reveal() ?? '').slice('n8n-auth='.length)), false);
    }));

  it('signs a person out of the platform also after a restart', () =>
    within({}, 'personal', async () => {
      const session = await accounts.enter(site, olga, signal());
      const token = session.headers.cookie?.reveal().slice('n8n-auth='.length) ?? '';
      assert.ok(n8n.state.sessions.has(token));
      await makeAccounts().leave('u-olga', signal());
      assert.equal(n8n.state.sessions.has(token), false);
    }));

  it('keeps nothing of a person or a site that is no more, and makes a person of the same address an account anew', () =>
    within({}, 'personal', async () => {
      await accounts.enter(site, olga, signal());
      await accounts.enter(site, ann, signal());
      await accounts.forgetPerson('u-ann', signal());
      assert.equal(await accounts.personOf(site.id, 'ann@example.com'), undefined);
      await accounts.enter(site, { ...ann, userId: 'u-new' }, signal());
      assert.equal(await accounts.personOf(site.id, 'ann@example.com'), 'u-new');
      await accounts.forgetPerson('u-olga', signal());
      await accounts.enter(site, { ...olga, userId: 'u-olga-2' }, signal());
      assert.equal(await accounts.personOf(site.id, 'olga@example.com'), 'u-olga-2');
      await accounts.forgetSite(site.id);
      assert.equal(await accounts.status(site), 'needed');
      assert.equal((await accounts.load()).has(`${site.id}|u-new`), false);
    }));

  it('waits out one refusal for haste, says when a platform still starts, and gives up with its caller', () =>
    within({}, 'personal', async () => {
      await accounts.enter(site, olga, signal());
      await accounts.renewed(site.id, olga.userId, null);
      n8n.state.signInsRefused = 1;
      assert.equal((await accounts.enter(site, olga, signal())).account, 'olga@example.com');
      n8n.state.starting = true;
      await assert.rejects(accounts.enter(site, ann, signal()), { code: 'platforms.unreachable' });
      await assert.rejects(accounts.enter(site, ann, AbortSignal.abort()), { code: 'platforms.unreachable' });
    }));

  it('signs everybody in to Flowise as its one account, over what looks like TLS to it', async () => {
    await using flowise = await startFakeFlowise();
    const shared: PlatformSite = {
      id: 'fw',
      name: 'chat',
      platform: 'flowise',
      upstreams: [flowise.baseUrl],
      accounts: 'shared',
    };
    const session = await accounts.enter(shared, olga, signal());
    assert.match(session.headers.cookie?.reveal() ?? '', /^token=.+; refreshToken=.+; connect\.sid=/);
    assert.equal((await accounts.enter(shared, ann, signal())).account, 'olga@example.com');
    assert.equal(flowise.state.owner?.email, 'olga@example.com');
  });
});

/** Seals nothing, but opens only in the place it was sealed for. */
const boundVault = {
  seal: (value: Secret, context: string) => Buffer.from(JSON.stringify([context, value.reveal()])).toString('base64'),
  open: (sealed: string, context: string) => {
    const [place, value] = JSON.parse(Buffer.from(sealed, 'base64').toString()) as [string, string];
    if (place !== context) throw new SallyportError('vault.sealed_invalid', 'Cannot open: sealed for another place');
    return new Secret(value);
  },
};
