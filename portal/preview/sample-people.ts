import type { OperationOutput } from '../../src/admin/contract/contract.ts';

export type Person = OperationOutput<'users.get'>;
export type Session = OperationOutput<'me.listSessions'>['sessions'][number];

const dayMs = 86_400_000;
const minuteMs = 60_000;

const rows: readonly (readonly [string, string, Person['role'], 'none' | 'totp' | 'passkey', number | null])[] = [
  ['Ada Lindqvist', 'ada@harbour.example', 'owner', 'totp', 4],
  ['Bruno Okafor', 'bruno@harbour.example', 'administrator', 'passkey', 62],
  ['Chiara Conti', 'chiara@harbour.example', 'member', 'totp', 11],
  ['Daniel Weiss', 'daniel@harbour.example', 'member', 'none', 1560],
  ['Emeka Nwosu', 'emeka@harbour.example', 'member', 'totp', 340],
  ['Fatima Zahra El Idrissi-Benchekroun', 'fatima.elidrissi@contractors.harbour.example', 'member', 'totp', 5200],
  ['Grace Kim', 'grace@harbour.example', 'member', 'none', null],
];

/** A small team, as the API would tell of it. */
export function samplePeople(now: number): Person[] {
  return rows.map(([name, email, role, mfa, minutes], index) => ({
    id: `01940000-0000-7000-8000-00000000000${index + 1}`,
    email,
    name,
    role,
    factors: { totp: mfa === 'totp', passkeys: mfa === 'passkey' ? 2 : 0 },
    disabled: index === 4,
    hasPassword: minutes !== null,
    createdAt: now - (40 - index) * dayMs,
    lastSignInAt: minutes === null ? null : now - minutes * minuteMs,
  }));
}

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1';

/** Sessions of one person: two live, one ended. */
export function sampleSessions(now: number): Session[] {
  const session = (id: string, change: Partial<Session>): Session => ({
    id,
    host: 'localhost:8443',
    methods: ['password', 'totp'],
    createdAt: now - 4 * minuteMs,
    authenticatedAt: now - 4 * minuteMs,
    lastSeenAt: now,
    expiresAt: now + dayMs / 2,
    clientIp: '127.0.0.1',
    userAgent: firefox,
    endedAt: null,
    endReason: null,
    current: false,
    ...change,
  });
  const ended = now - 2 * dayMs;
  return [
    session('s1', { current: true }),
    session('s2', {
      host: 'localhost:8444',
      lastSeenAt: now - 38 * minuteMs,
      clientIp: '192.168.20.14',
      userAgent: safari,
    }),
    session('s3', {
      lastSeenAt: ended,
      endedAt: ended,
      endReason: 'password_changed',
      methods: ['password', 'recovery_code'],
    }),
  ];
}
