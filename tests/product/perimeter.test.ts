import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from '../../src/server/cli/cli.ts';
import { createCommands } from '../../src/server/server.ts';
import { startFakeServer } from '../fakes/http.ts';
import { createOwnerOnScreen, noBrowser, openScreen } from './browser.ts';
import { until } from './main-job.ts';
import type { Product } from './product.ts';
import { createOwner, startProduct, told } from './product.ts';
import type { Seen } from './visitor.ts';

const evil = `/search?q=${encodeURIComponent("1' OR '1'='1' UNION SELECT name, secret FROM users--")}`;
const dayMs = 86_400_000;

function createClock() {
  let offsetMs = 0;
  return {
    clock: { now: () => Date.now() + offsetMs, monotonicMs: () => performance.now() + offsetMs },
    advance(ms: number) {
      offsetMs += ms;
    },
  };
}

const startShop = () => startFakeServer({ answer: () => ({ body: { ok: true } }) });

function protect({ sallyport }: Product, upstream: string) {
  return sallyport.operator('sites.create', {
    body: { name: 'shop', platform: 'generic', upstreams: [upstream], port: 0 },
  });
}

const incidentOf = (seen: Seen): string => (seen.json() as { incident: string }).incident;

describe('an attack on an application behind the gate', () => {
  it('is refused with a number, found by it, let through by the proposed exclusion at once, and stopped again at its end', async () => {
    const { clock, advance } = createClock();
    await using shop = await startShop();
    await using product = await startProduct({ clock });
    const { operator } = product.sallyport;
    const { visitor } = await createOwner(product);
    const { address } = await protect(product, shop.baseUrl);
    const attack = () => visitor.call('GET', `${address}${evil}`);

    assert.equal((await visitor.call('GET', `${address}/search?q=shoes`)).status, 200);
    const refused = await attack();
    assert.equal(refused.status, 403, told(refused));
    assert.equal(refused.headers['content-type'], 'application/problem+json');
    assert.doesNotMatch(refused.text, /sqli|UNION/, 'what decided is for the operator only');
    const id = incidentOf(refused);
    const incident = await operator('perimeter.incident', { params: { id } });
    assert.equal(incident.layer, 'firewall');
    assert.ok((incident.scores['sqli'] ?? 0) >= (incident.threshold ?? 0));
    assert.equal(incident.matches[0]?.zone, 'query');
    assert.ok(incident.proposals.length > 0);
    for (const { endpoint, name, zone } of incident.proposals)
      assert.deepEqual([endpoint, zone, name], ['/*', 'query', 'q']);

    for (const place of incident.proposals) {
      const expiresAt = clock.now() + 60_000;
      await operator('exclusions.create', { body: { site: 'shop', ...place, reason: 'teaches SQL', expiresAt } });
    }
    assert.equal((await attack()).status, 200, 'in force for the next request');
    const elsewhere = await visitor.call('GET', `${address}${evil.replace('q=', 'p=')}`);
    assert.equal(elsewhere.status, 403, 'at this one field only');
    advance(60_001);
    assert.equal((await attack()).status, 403, 'an exclusion that is over is none');

    const summary = await operator('perimeter.summary', { query: { site: 'shop' } });
    assert.equal(summary.stopped, 3);
    assert.deepEqual(summary.byLayer, [{ name: 'firewall', count: 3 }]);
    assert.equal(shop.requests.filter(({ target }) => target.includes('UNION')).length, 1);
  });

  it('passes in shadow mode and is reported; a replay tells beforehand what blocking would change', async () => {
    await using shop = await startShop();
    await using product = await startProduct();
    const { operator } = product.sallyport;
    const { visitor } = await createOwner(product);
    const { address, id } = await protect(product, shop.baseUrl);
    await operator('sites.update', { params: { id }, body: { guard: { firewall: 'shadow' } } });
    const seen = await visitor.call('GET', `${address}${evil}`);
    assert.equal(seen.status, 200, told(seen));
    await visitor.call('GET', `${address}/search?q=shoes`);
    const { shadow, stopped } = await operator('perimeter.summary', { query: { site: 'shop' } });
    assert.deepEqual([shadow, stopped], [{ requests: 2, wouldBlock: 1 }, 0]);
    const { incidents } = await operator('perimeter.incidents', { query: { verdict: 'would_block' } });
    assert.deepEqual(
      incidents.map(({ method, path: where, site }) => [method, where, site]),
      [['GET', '/search', 'shop']],
    );
    const tried = await operator('perimeter.replay', { body: { site: 'shop', guard: { firewall: 'block' } } });
    assert.deepEqual([tried.heads, tried.newlyBlocked, tried.newlyPassed], [2, 1, 0]);
    assert.equal(tried.examples[0]?.id, incidents[0]?.id);
  });

  it('earns a ban that holds for the next request, and lifting it lets the next one in', async () => {
    await using shop = await startShop();
    await using product = await startProduct({ config: { trustedProxies: ['127.0.0.1'] } });
    const { operator } = product.sallyport;
    const { address } = await protect(product, shop.baseUrl);
    const visitor = product.visitor();
    const from = (ip: string) => visitor.send(`${address}/`, { headers: { 'x-forwarded-for': ip } });
    assert.equal((await from('198.51.100.9')).status, 401);
    const until = Date.now() + dayMs;
    await operator('bans.create', { body: { network: '198.51.100.0/24', reason: 'attacks', until } });
    const refused = await from('198.51.100.9');
    assert.equal(refused.status, 403, told(refused));
    assert.match(refused.text, /perimeter\.banned/);
    assert.equal((await from('203.0.113.9')).status, 401, 'others may come');
    await operator('bans.lift', { body: { network: '198.51.100.0/24' } });
    assert.equal((await from('198.51.100.9')).status, 401);
    const incident = await operator('perimeter.incident', { params: { id: incidentOf(refused) } });
    assert.deepEqual([incident.layer, incident.proposals], ['bans', []]);
  });

  it('that is only too many requests gets 429 with the RateLimit fields', async () => {
    const rule = { id: 'tiny', scope: 'address', limit: 5, windowMs: 60_000, appliesTo: 'any', people: 'anonymous' };
    await using shop = await startShop();
    await using product = await startProduct({ config: { perimeter: { limits: { rules: [rule] } } } });
    const { address } = await protect(product, shop.baseUrl);
    const visitor = product.visitor();
    for (let i = 0; i < 5; i++) assert.equal((await visitor.send(`${address}/`)).status, 401);
    const refused = await visitor.send(`${address}/`);
    assert.equal(refused.status, 429, told(refused));
    assert.equal(refused.headers['ratelimit-policy'], '"tiny";q=5;w=60');
    assert.match(String(refused.headers['ratelimit']), /^"tiny";r=0;t=\d+$/);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    const { byLayer } = await product.sallyport.operator('perimeter.summary', {});
    assert.deepEqual(byLayer, [{ name: 'limits', count: 1 }]);
  });
});

