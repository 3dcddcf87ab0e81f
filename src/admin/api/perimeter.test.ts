import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NewEvent } from '../../core/events.ts';
import { anonymous, operatorPrincipal } from '../../core/events.ts';
import type { HeadSample } from '../../gateway/gateway.ts';
import { guardDefaults } from '../../gateway/gateway.ts';
import type { Gate, GateOptions } from '../admin.fixture.ts';
import { clientOf, openGate, siteInput } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const withCode = (code: string) => (error: unknown) => isApiProblem(error) && error.code === code;
const dayMs = 86_400_000;
const place = { endpoint: '/search', zone: 'query', name: 'q' };

async function openHouse(options: GateOptions = {}) {
  const gate = await openGate(options);
  const project = await gate.access.createProject(operatorPrincipal, { name: 'Default' });
  const site = await gate.sites.create(
    operatorPrincipal,
    siteInput('shop', project.id, { platform: 'generic', guard: { ...guardDefaults } }),
  );
  const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'));
  const member = (await gate.openSession(await gate.addPerson('mo@example.org', 'member'))).client;
  return { gate, site, client, member };
}

function attack(
  requestId: string,
  more: { verdict?: 'block' | 'would_block' | 'noticed'; site?: string } = {},
): NewEvent[] {
  const about = {
    ...{ principal: anonymous, action: 'request', requestId, clientIp: '198.51.100.7' },
    site: more.site ?? 'shop',
  };
  const verdict = more.verdict ?? 'block';
  const none = { method: 'GET', path: '/search', bytesIn: 0, bytesOut: 0, durationMs: 1, layersUs: {} };
  const denied = { layer: 'firewall', reason: 'sqli: sqli.tautology at query "q"', type: 'firewall' };
  return [
    {
      ...about,
      type: 'firewall.matched',
      outcome: verdict === 'block' ? 'denied' : 'success',
      data: {
        ...{ verdict, by: 'firewall', phase: 'head', method: 'GET', endpoint: '/search', path: '/search' },
        scores: { sqli: 5 },
        matches: [
          {
            ...{ rule: 'sqli.tautology', title: 'a condition that is always true', points: 5 },
            ...{ zone: 'query', name: 'q', part: 'value', excerpt: "xxx' OR 1=1" },
          },
        ],
      },
    },
    {
      ...about,
      type: 'request.finished',
      outcome: verdict === 'block' ? 'denied' : 'success',
      data: {
        ...{ ...none, endpoint: '/search', status: verdict === 'block' ? 403 : 200 },
        ...(verdict === 'block' ? { denied } : {}),
      },
    },
  ];
}

async function record(gate: Gate, events: readonly NewEvent[]): Promise<void> {
  for (const event of events) await gate.audit.append(event);
}

