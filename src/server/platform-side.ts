import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PrincipalRef } from '../core/events.ts';
import { anonymous } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { ControlHandler, SiteRecord } from '../gateway/gateway.ts';
import { gatePaths, isProjectHolder } from '../gateway/gateway.ts';
import type {
  EventLogPosition,
  EventLogTail,
  Platform,
  PlatformAccounts,
  PlatformFact,
  PlatformId,
  PlatformSession,
  PlatformsTables,
} from '../platforms/platforms.ts';
import {
  createEventLogTail,
  createFactJoiner,
  createHookReceiver,
  createPlatformAccounts,
  createPlatforms,
  parseN8nLogLine,
  printN8nHook,
} from '../platforms/platforms.ts';
import type { LoadedConfig } from './config.ts';
import { toEvent } from './fact-events.ts';
import type { Foundation } from './foundation.ts';
import { createNameMemory } from './name-memory.ts';
import { createVersionWatch } from './version-watch.ts';

/** All that concerns the platforms behind the gate, but for the requests themselves. */
export interface PlatformSide extends AsyncDisposable {
  readonly platforms: ReadonlyMap<PlatformId, Platform>;
  readonly accounts: PlatformAccounts;
  /** Records a fact seen in traffic, unless another source told it already. Throws when the log's queue is full. */
  tellFact(fact: PlatformFact, from: { siteId: string; userId: string | null; requestId: string }): void;
  setSites(sites: readonly SiteRecord[]): void;
  version(siteId: string): string | undefined;
  printN8nHook(site: SiteRecord, portalOrigin: string): Promise<{ text: string; notes: string }>;
  readonly n8nHook: ControlHandler;
}

export interface PlatformSideDeps {
  /** The e-mail address of a person, from the policy in force. */
  readonly emailOf: (userId: string) => string | undefined;
  /** Awaited: the data planes have the session in force (or no longer) when it returns. */
  readonly changed: (siteId: string, userId: string, session: PlatformSession | null) => Promise<void>;
  /** A platform says it runs another version than before: other shields stand in front of it. */
  readonly versionsChanged: () => Promise<void>;
}

export async function createPlatformSide(
  loaded: LoadedConfig,
  house: Foundation,
  deps: PlatformSideDeps,
): Promise<PlatformSide> {
  let sites: ReadonlyMap<string, SiteRecord> = new Map();
  const platforms = createPlatforms();
  const kept = createPlatformAccounts({
    ...house,
    platforms,
    db: house.store.db<PlatformsTables>(),
    fetch: globalThis.fetch,
    siteOf: siteId => sites.get(siteId),
  });
  const accounts = publishing(kept, deps.changed, () => sites.keys());
  const joiner = createFactJoiner({ now: () => house.clock.now() });
  const named = createNameMemory();
  const versions = createVersionWatch({ platforms, ...house, changed: deps.versionsChanged });
  const tails = new Map<string, EventLogTail>();

  const person = (userId: string): PrincipalRef => ({ kind: 'user', id: userId, name: deps.emailOf(userId) ?? userId });

  /** The gate's person behind a platform account, or the account itself. */
  async function principalOf(siteId: string, account: string | undefined): Promise<PrincipalRef> {
    const known = account === undefined ? undefined : await accounts.personOf(siteId, account);
    // What several people share tells nothing of who it was.
    return known === undefined || isProjectHolder(known)
      ? { kind: 'platform', id: account ?? 'platform', name: account ?? 'the platform itself' }
      : person(known);
  }

  /** Facts that did not come with a request: durable before the source is told that they were taken. */
  async function record(siteId: string, fact: PlatformFact): Promise<void> {
    const site = sites.get(siteId);
    if (!site || !joiner.offer(siteId, fact)) return;
    try {
      const principal = await principalOf(siteId, fact.account);
      await house.audit.append(toEvent(named(siteId, fact), { site: site.name, platform: site.platform, principal }));
    } catch (error) {
      // Its source tells it again; it must then be news.
      joiner.retract(siteId, fact);
      throw error;
    }
  }

  const receiver = createHookReceiver({
    ...house,
    secretOf: async siteId => (sites.has(siteId) ? hookSecret(house, siteId) : undefined),
    onFact: record,
    mayRun: async siteId => mayRun(sites.get(siteId), house.audit.isRecording()),
    claim: (key, ttlMs) => house.counters.claim(key, ttlMs),
  });

  function closeTail(tail: EventLogTail): void {
    Promise.resolve(tail[Symbol.asyncDispose]()).catch((error: unknown) =>
      house.log.error('platform_log.close_failed', { error }),
    );
  }

  function followLogs(): void {
    for (const { site: name, file } of loaded.config.platformLogs) {
      const site = [...sites.values()].find(one => one.name === name && one.platform === 'n8n');
      if (site && !tails.has(site.id)) tails.set(site.id, followLog(loaded, house, { siteId: site.id, file, record }));
    }
    for (const [siteId, tail] of tails) {
      if (sites.has(siteId)) continue;
      tails.delete(siteId);
      closeTail(tail);
    }
  }

  return {
    platforms,
    accounts,
    tellFact(fact, { siteId, userId, requestId }) {
      const site = sites.get(siteId);
      if (!site || !joiner.offer(siteId, fact)) return;
      const principal = userId === null ? anonymous : person(userId);
      try {
        house.audit.enqueue(
          toEvent(named(siteId, fact), { site: site.name, platform: site.platform, principal, requestId }),
        );
      } catch (error) {
        // The data plane keeps it and tells it again.
        joiner.retract(siteId, fact);
        throw error;
      }
    },
    setSites(all) {
      sites = new Map(all.map(site => [site.id, site]));
      versions.setSites(all);
      followLogs();
    },
    version: versions.of,
    printN8nHook: (site, portalOrigin) => printHook(loaded, house, site, portalOrigin),
    n8nHook: request => receiver.receive(request),
    async [Symbol.asyncDispose]() {
      versions[Symbol.dispose]();
      await Promise.all([...tails.values()].map(tail => tail[Symbol.asyncDispose]()));
    },
  };
}

