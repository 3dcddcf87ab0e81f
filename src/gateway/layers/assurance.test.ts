import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call, TestGate, TestUpstream } from '../gateway.fixture.ts';
import { anna, session, site, snapshotWith, startGate, startUpstream, tokenHash } from '../gateway.fixture.ts';
import type { SiteSignIn } from '../sign-in-input.ts';
import { signInDefaults, signInSchema } from '../sign-in-input.ts';
import type { SessionPolicy } from '../snapshot.ts';

const minuteMs = 60_000;

type Rule = SiteSignIn['stepUp'][number];

const rule = (patch: Partial<Rule>): Rule => ({
  methods: [],
  path: null,
  permission: null,
  maxAgeMinutes: null,
  mfa: false,
  phishingResistant: false,
  apiKeys: 'refuse',
  ...patch,
});

interface Case {
  readonly signIn: Partial<SiteSignIn>;
  readonly session?: Partial<SessionPolicy>;
  readonly call?: Call;
}

async function withGate(
  given: Case,
  use: (gate: TestGate, upstream: TestUpstream, wall: { now: number }) => Promise<void>,
): Promise<void> {
  await using upstream = await startUpstream();
  const wall = { now: Date.UTC(2026, 0, 5) };
  const clock = { now: () => wall.now, monotonicMs: () => performance.now() };
  const sites = [site([upstream.url], { signIn: { ...signInDefaults, ...given.signIn } })];
  const base = snapshotWith(sites, wall.now);
  const sessions = new Map([[tokenHash(anna.token), session(wall.now, given.session ?? {})]]);
  await using gate = await startGate(sites, { clock, snapshot: { ...base, sessions } });
  await use(gate, upstream, wall);
}

const oneFactor = { methods: ['password'] };
const withPasskey = { methods: ['passkey'] };
const old = { authenticatedAt: Date.UTC(2026, 0, 5) - 30 * minuteMs };