describe('the perimeter over the API', () => {
  it('explains an incident by its number and proposes the narrowest exclusion', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    await record(gate, attack('req-1'));
    const incident = await client('perimeter.incident', { params: { id: 'req-1' } });
    assert.equal(incident.layer, 'firewall');
    assert.match(incident.reason ?? '', /sqli\.tautology at query "q"/);
    assert.deepEqual([incident.scores, incident.threshold], [{ sqli: 5 }, 5]);
    assert.equal(incident.matches[0]?.excerpt, "xxx' OR 1=1");
    assert.deepEqual(incident.proposals, [{ rule: 'sqli.tautology', ...place }]);
    assert.equal(incident.events.length, 2);
  });

  it('proposes for an answer that held too much what can be made an exclusion', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    const [told] = attack('req-2');
    assert.ok(told?.type === 'firewall.matched');
    const nowhere = { title: 'a stack trace', zone: 'answer', name: '', part: 'value', excerpt: 'at xxx' } as const;
    const matches = [
      { ...nowhere, rule: 'leak.trace_node', points: 3 },
      { ...nowhere, rule: 'leak.server_path', points: 1 },
    ];
    const data = { ...told.data, verdict: 'redact', by: 'answers', phase: 'answer', matches } as const;
    await record(gate, [{ ...told, data }]);
    const { proposals } = await client('perimeter.incident', { params: { id: 'req-2' } });
    assert.deepEqual(proposals, [{ rule: 'leak.trace_node', endpoint: '/search', zone: '*', name: '*' }]);
    for (const proposal of proposals) {
      const made = await client('exclusions.create', {
        body: { ...proposal, site: 'shop', reason: 'a page about traces', expiresAt: null },
      });
      assert.equal(made.rule, 'leak.trace_node');
    }
  });

  it('does not know a number of nothing', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    await assert.rejects(client('perimeter.incident', { params: { id: 'none' } }), withCode('admin.not_found'));
  });

  it('lists incidents by site and verdict, page by page', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    for (let i = 0; i < 5; i++) await record(gate, attack(`b-${i}`));
    await record(gate, attack('w-1', { verdict: 'would_block' }));
    await record(gate, attack('n-1', { verdict: 'noticed' }));
    const noticed = await client('perimeter.incidents', { query: { verdict: 'noticed' } });
    assert.equal(noticed.incidents.length, 1, 'for who asks');
    const shadow = await client('perimeter.incidents', { query: { verdict: 'would_block' } });
    assert.deepEqual(
      shadow.incidents.map(({ id, person, clientIp }) => [id, person, clientIp]),
      [['w-1', null, '198.51.100.7']],
    );
    const first = await client('perimeter.incidents', { query: { site: 'shop', limit: 4 } });
    assert.equal(first.incidents.length, 4);
    const rest = await client('perimeter.incidents', { query: { site: 'shop', limit: 4, cursor: first.next ?? '' } });
    const ids = [...first.incidents, ...rest.incidents].map(({ id }) => id);
    assert.deepEqual(ids, ['w-1', 'b-4', 'b-3', 'b-2', 'b-1', 'b-0']);
    await assert.rejects(
      client('perimeter.incidents', { query: { site: 'none' } }),
      withCode('gateway.site_not_found'),
    );
    await assert.rejects(client('perimeter.incidents', { query: { limit: 500 } }), withCode('core.invalid_input'));
  });

  it('sums the day up, with who is banned already and what shadow mode would have stopped', async () => {
    const { gate, site, client } = await openHouse();
    await using _ = gate;
    await record(gate, [...attack('r-1'), ...attack('r-2', { verdict: 'would_block' })]);
    const before = await client('perimeter.summary', {});
    assert.deepEqual([before.requests, before.stopped], [2, 1]);
    assert.deepEqual(before.shadow, { requests: 0, wouldBlock: 0 }, 'no site is in shadow mode');
    assert.deepEqual(before.attackers, [{ address: '198.51.100.7', count: 1, country: 'NL', banned: false }]);
    await gate.bans.create(operatorPrincipal, { network: '198.51.100.0/24', reason: 'attacks', until: null });
    await gate.sites.update(operatorPrincipal, site.id, { guard: { ...guardDefaults, firewall: 'shadow' } });
    const after = await client('perimeter.summary', { query: { site: 'shop' } });
    assert.equal(after.attackers[0]?.banned, true, 'a block that holds it counts');
    assert.deepEqual(after.shadow, { requests: 2, wouldBlock: 1 });
    assert.equal(after.limits, 'exact');
  });

  it('names every rule, every list, and what stands before each advisory', async () => {
    const { gate, site, client } = await openHouse({ deps: { platformVersion: () => '1.0.0' } });
    await using _ = gate;
    const { rules } = await client('perimeter.rules');
    assert.ok(rules.length > 50 && rules.every(({ id, category }) => id.startsWith(`${category}.`)));
    assert.deepEqual(await client('perimeter.lists'), { lists: [] });
    await gate.sites.update(operatorPrincipal, site.id, { platform: 'n8n' });
    const up = await client('perimeter.advisories', { query: { site: 'shop' } });
    assert.equal(up.version, '1.0.0');
    const shielded = up.advisories.filter(({ state }) => state === 'shielded');
    assert.ok(shielded.length > 0);
    await gate.sites.update(operatorPrincipal, site.id, { guard: { ...guardDefaults, shields: 'shadow' } });
    const down = await client('perimeter.advisories', { query: { site: 'shop' } });
    const held = down.advisories.find(({ id }) => id === shielded[0]?.id);
    assert.equal(held?.state, 'update_needed', 'a shield that only watches stops nothing');
  });

  it('is closed to people without the right', async () => {
    const { gate, member } = await openHouse();
    await using _ = gate;
    const calls = [
      member('perimeter.summary', {}),
      member('perimeter.incidents', {}),
      member('perimeter.incident', { params: { id: 'req-1' } }),
      member('perimeter.rules'),
      member('perimeter.lists'),
      member('perimeter.advisories', { query: { site: 'shop' } }),
      member('perimeter.replay', { body: { site: 'shop', guard: {} } }),
      member('exclusions.list', {}),
      member('exclusions.delete', { params: { id: 'x' } }),
      member('bans.list', {}),
      member('bans.create', { body: { network: '192.0.2.1', reason: 'test', until: null } }),
      member('bans.lift', { body: { network: '192.0.2.1' } }),
    ];
    for (const call of calls) await assert.rejects(call, withCode('access.denied'));
    await assert.rejects(clientOf(gate.admin, {})('bans.list', {}), withCode('gateway.unauthenticated'));
  });
});