describe('the perimeter at the command line', () => {
  it('explains an incident, excludes what it proposes, tells shadow results, bans and lifts', async () => {
    await using shop = await startShop();
    await using product = await startProduct();
    const { visitor } = await createOwner(product);
    const { address } = await protect(product, shop.baseUrl);
    const run = async (...words: readonly string[]) => {
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
      return { status, ...said };
    };
    const id = incidentOf(await visitor.call('GET', `${address}${evil}`));
    const explained = await run('incident', id);
    assert.match(
      explained.out,
      /Layer {5}firewall\nWhy[\s\S]*sqli[\s\S]*query "q"[\s\S]*exclusions add shop --incident/,
    );
    assert.equal((await run('incident', 'none')).status, 1);
    const reason = ['--reason', 'teaches SQL'];
    const added = await run('exclusions', 'add', 'shop', '--incident', id, ...reason, '--for', '1d');
    assert.equal(added.status, 0, added.err);
    assert.equal((await visitor.call('GET', `${address}${evil}`)).status, 200);
    const [first] = JSON.parse((await run('exclusions', 'list', 'shop', '--json')).out) as { id: string }[];
    assert.equal((await run('exclusions', 'remove', first?.id ?? '')).status, 0);
    assert.equal((await run('exclusions', 'add', 'shop', ...reason)).status, 2, 'neither rule nor incident');
    assert.equal((await run('exclusions', 'add', 'shop', 'sqli.*', ...reason)).status, 1, 'too broad');

    assert.match((await run('shadow', 'shop')).out, /not in shadow mode/);
    const changed = await run('firewall', 'shop', '--mode', 'shadow', '--paranoia', '2');
    assert.match(changed.out, /shop is changed[\s\S]*firewall +shadow\nparanoia +2/);
    assert.equal((await visitor.call('GET', `${address}${evil}`)).status, 200);
    assert.match((await run('shadow', 'shop')).out, /Would have stopped 1 of [34] requests:[\s\S]*GET \/search/);

    assert.equal((await run('bans', 'add', '198.51.100.7', '--reason', 'attacks', '--for', '1h')).status, 0);
    assert.match((await run('bans', 'list', '--search', '198.51.100.7')).out, /198\.51\.100\.7.*attacks/);
    assert.equal((await run('bans', 'add', '127.0.0.1', '--reason', 'attacks')).status, 1);
    assert.equal((await run('bans', 'add', '198.51.100.7')).status, 2);
    assert.equal((await run('bans', 'lift', '198.51.100.7')).status, 0);
    assert.match((await run('advisories', 'shop')).out, /No known advisory/);
  });
});