describe('what a site wants of a sign-in', () => {
  const rows: [string, Case, 'passes' | 'sfa' | 'mfa' | 'phr'][] = [
    ['nothing said', { signIn: {}, session: oneFactor }, 'passes'],
    ['two factors, one given', { signIn: { mfa: true }, session: oneFactor }, 'mfa'],
    ['two factors, two given', { signIn: { mfa: true } }, 'passes'],
    ['two factors, a passkey given', { signIn: { mfa: true }, session: withPasskey }, 'passes'],
    ['an age, fresh enough', { signIn: { maxAgeMinutes: 60 }, session: old }, 'passes'],
    ['an age, too old', { signIn: { maxAgeMinutes: 30 }, session: old }, 'sfa'],
    [
      'an age, proved in the future',
      { signIn: { maxAgeMinutes: 30 }, session: { authenticatedAt: Date.UTC(2027, 0, 1) } },
      'sfa',
    ],
    ['a passkey for a path', { signIn: { stepUp: [rule({ path: '/admin/*', phishingResistant: true })] } }, 'phr'],
    [
      'a passkey for a path, given',
      { signIn: { stepUp: [rule({ path: '/admin/*', phishingResistant: true })] }, session: withPasskey },
      'passes',
    ],
    ['a path that is another', { signIn: { stepUp: [rule({ path: '/admins', phishingResistant: true })] } }, 'passes'],
    ['a path in capitals', { signIn: { stepUp: [rule({ path: '/ADMIN/users', phishingResistant: true })] } }, 'phr'],
    [
      'another method',
      { signIn: { stepUp: [rule({ path: '/*', methods: ['DELETE'], phishingResistant: true })] } },
      'passes',
    ],
    [
      'what HEAD reads too',
      {
        signIn: { stepUp: [rule({ path: '/*', methods: ['GET'], phishingResistant: true })] },
        call: { method: 'HEAD' },
      },
      'phr',
    ],
    [
      'a permission it needs not',
      { signIn: { stepUp: [rule({ permission: 'settings.manage', phishingResistant: true })] } },
      'passes',
    ],
    [
      'the strictest of two rules',
      {
        signIn: {
          mfa: true,
          stepUp: [rule({ path: '/admin/*', mfa: true }), rule({ path: '/*', phishingResistant: true })],
        },
      },
      'phr',
    ],
  ];
  for (const [name, given, wanted] of rows) {
    it(`${wanted === 'passes' ? 'lets pass' : 'asks for more'}: ${name}`, () =>
      withGate(given, async (gate, upstream) => {
        const answer = await gate.call({ path: '/admin/users', signedIn: true, ...given.call });
        if (wanted === 'passes') {
          assert.equal(answer.status, 200);
          return;
        }
        assert.equal(answer.status, 401);
        assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer realm="gate", error="insufficient_user_auth/);
        assert.match(answer.headers['www-authenticate'] ?? '', new RegExp(`acr_values="${wanted}"`));
        assert.equal(upstream.seen.length, 0, 'nothing reaches the platform');
        const [record] = gate.records();
        assert.equal(record?.data.denied?.layer, 'assurance');
        assert.equal(record.data.denied.type, 'step_up');
      }));
  }

  it('tells a program what to ask for, as a problem document (RFC 9470, RFC 9457)', () =>
    withGate(
      { signIn: { stepUp: [rule({ path: '/admin/*', maxAgeMinutes: 15, mfa: true })] } },
      async (gate, _, wall) => {
        wall.now += 15 * minuteMs;
        const answer = await gate.call({ path: '/admin/users?x=1', signedIn: true });
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        const problem = JSON.parse(answer.body) as Record<string, unknown>;
        assert.equal(problem['code'], 'gateway.step_up');
        assert.equal(problem['acrValues'], 'mfa');
        assert.equal(problem['maxAge'], 900);
        const back = encodeURIComponent('http://app.test/admin/users?x=1');
        const place = `http://portal.test/.sallyport/reauthenticate?return_to=${back}&acr_values=mfa&max_age=900`;
        assert.equal(problem['reauthenticate'], place);
        assert.match(answer.headers['www-authenticate'] ?? '', /max_age="900"/);
      },
    ));

  it('sends a person who opens a page to prove it, and back to that page', () =>
    withGate({ signIn: { mfa: true }, session: oneFactor }, async gate => {
      const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none', accept: 'text/html' };
      const answer = await gate.call({ path: '/x', signedIn: true, headers });
      assert.equal(answer.status, 303);
      const place = new URL(answer.headers.location ?? '');
      assert.equal(place.pathname, '/.sallyport/reauthenticate');
      assert.equal(place.searchParams.get('return_to'), 'http://app.test/x');
      assert.equal(place.searchParams.get('acr_values'), 'mfa');
    }));

  it('lets a session that proved more through at once', () =>
    withGate({ signIn: { mfa: true }, session: oneFactor }, async (gate, _, wall) => {
      assert.equal((await gate.call({ signedIn: true })).status, 401);
      gate.change({ section: 'sessions', key: tokenHash(anna.token), value: session(wall.now) });
      assert.equal((await gate.call({ signedIn: true })).status, 200);
    }));

  it('keeps signing out open', () =>
    withGate({ signIn: { mfa: true }, session: oneFactor }, async gate => {
      assert.equal((await gate.call({ path: '/.sallyport/sign-out', signedIn: true })).body, 'from control');
    }));

  for (const [apiKeys, status] of [
    ['refuse', 403],
    ['allow', 200],
  ] as const) {
    it(`does "${apiKeys}" API keys, which can prove nothing again`, async () => {
      await using upstream = await startUpstream();
      const stepUp = [rule({ path: '/admin/*', phishingResistant: true, apiKeys })];
      const sites = [site([upstream.url], { signIn: { ...signInDefaults, mfa: true, stepUp } })];
      const key = `sp_abcdefgh_${'k'.repeat(43)}`;
      const apiKey = {
        ...{ id: 'k-1', userId: anna.id, prefix: 'sp_abcdefgh', sites: ['site-app'], paths: ['/'] },
        ...{ permissions: ['data_source.read' as const], expiresAt: Date.now() + 3_600_000 },
      };
      const snapshot = { ...snapshotWith(sites, Date.now()), apiKeys: new Map([[tokenHash(key), apiKey]]) };
      await using gate = await startGate(sites, { snapshot });
      const call = (path: string) => gate.call({ path, headers: { authorization: `Bearer ${key}` } });
      assert.equal((await call('/admin/users')).status, status);
      assert.equal(
        (await call('/else')).status,
        200,
        'a key is no session: what sessions must have is not asked of it',
      );
    });
  }
});

describe('the input for it', () => {
  const refused: [string, unknown][] = [
    ['a rule for nothing in particular', { ...signInDefaults, stepUp: [rule({ mfa: true })] }],
    ['a rule that wants nothing', { ...signInDefaults, stepUp: [rule({ path: '/x' })] }],
    ['a path with a star in it', { ...signInDefaults, stepUp: [rule({ path: '/x*', mfa: true })] }],
    ['an unknown permission', { ...signInDefaults, stepUp: [{ ...rule({ mfa: true }), permission: 'all' }] }],
    ['an age of nothing', { ...signInDefaults, maxAgeMinutes: 0 }],
    ['an unknown field', { ...signInDefaults, acr: 'mfa' }],
  ];
  for (const [name, input] of refused) {
    it(`refuses ${name}`, () => assert.equal(signInSchema.safeParse(input).success, false));
  }
});