describe('exclusions over the API', () => {
  const body = { site: 'shop', rule: 'sqli.tautology', ...place, reason: 'a search page for SQL', expiresAt: null };

  it('are made by name of the site, listed, taken away, and recorded', async () => {
    const { gate, site, client } = await openHouse();
    await using _ = gate;
    const made = await client('exclusions.create', { body: { ...body, expiresAt: gate.now() + dayMs } });
    assert.deepEqual([made.site, made.createdBy], ['shop', 'ada@example.org']);
    const byId = await client('exclusions.create', { body: { ...body, site: site.id, name: 'other' } });
    assert.equal(byId.site, 'shop');
    const { exclusions } = await client('exclusions.list', { query: { site: 'shop' } });
    assert.deepEqual(
      exclusions.map(({ id }) => id),
      [byId.id, made.id],
    );
    await client('exclusions.delete', { params: { id: made.id } });
    const again = client('exclusions.delete', { params: { id: made.id } });
    await assert.rejects(again, withCode('perimeter.exclusion_not_found'));
    assert.deepEqual(
      gate.told.filter(({ type }) => type.startsWith('exclusion.')).map(({ type, site: at }) => [type, at]),
      [
        ['exclusion.created', 'shop'],
        ['exclusion.created', 'shop'],
        ['exclusion.deleted', 'shop'],
      ],
    );
  });

  it('refuse what is too broad, over, without a reason, or at no site', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    const create = (change: object) => client('exclusions.create', { body: { ...body, ...change } });
    const invalid = withCode('core.invalid_input');
    await assert.rejects(create({ endpoint: '*', zone: '*', name: '*' }), invalid);
    await assert.rejects(create({ expiresAt: gate.now() - 1 }), invalid);
    await assert.rejects(create({ zone: 'nowhere' }), invalid);
    await assert.rejects(create({ reason: '' }), invalid);
    await assert.rejects(create({ site: 'none' }), withCode('gateway.site_not_found'));
  });

  it('go with their site', async () => {
    const { gate, site, client } = await openHouse();
    await using _ = gate;
    await client('exclusions.create', { body });
    await client('sites.delete', { params: { id: site.id } });
    assert.deepEqual(await gate.exclusions.list(site.id), []);
  });

  it('want fresh proof', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    gate.advance(16 * 60_000);
    await assert.rejects(client('exclusions.create', { body }), withCode('admin.step_up'));
    const ban = client('bans.create', { body: { network: '192.0.2.1', reason: 'test', until: null } });
    await assert.rejects(ban, withCode('admin.step_up'));
  });
});