describe('the perimeter in a browser', { skip: noBrowser }, () => {
  it('leads from the number on the page that refused a visitor to the exclusion that lets the same request through', async () => {
    await using shop = await startShop();
    await using product = await startProduct();
    const { address } = await protect(product, shop.baseUrl);
    await using screen = await openScreen();
    const { page, complaints } = screen;
    const { url } = await product.sallyport.operator('operator.firstOwnerLink');
    await createOwnerOnScreen(page, url, { email: 'olga@example.com', name: 'Olga Owner' });
    await page.getByRole('heading', { name: 'Overview' }).waitFor();

    const refused = await page.goto(`${address}${evil}`);
    assert.equal(refused?.status(), 403);
    const number = (await refused?.headerValue('x-request-id')) ?? '';
    assert.ok(((await page.textContent('body')) ?? '').includes(number), 'the visitor is shown the number');

    await page.goto(`${product.portal}/.sallyport/portal/perimeter`);
    await page.getByLabel('Look up an incident').first().fill(number);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/perimeter/incidents/${number}$`));
    await page
      .getByText(/^Looks like/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'This was honest work' }).click();
    const dialog = page.getByRole('dialog', { name: 'Let honest work through' });
    await dialog.getByLabel('Reason').fill('A page that teaches SQL');
    await dialog.getByRole('button', { name: /^Create/ }).click();
    await dialog.waitFor({ state: 'detached' });
    const passed = await page.goto(`${address}${evil}`);
    assert.equal(passed?.status(), 200);

    await page.goto(`${product.portal}/.sallyport/portal/perimeter/exclusions`);
    await page.getByText('A page that teaches SQL').first().waitFor();
    const listed = await until(
      () => product.sallyport.operator('exclusions.list', {}),
      ({ exclusions }) => exclusions.length > 0,
    );
    assert.ok(listed.exclusions.every(({ createdBy }) => createdBy === 'olga@example.com'));
    assert.deepEqual(
      complaints.filter(text => !/status of 403/.test(text)),
      [],
    );
  });
});
