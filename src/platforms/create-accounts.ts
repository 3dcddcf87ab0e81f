import type { Kysely } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../core/clock.ts';
import { isSallyportError, SallyportError } from '../core/errors.ts';
import { type PrincipalRef, systemPrincipal } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { type AccountRows, createAccountRows, type KnownAccount } from './account-rows.ts';
import type { PlatformsTables } from './account-tables.ts';
import type {
  Platform,
  PlatformAccounts,
  PlatformId,
  PlatformPerson,
  PlatformSession,
  PlatformSignIn,
  PlatformSite,
} from './platforms.ts';

export interface PlatformAccountsDeps {
  readonly platforms: ReadonlyMap<PlatformId, Platform>;
  readonly db: Kysely<PlatformsTables>;
  readonly vault: Vault;
  readonly audit: Pick<Audit, 'append'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof globalThis.fetch;
  readonly random: (bytes: number) => Buffer;
  /** The site of this id as it is now; undefined for one that is no more. */
  readonly siteOf: (siteId: string) => PlatformSite | undefined;
}

type Person = PlatformPerson & { userId: string; isOwner: boolean; by?: PrincipalRef };

/** A session with less than this left is renewed rather than used. */
const freshMs = 60_000;
/** A sign-in at the platform may take this long, whatever the callers do. */
const enterTimeoutMs = 60_000;

/** Keeps the accounts that people have behind the gate. A password there is random, sealed, and known to nobody. */
export function createPlatformAccounts(deps: PlatformAccountsDeps): PlatformAccounts {
  const rows = createAccountRows({ db: deps.db, vault: deps.vault, now: () => deps.clock.now() });
  const entering = new Map<string, Promise<PlatformSession>>();
  /** Claiming and making the admin session happen once per site, whoever comes first. */
  const preparing = new Map<string, Promise<unknown>>();
  const drivers = new Map<string, PlatformSignIn>();
  const house: House = { deps, rows, driverOf: site => driverOf(deps, drivers, site), preparing };

  async function leave(userId: string, signal: AbortSignal): Promise<void> {
    const open = await rows.sessions(userId);
    await rows.forgetSessions(userId);
    for (const { siteId, session } of open) {
      const site = deps.siteOf(siteId);
      // On a site that no longer has accounts there is nothing to sign out of.
      if (!site || site.accounts === 'none') continue;
      await house
        .driverOf(site)
        .signOut(session, signal)
        .catch(error => deps.log.warn('platforms.sign_out_failed', { site: site.name, error }));
    }
  }

  return {
    enter(site, person, signal) {
      const key = `${site.id}|${person.userId}`;
      const running = entering.get(key) ?? enter(house, site, person).finally(() => entering.delete(key));
      entering.set(key, running);
      return orGivenUp(running, signal);
    },
    async setAdmin(by, site, account, signal) {
      const driver = house.driverOf(site);
      const known = { account: account.email.toLowerCase(), password: account.password };
      // Kept only after proof; the proving session is ended at once.
      const session = await driver.signIn({ email: known.account, password: known.password }, signal);
      await driver
        .signOut(session, signal)
        .catch(error => deps.log.warn('platforms.sign_out_failed', { site: site.name, error }));
      await record(house, site, by, { type: 'platform.account_created', data: { account: known.account } });
      await rows.saveAdmin(site.id, { ...known, userId: account.userId ?? null });
      if (account.userId !== undefined && site.accounts === 'personal') await rows.save(site.id, account.userId, known);
    },
    async status(site) {
      if (site.accounts === 'none') return 'not_used';
      return (await rows.findAdmin(site.id)) ? 'ready' : 'needed';
    },
    leave,
    async forgetPerson(userId, signal) {
      await leave(userId, signal);
      await rows.forgetPerson(userId);
    },
    forgetSite: siteId => rows.forgetSite(siteId),
    async load() {
      const sessions = new Map<string, PlatformSession>();
      for (const { siteId, userId, session } of await rows.sessions()) sessions.set(`${siteId}|${userId}`, session);
      return sessions;
    },
    renewed: (siteId, userId, session) => rows.saveSession(siteId, userId, session),
    personOf: (siteId, account) => rows.findPerson(siteId, account),
  };
}