/** The same accounts; what changes a platform session tells the data planes before it returns. */
function publishing(
  accounts: PlatformAccounts,
  changed: PlatformSideDeps['changed'],
  siteIds: () => Iterable<string>,
): PlatformAccounts {
  const leaveAll = async (userId: string): Promise<void> => {
    await Promise.all([...siteIds()].map(siteId => changed(siteId, userId, null)));
  };
  return {
    ...accounts,
    async enter(site, person, signal) {
      const session = await accounts.enter(site, person, signal);
      await changed(site.id, person.userId, session);
      return session;
    },
    async leave(userId, signal) {
      await accounts.leave(userId, signal);
      await leaveAll(userId);
    },
    async forgetPerson(userId, signal) {
      await accounts.forgetPerson(userId, signal);
      await leaveAll(userId);
    },
    async forgetSite(siteId) {
      const held = [...(await accounts.load()).keys()].filter(key => key.startsWith(`${siteId}|`));
      await accounts.forgetSite(siteId);
      await Promise.all(held.map(key => changed(siteId, key.slice(siteId.length + 1), null)));
    },
    async renewed(siteId, userId, session) {
      await accounts.renewed(siteId, userId, session);
      await changed(siteId, userId, session);
    },
  };
}

/** Nothing runs where the site is closed, and nothing runs unrecorded. */
function mayRun(
  site: SiteRecord | undefined,
  isRecording: boolean,
): { allow: true } | { allow: false; reason: string } {
  if (!site?.enabled) return { allow: false, reason: 'the site is disabled at the gate' };
  return isRecording ? { allow: true } : { allow: false, reason: 'the gate cannot record the run' };
}

const hookSecret = (house: Foundation, siteId: string) =>
  house.settings.getOrMake(`hook-secret/${siteId}`, () => randomBytes(32).toString('base64url'));

async function printHook(
  loaded: LoadedConfig,
  house: Foundation,
  site: SiteRecord,
  portalOrigin: string,
): Promise<{ text: string; notes: string }> {
  const secret = await hookSecret(house, site.id);
  const text = printN8nHook({ endpoint: `${portalOrigin}${gatePaths.n8nHook}`, site: site.id });
  const ca =
    loaded.config.tls.mode === 'generated'
      ? `  NODE_EXTRA_CA_CERTS=${path.join(loaded.dataDir, 'tls', 'ca.pem')}\n`
      : '';
  return {
    text,
    notes: `Start n8n with:\n  EXTERNAL_HOOK_FILES=<where you saved the file>\n  SALLYPORT_HOOK_SECRET=${secret.reveal()}\n${ca}`,
  };
}

function followLog(
  loaded: LoadedConfig,
  house: Foundation,
  what: { siteId: string; file: string; record: (siteId: string, fact: PlatformFact) => Promise<void> },
): EventLogTail {
  const dir = path.join(loaded.dataDir, 'platform-logs');
  const positionFile = path.join(dir, `${what.siteId}.json`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return createEventLogTail({
    file: path.resolve(loaded.baseDir, what.file),
    parse: parseN8nLogLine,
    onFact: fact => what.record(what.siteId, fact),
    onPosition(next) {
      writeFileSync(`${positionFile}.new`, JSON.stringify(next), { mode: 0o600 });
      renameSync(`${positionFile}.new`, positionFile);
    },
    position: readPosition(positionFile, house.log),
    log: house.log,
  });
}

const positionShape = z.strictObject({
  inode: z.string(),
  offset: z.number().int().min(0),
  head: z.string(),
  headBytes: z.number().int().min(0),
});

/** Where reading stopped; undefined (begin with what happens from now on) when that is not known, as after a power cut. */
function readPosition(file: string, log: Log): EventLogPosition | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return positionShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    log.warn('platform_log.position_lost', { file, error });
    return undefined;
  }
}
