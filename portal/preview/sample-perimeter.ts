import type { OperationOutput } from '../../src/admin/contract/contract.ts';
import { SallyportError } from '../../src/core/errors.ts';
import type { Answers } from './mock-api.ts';

type Incident = OperationOutput<'perimeter.incidents'>['incidents'][number];
type Ban = OperationOutput<'bans.list'>['bans'][number];
type Exclusion = OperationOutput<'exclusions.create'>;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The perimeter over a day of ordinary probing and one false alarm. */
export function perimeterAnswers(now: number): Answers {
  const incidents = sampleIncidents(now);
  const bans = sampleBans(now);
  const exclusions = sampleExclusions(now);
  return {
    ...readAnswers(incidents, bans, now),
    'exclusions.list': () => ({ exclusions }),
    'exclusions.create': ({ body }) => {
      const made = { ...(body as unknown as Exclusion), id: `x${exclusions.length}`, createdBy: 'ada@harbour.example' };
      exclusions.unshift({ ...made, createdAt: Date.now() });
      return { ...made, createdAt: Date.now() };
    },
    'exclusions.delete': ({ params }) => {
      exclusions.splice(
        exclusions.findIndex(one => one.id === params['id']),
        1,
      );
      return {};
    },
    'bans.list': ({ query }) => {
      const search = typeof query['search'] === 'string' ? query['search'] : '';
      const found = bans.filter(ban => `${ban.network} ${ban.reason}`.includes(search));
      return { bans: found, next: null, total: found.length };
    },
    'bans.create': ({ body }) => {
      const made = { ...(body as unknown as Ban), source: 'operator' as const, createdBy: 'ada@harbour.example' };
      bans.unshift({ ...made, createdAt: Date.now(), country: null });
      return { ...made, createdAt: Date.now(), country: null };
    },
    'bans.lift': ({ body }) => {
      bans.splice(
        bans.findIndex(ban => ban.network === body['network']),
        1,
      );
      return {};
    },
  };
}

function readAnswers(incidents: readonly Incident[], bans: readonly Ban[], now: number): Answers {
  return {
    'perimeter.summary': () => summary(bans, now),
    'perimeter.incidents': ({ query }) => ({
      incidents: incidents.filter(
        one =>
          (query['site'] === undefined || one.site === query['site']) &&
          (query['verdict'] === undefined || one.verdict === query['verdict']),
      ),
      next: null,
    }),
    'perimeter.incident': ({ params }) => {
      const found = incidents.find(one => one.id === params['id']);
      if (found === undefined) throw new SallyportError('admin.not_found', 'Unknown: sample');
      return explain(found);
    },
    'perimeter.rules': () => ({
      rules: [
        {
          id: 'sqli.tautology',
          title: 'a SQL condition that is always true',
          category: 'sqli',
          points: 5,
          paranoia: 1,
        },
        { id: 'sqli.union', title: 'a SQL query joined to another', category: 'sqli', points: 5, paranoia: 1 },
        { id: 'xss.tag', title: 'markup that runs a script', category: 'xss', points: 5, paranoia: 1 },
      ],
    }),
    'perimeter.lists': () => ({
      lists: [
        { id: 'tor-exits', kind: 'anonymiser', entries: 1_204, loadedAt: now - 22 * minuteMs, error: null },
        { id: 'drop', kind: 'block', entries: 1_398, loadedAt: now - 3 * hourMs, error: null },
        {
          ...{ id: 'partner-feed', kind: 'block', entries: 86, loadedAt: now - 2 * dayMs },
          error: 'line 87: want an address or a block',
        },
        { id: 'office', kind: 'allow', entries: 2, loadedAt: now - 53 * hourMs, error: null },
      ],
    }),
    'perimeter.advisories': ({ query }) => ({
      version: query['site'] === 'automation' ? '1.121.3' : '3.0.11',
      advisories: sampleAdvisories,
    }),
    'perimeter.replay': () => ({
      heads: 2_318,
      since: now - 3 * hourMs,
      newlyBlocked: 3,
      newlyPassed: 0,
      examples: incidents.slice(0, 3).map(one => ({
        ...{ id: one.id, method: one.method, endpoint: one.endpoint, path: one.path },
        ...{ before: 'pass', after: 'block', matches: one.matches },
      })),
    }),
  };
}