interface House {
  readonly deps: PlatformAccountsDeps;
  readonly rows: AccountRows;
  readonly driverOf: (site: PlatformSite) => PlatformSignIn;
  readonly preparing: Map<string, Promise<unknown>>;
}

async function enter(house: House, site: PlatformSite, person: Person): Promise<PlatformSession> {
  const { rows, deps } = house;
  const signal = AbortSignal.timeout(enterTimeoutMs);
  const principal: PrincipalRef = person.by ?? { kind: 'user', id: person.userId, name: person.email };
  try {
    const known = await rows.find(site.id, person.userId);
    if (known?.session && known.session.expiresAt > deps.clock.now() + freshMs) return known.session;
    const driver = house.driverOf(site);
    const account = await accountFor(house, site, person, { driver, known, signal });
    const session = await signInOrRepair(house, site, person, { driver, account, signal });
    await record(house, site, principal, { type: 'platform.signed_in', data: { account: session.account } });
    await rows.saveSession(site.id, person.userId, session);
    return session;
  } catch (error) {
    const reason = isSallyportError(error) ? error.code : 'internal';
    await record(house, site, principal, { type: 'platform.sign_in_failed', data: { reason } }).catch(failure =>
      deps.log.error('platforms.record_failed', { site: site.name, error: failure }),
    );
    throw error;
  }
}

interface Step {
  readonly driver: PlatformSignIn;
  readonly signal: AbortSignal;
}

/** The account of this person: the one they have, the shared one, or a new one. */
async function accountFor(
  house: House,
  site: PlatformSite,
  person: Person,
  step: Step & { readonly known: KnownAccount | undefined },
): Promise<KnownAccount> {
  const admin = await once(house, `admin|${site.id}`, () => adminOf(house, site, person, step));
  if (site.accounts === 'shared') {
    // The row carries the person's own session; the account in it is everybody's.
    if (!step.known || step.known.account !== admin.account) await house.rows.save(site.id, person.userId, admin);
    return admin;
  }
  if (step.known) return step.known;
  if (admin.account === person.email.toLowerCase()) {
    // The owner's account is somebody's own: theirs whose it was said to be, or theirs who has its address.
    if (admin.userId !== null && admin.userId !== person.userId) throw taken(site);
    await house.rows.save(site.id, person.userId, admin);
    return admin;
  }
  return makeAccount(house, site, person, { ...step, admin });
}

/** The site's admin account; a platform nobody owns yet is claimed for a gate Owner. */
async function adminOf(
  house: House,
  site: PlatformSite,
  person: Person,
  step: Step,
): Promise<KnownAccount & { userId: string | null }> {
  const admin = await house.rows.findAdmin(site.id);
  if (admin) return admin;
  const isFree = await step.driver.isUnclaimed(step.signal);
  if (!isFree || !person.isOwner) {
    const wanted = isFree
      ? 'an Owner of the gate must enter it first'
      : "its owner's account must be given to the gate";
    const message = `Cannot enter "${site.name}": ${wanted}`;
    throw new SallyportError('platforms.setup_needed', message, { detail: message });
  }
  const account = person.email.toLowerCase();
  const password = await step.driver.claim(person, step.signal);
  const made = { account, password, userId: person.userId };
  // Saved before it is recorded: a password that is lost here could never be had again.
  await house.rows.saveAdmin(site.id, made);
  await house.rows.save(site.id, person.userId, made);
  await record(house, site, systemPrincipal, { type: 'platform.account_created', data: { account } });
  return made;
}

