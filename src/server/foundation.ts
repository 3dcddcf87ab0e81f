import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { accessMigrations } from '../access/access.ts';
import type { Audit, AuditDeps, AuditTables } from '../audit/audit.ts';
import { auditMigrations, createAudit } from '../audit/audit.ts';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Bus } from '../core/events.ts';
import { createBus } from '../core/events.ts';
import type { NewId } from '../core/ids.ts';
import { createIds } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { LoadSource } from '../gateway/gateway.ts';
import { gatewayMigrations } from '../gateway/gateway.ts';
import { identityMigrations } from '../identity/identity.ts';
import { perimeterMigrations } from '../perimeter/perimeter.ts';
import { platformsMigrations } from '../platforms/platforms.ts';
import type { Counters, Store, StoreSettings } from '../store/store.ts';
import { createMemoryCounters, createRedisCounters, createStore, lockFile } from '../store/store.ts';
import type { Vault, VaultTables } from '../vault/vault.ts';
import { createVault, loadOrCreateMasterKey, vaultMigrations } from '../vault/vault.ts';
import type { LoadedConfig } from './config.ts';
import { resolveSecret } from './secret-reference.ts';
import type { ServerTables, Settings } from './settings.ts';
import { createSettings, serverMigrations } from './settings.ts';

/** What the real world gives; tests put their own here. */
export interface Seams {
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** What tells the gate that too much is asked of it; its process when left out. */
  readonly loadSource?: LoadSource;
  /** The disk under the audit log; the real one when left out. */
  readonly auditDisk?: AuditDeps['disk'];
}

/** Floors 0 to 3: what every higher room is given. */
export interface Foundation extends Seams {
  readonly newId: NewId;
  readonly bus: Bus;
  readonly store: Store;
  readonly counters: Counters;
  readonly vault: Vault;
  readonly audit: Audit;
  readonly settings: Settings;
}

/** Opens store, vault and audit log, floor by floor, onto the stack that closes them in reverse. */
export async function layFoundation(
  loaded: LoadedConfig,
  seams: Seams,
  stack: AsyncDisposableStack,
): Promise<Foundation> {
  const { config, dataDir } = loaded;
  makeDataDir(dataDir);
  const newId = createIds(seams);
  const bus = createBus(seams.log);
  const store = stack.use(await createStore(storeSettings(loaded, seams), seams));
  await store.migrate([
    ...vaultMigrations,
    ...auditMigrations,
    ...identityMigrations,
    ...accessMigrations,
    ...platformsMigrations,
    ...gatewayMigrations,
    ...perimeterMigrations,
    ...serverMigrations,
  ]);
  const counters = stack.use(
    config.counters.kind === 'memory'
      ? createMemoryCounters({ clock: seams.clock })
      : await createRedisCounters(resolveSecret(config.counters.url, seams.env), { log: seams.log }),
  );
  const masterKey =
    config.masterKey === undefined
      ? await loadOrCreateMasterKey(path.join(dataDir, 'master.key'), seams.random)
      : resolveSecret(config.masterKey, seams.env);
  const vault = await createVault({ masterKey, db: store.db<VaultTables>(), random: seams.random, clock: seams.clock });
  const audit = stack.use(
    await createAudit(config.audit, {
      dir: path.join(dataDir, 'audit'),
      db: store.db<AuditTables>(),
      bus,
      clock: seams.clock,
      newId,
      log: seams.log,
      lock: lockFile,
      ...(seams.auditDisk === undefined ? {} : { disk: seams.auditDisk }),
    }),
  );
  const settings = createSettings({ db: store.db<ServerTables>(), vault, clock: seams.clock });
  return { ...seams, newId, bus, store, counters, vault, audit, settings };
}

/** Makes the data directory, for its owner alone, and proves that it can be written. Throws `server.config_invalid`. */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot use the data directory "${dataDir}": want one that can be written (${why})`;
    throw new SallyportError('server.config_invalid', message, { detail: message, cause });
  }
}

function storeSettings(loaded: LoadedConfig, seams: Seams): StoreSettings {
  const { store } = loaded.config;
  return store.kind === 'sqlite'
    ? { kind: 'sqlite', file: path.resolve(loaded.dataDir, store.file) }
    : { kind: 'postgres', url: resolveSecret(store.url, seams.env), connectionsMax: store.connectionsMax };
}