function summary(bans: readonly Ban[], now: number): OperationOutput<'perimeter.summary'> {
  const hour = Math.floor(now / hourMs) * hourMs;
  const attackers = [
    { address: '203.0.113.77', count: 141, country: 'NL' },
    { address: '198.51.100.23', count: 64, country: 'US' },
    { address: '2001:db8:40:7::9', count: 31, country: 'SG' },
    { address: '192.0.2.150', count: 9, country: null },
  ];
  return {
    requests: 18_422,
    stopped: 312,
    byLayer: [
      { name: 'firewall', count: 188 },
      { name: 'limits', count: 72 },
      { name: 'bans', count: 41 },
      { name: 'path', count: 11 },
    ],
    byCategory: [
      { name: 'sqli', count: 74 },
      { name: 'traversal', count: 51 },
      { name: 'scanner', count: 33 },
      { name: 'shield', count: 18 },
      { name: 'xss', count: 9 },
      { name: 'malformed', count: 3 },
    ],
    byRule: [
      { name: 'sqli.union', title: 'a SQL query joined to another', count: 46 },
      { name: 'traversal.climb', title: 'a path that climbs out of its folder', count: 39 },
      { name: 'sqli.tautology', title: 'a SQL condition that is always true', count: 28 },
    ],
    attackers: attackers.map(one => ({ ...one, banned: bans.some(ban => ban.network === one.address) })),
    targets: [
      { site: 'automation', endpoint: '/webhook/*', count: 120 },
      { site: 'wiki', endpoint: '/*', count: 96 },
      { site: '', endpoint: 'unknown', count: 41 },
      { site: 'automation', endpoint: '/rest/workflows/:id', count: 3 },
    ],
    hours: Array.from({ length: 24 }, (_, index) => ({
      start: hour - (23 - index) * hourMs,
      requests: 500 + ((index * 97) % 600),
      stopped: index === 9 ? 96 : (index * 11) % 19,
    })),
    shadow: { requests: 41_200, wouldBlock: 3 },
    limits: 'exact',
  };
}

function sampleIncidents(now: number): Incident[] {
  const incident = (index: number, change: Partial<Incident>): Incident => ({
    id: `01995b3e-7c10-7b90-8f00-2c9a51d0e7${index.toString(16).padStart(2, '0')}`,
    time: now - index * 23 * minuteMs,
    site: 'automation',
    verdict: 'block',
    by: 'firewall',
    phase: 'head',
    method: 'GET',
    endpoint: '/webhook/*',
    path: '/webhook/orders',
    clientIp: '203.0.113.77',
    person: null,
    scores: { sqli: 10 },
    matches: [
      {
        ...{ rule: 'sqli.union', title: 'a SQL query joined to another', points: 5, zone: 'query', name: 'id' },
        ...{ part: 'value', excerpt: "00' UNION SELECT name, secret FROM users-- x" },
      },
      {
        ...{ rule: 'sqli.tautology', title: 'a SQL condition that is always true', points: 5, zone: 'query' },
        ...{ name: 'id', part: 'value', excerpt: "00' OR '1'='1" },
      },
    ],
    problem: null,
    ...change,
  });
  return [
    incident(1, {
      ...{ method: 'POST', endpoint: '/*', path: '/pages/sql-for-beginners', site: 'wiki', phase: 'body' },
      ...{ person: 'bruno@harbour.example', clientIp: '192.168.20.14', scores: { sqli: 5 } },
      matches: [
        {
          ...{ rule: 'sqli.tautology', title: 'a SQL condition that is always true', points: 5, zone: 'form' },
          ...{ name: 'text', part: 'value', excerpt: "xxxxx xxxx: xxxxx ' OR 1=1 -- xx xxx xxxxxxx" },
        },
      ],
    }),
    incident(2, {}),
    incident(3, {
      ...{ verdict: 'would_block', site: 'wiki', endpoint: '/*', path: '/search', scores: { xss: 5 } },
      matches: [
        {
          ...{ rule: 'xss.tag', title: 'markup that runs a script', points: 5, zone: 'query', name: 'q' },
          ...{ part: 'value', excerpt: '<img src=x onerror=alert(1)>' },
        },
      ],
    }),
    incident(5, {
      ...{ by: 'shield', scores: {}, method: 'POST', path: '/form/contact', endpoint: '/form/*' },
      matches: [
        {
          ...{ rule: 'CVE-2026-21858', title: 'Files read through a form of another content type', points: 5 },
          ...{ zone: 'path', name: '', part: 'value', excerpt: 'application/json' },
        },
      ],
    }),
    incident(8, { scores: {}, matches: [], problem: 'JSON key "id" stands twice', method: 'POST', phase: 'body' }),
  ];
}