async function makeAccount(
  house: House,
  site: PlatformSite,
  person: Person,
  step: Step & { readonly admin: KnownAccount },
): Promise<KnownAccount> {
  const { driver, admin, signal } = step;
  const session = await driver.signIn({ email: admin.account, password: admin.password }, signal);
  try {
    const password = await driver.createAccount(session, person, signal);
    const made = { account: person.email.toLowerCase(), password };
    await house.rows.save(site.id, person.userId, made);
    await record(house, site, systemPrincipal, { type: 'platform.account_created', data: { account: made.account } });
    return made;
  } finally {
    await driver
      .signOut(session, signal)
      .catch(error => house.deps.log.warn('platforms.sign_out_failed', { site: site.name, error }));
  }
}

/** An account of a person or project whose password no longer works is given a new one through the admin account, once. */
async function signInOrRepair(
  house: House,
  site: PlatformSite,
  person: Person,
  step: Step & { readonly account: KnownAccount },
): Promise<PlatformSession> {
  const { driver, account, signal } = step;
  const signIn = (password: Secret): Promise<PlatformSession> =>
    driver.signIn({ email: account.account, password }, signal);
  try {
    return await signIn(account.password);
  } catch (error) {
    const admin = await house.rows.findAdmin(site.id);
    const isRepairable = site.accounts !== 'shared' && admin && admin.account !== account.account;
    if (!isRepairable || !isSallyportError(error, 'platforms.refused')) throw error;
    const made = await makeAccount(house, site, person, { driver, signal, admin });
    return driver.signIn({ email: made.account, password: made.password }, signal);
  }
}

const taken = (site: PlatformSite): SallyportError =>
  new SallyportError(
    'platforms.refused',
    `Cannot enter "${site.name}": the account with this address belongs to somebody else`,
  );

function once<T>(house: House, key: string, task: () => Promise<T>): Promise<T> {
  // One key always holds one kind of task, so the value has the type the task gives.
  const running = house.preparing.get(key) as Promise<T> | undefined;
  if (running) return running.catch(task);
  const started = task().finally(() => house.preparing.delete(key));
  house.preparing.set(key, started);
  return started;
}

/** The caller may stop waiting; what was begun for everybody goes on. */
function orGivenUp<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(new SallyportError('platforms.unreachable', 'Cannot enter the platform: the call was given up'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

type Told =
  | { readonly type: 'platform.signed_in' | 'platform.account_created'; readonly data: { readonly account: string } }
  | { readonly type: 'platform.sign_in_failed'; readonly data: { readonly reason: string } };

async function record(house: House, site: PlatformSite, principal: PrincipalRef, told: Told): Promise<void> {
  const event = {
    outcome: told.type === 'platform.sign_in_failed' ? ('failure' as const) : ('success' as const),
    principal,
    action: told.type.replace('signed_in', 'sign_in').replace('sign_in_failed', 'sign_in').replace('created', 'create'),
    site: site.name,
    platform: site.platform,
  };
  await (told.type === 'platform.sign_in_failed'
    ? house.deps.audit.append({ ...event, type: told.type, data: told.data })
    : house.deps.audit.append({ ...event, type: told.type, data: told.data }));
}

function driverOf(
  deps: PlatformAccountsDeps,
  drivers: Map<string, PlatformSignIn>,
  site: PlatformSite,
): PlatformSignIn {
  const [baseUrl] = site.upstreams;
  const create = deps.platforms.get(site.platform)?.createSignIn;
  if (!create || baseUrl === undefined || site.accounts === 'none') {
    throw new SallyportError(
      'platforms.refused',
      `Cannot sign in to "${site.name}": the platform has no accounts the gate can use`,
    );
  }
  const key = `${site.platform}|${baseUrl}`;
  const driver = drivers.get(key) ?? create({ baseUrl, fetch: deps.fetch, random: deps.random });
  // One per upstream; forgotten ones are few, as sites are.
  drivers.set(key, driver);
  return driver;
}