describe('bans over the API', () => {
  it('are made, found by an address within, and lifted', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    const until = gate.now() + dayMs;
    const made = await client('bans.create', { body: { network: '198.51.100.0/24', reason: 'attacks', until } });
    assert.deepEqual([made.country, made.source, made.until], ['NL', 'operator', until]);
    const found = await client('bans.list', { query: { search: '198.51.100.9' } });
    assert.deepEqual([found.total, found.bans[0]?.network, found.next], [1, '198.51.100.0/24', null]);
    await client('bans.lift', { body: { network: '198.51.100.0/24' } });
    const again = client('bans.lift', { body: { network: '198.51.100.0/24' } });
    await assert.rejects(again, withCode('perimeter.ban_not_found'));
  });

  it('never lock out whoever makes them, nor this machine', async () => {
    const { gate, client } = await openHouse();
    await using _ = gate;
    const ban = (network: string) => client('bans.create', { body: { network, reason: 'test', until: null } });
    for (const network of ['192.0.2.7', '192.0.2.0/24', '127.0.0.1'])
      await assert.rejects(ban(network), withCode('perimeter.ban_exempt'), network);
    await assert.rejects(ban('nonsense'), withCode('core.invalid_input'));
    assert.equal((await ban('192.0.3.7')).network, '192.0.3.7');
  });
});

describe('a replay', () => {
  const head = (n: number, query: string): HeadSample => ({
    ...{ id: `h-${n}`, at: 1000 + n, site: 'any', method: 'GET', path: '/search', query, endpoint: '/search' },
    headers: {
      host: 'shop.test',
      accept: '*/*',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0',
    },
  });
  const evil = `q=${encodeURIComponent('1 OR 1=1 UNION SELECT password FROM users')}`;

  async function openWith(heads: readonly HeadSample[]) {
    const house = await openHouse();
    house.gate.heads.push(...heads);
    return house;
  }

  it('tells what a changed guard would block and what it would let pass, and changes nothing', async () => {
    const { gate, site, client } = await openWith([head(2, evil), head(1, 'q=shoes')]);
    await using _ = gate;
    const off = await client('perimeter.replay', { body: { site: 'shop', guard: { firewall: 'off' } } });
    assert.deepEqual([off.heads, off.since, off.newlyBlocked, off.newlyPassed], [2, 1001, 0, 1]);
    assert.deepEqual([off.examples[0]?.before, off.examples[0]?.after], ['block', 'pass']);
    assert.ok((off.examples[0]?.matches.length ?? 0) > 0);
    await gate.sites.update(operatorPrincipal, site.id, { guard: { ...guardDefaults, firewall: 'shadow' } });
    const block = await client('perimeter.replay', { body: { site: 'shop', guard: { firewall: 'block' } } });
    assert.deepEqual([block.newlyBlocked, block.newlyPassed, block.examples[0]?.id], [1, 0, 'h-2']);
    assert.equal((await gate.sites.get('shop')).guard.firewall, 'shadow');
  });

  it('tries exclusions, as narrow as kept ones must be', async () => {
    const { gate, client } = await openWith([head(1, evil)]);
    await using _ = gate;
    const replay = (endpoint: string) =>
      client('perimeter.replay', {
        body: { site: 'shop', guard: {}, exclusions: [{ rule: 'sqli.*', endpoint, zone: 'query', name: 'q' }] },
      });
    assert.equal((await replay('/search')).newlyPassed, 1);
    assert.equal((await replay('/other')).newlyPassed, 0);
    const broad = [{ rule: 'sqli.*', endpoint: '*', zone: '*', name: '*' }];
    const refused = client('perimeter.replay', { body: { site: 'shop', guard: {}, exclusions: broad } });
    await assert.rejects(refused, withCode('core.invalid_input'));
  });

  it('looks at 5,000 heads and shows 50 examples at most', async () => {
    const { gate, client } = await openWith(Array.from({ length: 5010 }, (_, n) => head(n, n < 60 ? evil : 'q=a')));
    await using _ = gate;
    const result = await client('perimeter.replay', { body: { site: 'shop', guard: { firewall: 'off' } } });
    assert.deepEqual([result.heads, result.newlyPassed, result.examples.length], [5000, 60, 50]);
  });

  it('is not run more than 20 times a minute by one person', async () => {
    const { gate, client } = await openWith([]);
    await using _ = gate;
    const replay = () => client('perimeter.replay', { body: { site: 'shop', guard: {} } });
    for (let i = 0; i < 20; i++) await replay();
    await assert.rejects(replay(), withCode('admin.too_many_requests'));
  });
});