function explain(found: Incident): OperationOutput<'perimeter.incident'> {
  const principal =
    found.person === null
      ? { kind: 'anonymous', id: 'anonymous', name: 'anonymous' }
      : { kind: 'user', id: 'u2', name: found.person };
  const about = {
    ...{ time: found.time, principal, action: 'page.save', requestId: found.id },
    ...(found.site === null ? {} : { site: found.site }),
    ...(found.clientIp === null ? {} : { clientIp: found.clientIp }),
  };
  const { by, endpoint, matches, method, path, phase, problem, scores, verdict } = found;
  const isStopped = verdict === 'block';
  const worst = matches[0];
  return {
    id: found.id,
    events: [
      {
        ...{ ...about, seq: 2, id: 'e2', type: 'request.finished', outcome: isStopped ? 'denied' : 'success' },
        data: { method, endpoint, path, status: isStopped ? 403 : 200 },
      },
      {
        ...{ ...about, seq: 1, id: 'e1', type: 'firewall.matched', outcome: isStopped ? 'denied' : 'success' },
        data: { verdict, by, phase, method, endpoint, path, scores, matches },
      },
    ],
    layer: isStopped ? 'firewall' : null,
    reason: worst === undefined ? problem : `${worst.rule} at ${worst.zone} "${worst.name}"`,
    matches,
    scores,
    threshold: by === 'firewall' ? 5 : null,
    problem,
    proposals: by === 'firewall' ? matches.map(({ rule, zone, name }) => ({ rule, endpoint, zone, name })) : [],
  };
}

function sampleBans(now: number): Ban[] {
  return [
    {
      ...{ network: '198.51.100.23', source: 'automatic', reason: '12 attacks in a minute', createdBy: 'sallyport' },
      ...{ createdAt: now - 6 * minuteMs, until: now + 34 * minuteMs, country: 'US' },
    },
    {
      ...{ network: '203.0.113.0/26', source: 'operator', reason: 'Tries passwords for weeks', until: null },
      ...{ createdBy: 'ada@harbour.example', createdAt: now - 3 * dayMs, country: 'NL' },
    },
    {
      ...{ network: '2001:db8:99::/64', source: 'operator', reason: 'Copies the whole wiki each night', country: null },
      ...{ createdBy: 'ada@harbour.example', createdAt: now - 9 * dayMs, until: now + 21 * dayMs },
    },
  ];
}

function sampleExclusions(now: number): Exclusion[] {
  const by = { createdBy: 'ada@harbour.example', createdAt: now - 4 * dayMs };
  return [
    {
      ...{ ...by, id: 'x1', site: 'wiki', rule: 'sqli.tautology', endpoint: '/*', zone: 'form', name: 'text' },
      ...{ reason: 'Pages of the wiki teach SQL', expiresAt: now + 26 * dayMs },
    },
    {
      ...{ ...by, id: 'x2', site: 'automation', rule: 'xss.tag', endpoint: '/webhook/*', zone: 'json', name: 'html' },
      ...{ reason: 'The newsletter service sends its mails as HTML', expiresAt: null },
    },
    {
      ...{ ...by, id: 'x3', site: 'wiki', rule: 'shell.*', endpoint: '/*', zone: 'form', name: 'text' },
      ...{ reason: 'Runbooks hold shell commands', expiresAt: now - dayMs },
    },
  ];
}

const sampleAdvisories: OperationOutput<'perimeter.advisories'>['advisories'] = [
  {
    ...{ id: 'CVE-2026-21858', severity: 'critical', state: 'shielded', affected: '< 1.121.9' },
    ...{ title: 'Files read through a form of another content type', how: 'Forms take the type of a form only.' },
  },
  {
    ...{ id: 'CVE-2025-68613', severity: 'critical', state: 'update_needed', affected: '< 1.122.0' },
    ...{
      title: 'Expressions of an editor reach the machine',
      how: 'Honest expressions look the same: only the update cures it.',
    },
  },
  {
    ...{ id: 'CVE-2025-65964', severity: 'high', state: 'partly', affected: '< 1.119.2' },
    ...{
      title: 'Commands through settings of a repository',
      how: 'The field is watched in saves; workflows saved before stay.',
    },
  },
  {
    ...{ id: 'CVE-2025-52554', severity: 'medium', state: 'gate', affected: '< 1.99.1' },
    ...{ title: 'Anybody stops the runs of others', how: 'Rights are held to projects by the gate.' },
  },
  {
    ...{ id: 'CVE-2025-46343', severity: 'medium', state: 'not_affected', affected: '< 1.90.0' },
    ...{ title: 'Script in an attached file', how: 'Attachments are sent as downloads.' },
  },
];
