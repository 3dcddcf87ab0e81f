import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import type { ErrorCode } from '../core/errors.ts';
import { isSallyportError, SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import { operatorPrincipal } from '../core/events.ts';
import { createIds } from '../core/ids.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { createMemoryCounters, createStore, type StoreSettings } from '../store/store.ts';
import { createVault, type VaultTables, vaultMigrations } from '../vault/vault.ts';
import type { Protocols } from './federation/connections.ts';
import type { Db, Ground } from './ground.ts';
import type {
  Identity,
  IdentityChange,
  IdentityConfig,
  SignInContext,
  SignInStep,
  User,
  UserRole,
} from './identity.ts';
import { createIdentity, identityConfig, identityMigrations } from './identity.ts';
import { createPasswordHasher } from './password-hash.ts';
import { createStrengthRule } from './passwords/strength-rule.ts';
import type { IdentityTables } from './tables.ts';

/** Good enough for any role, and in no list. */
export const goodPassword = 'violet-harbour-19-kettle';
export const otherPassword = 'ochre/lantern 42 gravel';

/** A whole identity over a real store and vault, with a clock and an audit log the test can turn. */
export interface House {
  readonly identity: Identity;
  readonly config: IdentityConfig;
  readonly db: Db;
  /** What the files of this room stand on. */
  readonly ground: Ground;
  readonly events: NewEvent[];
  readonly changes: IdentityChange[];
  readonly clock: { wall: number; monotonic: number };
  /** Lets both clocks run. */
  pass(ms: number): void;
  /** While true the audit log refuses. */
  isAuditDown: boolean;
  /** A second node on the same store, as after a restart or beside the first. */
  another(config?: IdentityConfig): Identity;
}

export type ConfigPatch = { readonly [K in keyof IdentityConfig]?: Partial<IdentityConfig[K]> };

export function testConfig(patch: ConfigPatch = {}): IdentityConfig {
  const base = identityConfig.parse({});
  return {
    sessions: { ...base.sessions, ...patch.sessions },
    // Cheap on purpose: what is tested is what is done, not how long it takes.
    passwords: { ...base.passwords, memoryKib: 64, passes: 1, activeMax: 2, waitingMax: 500, ...patch.passwords },
    mfa: { ...base.mfa, ...patch.mfa },
    lockout: { ...base.lockout, ...patch.lockout },
    inactiveDays: patch.inactiveDays ?? base.inactiveDays,
    federation: { ...base.federation, ...patch.federation },
  };
}

export async function withIdentity(
  use: (house: House) => Promise<void>,
  patch: ConfigPatch = {},
  settings?: StoreSettings,
  protocols: Partial<Protocols> = {},
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-identity-'));
  try {
    const time = { wall: Date.UTC(2026, 0, 5, 9), monotonic: 1000 };
    const clock = { now: () => time.wall, monotonicMs: () => time.monotonic };
    const sqlite = { kind: 'sqlite', file: path.join(folder, 'store.db') } as const;
    await using store = await createStore(settings ?? sqlite, { log: silentLog, clock });
    await store.migrate([...identityMigrations, ...vaultMigrations]);
    await using counters = createMemoryCounters({ clock });
    const masterKey = new Secret(randomBytes(32).toString('base64url'));
    const vault = await createVault({ masterKey, db: store.db<VaultTables>(), random: randomBytes, clock });
    const events: NewEvent[] = [];
    const changes: IdentityChange[] = [];
    const config = testConfig(patch);
    const deps = {
      db: store.db<IdentityTables>(),
      counters,
      vault,
      clock,
      random: randomBytes,
      newId: createIds({ clock, random: randomBytes }),
      protocols,
      log: silentLog,
      audit: {
        async append(event: NewEvent) {
          if (house.isAuditDown) throw new SallyportError('audit.unavailable', 'Cannot record');
          events.push(event);
        },
      },
      portalOrigin: () => 'https://gate.example.org',
      // Judged here: a thread for each house of the tests would take longer than they do.
      strength: judgeInPlace,
      changed: async (change: IdentityChange) => {
        changes.push(change);
      },
    };
    const house: House = {
      identity: createIdentity(config, deps),
      config,
      db: deps.db,
      ground: { ...deps, config, now: clock.now, passwords: createPasswordHasher(config.passwords, randomBytes) },
      events,
      changes,
      clock: time,
      isAuditDown: false,
      pass(ms) {
        time.wall += ms;
        time.monotonic += ms;
      },
      another: (other = config) => createIdentity(other, deps),
    };
    await use(house);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let rule: ReturnType<typeof createStrengthRule> | undefined;

const judgeInPlace = async (password: Secret, context: readonly string[]): Promise<boolean> => {
  rule ??= createStrengthRule();
  return rule(password.reveal(), context);
};

export const secret = (text: string): Secret => new Secret(text);

export const is =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    isSallyportError(error, code);

export function from(clientIp = '203.0.113.7', host = 'gate.example.org'): SignInContext {
  return { clientIp, host, userAgent: 'test', requestId: 'r1' };
}

export const asPrincipal = (user: User): PrincipalRef => ({ kind: 'user', id: user.id, name: user.email });

export function code(seed: Secret, atMs: number): string {
  return new TOTP({ secret: OtpSecret.fromBase32(seed.reveal()) }).generate({ timestamp: atMs });
}

/** A six-digit code that is wrong now and near now. */
export function wrongCode(seed: Secret, atMs: number): string {
  const near = [-60_000, -30_000, 0, 30_000, 60_000].map(offset => code(seed, atMs + offset));
  const found = ['000000', '111111', '222222', '333333', '444444', '555555'].find(guess => !near.includes(guess));
  assert.ok(found);
  return found;
}

export function signedIn(step: SignInStep): Extract<SignInStep, { state: 'signed_in' }> {
  assert.equal(step.state, 'signed_in');
  return step;
}

export function pendingOf(step: SignInStep): Secret {
  assert.ok(step.state === 'factor_needed' || step.state === 'enrolment_needed', step.state);
  return step.pending;
}

/** A person with a password, through an invitation; signs nobody in who needs a second factor. */
export async function addPerson(
  house: House,
  input: { email: string; role?: UserRole; password?: string },
): Promise<{ user: User; step: SignInStep }> {
  const { identity } = house;
  const { email, role = 'member', password = goodPassword } = input;
  const user = await identity.createUser(operatorPrincipal, { email, name: 'Some One', role });
  const link = await identity.issueLink(operatorPrincipal, { purpose: 'invitation', userId: user.id });
  const step = await identity.redeemLink(link.token, { password: secret(password) }, from());
  return { user: await identity.getUser(user.id), step };
}

/** An Owner, Administrator or Member with a second factor, signed in. */
export async function addPersonWithTotp(
  house: House,
  input: { email: string; role?: UserRole; password?: string },
): Promise<{ user: User; token: Secret; sessionId: string; seed: Secret; recoveryCodes: readonly Secret[] }> {
  const { identity, clock } = house;
  const { user, step } = await addPerson(house, { role: 'owner', ...input });
  if (step.state === 'signed_in') {
    const { secret: seed } = await identity.beginTotp(user.id);
    const keepSessionId = step.session.id;
    const { recoveryCodes } = await identity.confirmTotp(asPrincipal(user), {
      userId: user.id,
      code: code(seed, clock.wall),
      keepSessionId,
    });
    return { user: await identity.getUser(user.id), token: step.token, sessionId: keepSessionId, seed, recoveryCodes };
  }
  const pending = pendingOf(step);
  const { secret: seed } = await identity.beginEnrolment(pending);
  const confirmed = await identity.confirmEnrolment({ pending, code: code(seed, clock.wall) }, from());
  const { token, session } = signedIn(confirmed.step);
  return {
    user: await identity.getUser(user.id),
    token,
    sessionId: session.id,
    seed,
    recoveryCodes: confirmed.recoveryCodes,
  };
}

/** Signs in by password and a fresh TOTP code; lets a step pass first, because a code works once. */
export async function signInWithTotp(
  house: House,
  person: { user: User; seed: Secret; password?: string },
  ctx: SignInContext = from(),
) {
  house.pass(30_000);
  const password = secret(person.password ?? goodPassword);
  const step = await house.identity.signIn({ email: person.user.email, password }, ctx);
  return signedIn(
    await house.identity.answerTotp({ pending: pendingOf(step), code: code(person.seed, house.clock.wall) }, ctx),
  );
}
