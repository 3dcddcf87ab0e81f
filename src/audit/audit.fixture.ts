/** What the tests of this room share: a log in a temporary directory, events, and a disk that fails on demand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import type { Bus, NewEvent, SecurityEvent } from '../core/events.ts';
import { createBus } from '../core/events.ts';
import { createSystemIds } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { silentLog } from '../core/log.ts';
import type { Store, StoreSettings } from '../store/store.ts';
import { createStore, lockFile } from '../store/store.ts';
import type { Audit } from './audit.ts';
import type { AuditConfig } from './config.ts';
import { auditConfig } from './config.ts';
import { createAudit } from './create-audit.ts';
import type { LogDisk, LogFile } from './disk.ts';
import { systemDisk } from './disk.ts';
import type { Entry } from './pending.ts';
import type { AuditTables } from './tables.ts';
import { auditMigrations } from './tables.ts';

/** A directory that is gone when the test is over. */
export function temporaryDir(): Disposable & { readonly dir: string } {
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-audit-'));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

export async function openStore(dir: string, settings?: StoreSettings): Promise<Store> {
  const own: StoreSettings = settings ?? { kind: 'sqlite', file: path.join(dir, 'store.db') };
  const store = await createStore(own, { log: silentLog, clock: systemClock });
  await store.migrate(auditMigrations);
  return store;
}

export interface OpenAudit extends AsyncDisposable {
  readonly audit: Audit;
  readonly store: Store;
  readonly bus: Bus;
  /** Everything told on the bus. */
  readonly told: SecurityEvent[];
  /** The directory of the node. */
  readonly nodeDir: string;
  /** What was logged as a warning or an error. */
  readonly warnings: string[];
}

export interface OpenOptions {
  readonly config?: Partial<AuditConfig>;
  readonly clock?: Clock;
  readonly disk?: LogDisk;
  /** Another store than SQLite in the same directory. */
  readonly store?: StoreSettings;
}

/** Opens store and audit log in a directory, as wiring does. */
export async function openAudit(dir: string, options: OpenOptions = {}): Promise<OpenAudit> {
  await using opening = new AsyncDisposableStack();
  const store = opening.use(await openStore(dir, options.store));
  const warnings: string[] = [];
  const warn = (event: string, fields?: Record<string, unknown>) => warnings.push(`${event} ${inspect(fields)}`);
  const log: Log = { ...silentLog, warn, error: warn };
  const bus = createBus(log);
  const told: SecurityEvent[] = [];
  bus.subscribe(event => told.push(event));
  const config = auditConfig.parse({ recoverMs: 5, ...options.config });
  const { clock = systemClock, disk = systemDisk } = options;
  const deps = { dir: path.join(dir, 'audit'), db: store.db<AuditTables>(), bus, clock, disk };
  const audit = opening.use(await createAudit(config, { ...deps, newId: createSystemIds(), log, lock: lockFile }));
  const open = opening.move();
  const nodeDir = path.join(dir, 'audit', config.node);
  return { audit, store, bus, told, nodeDir, warnings, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** A small event whose name tells which one it is. */
export function eventNamed(name: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    type: 'project.created',
    outcome: 'success',
    principal: { kind: 'user', id: 'u-1', name: 'Ada@example.com' },
    action: 'project.create',
    resource: { kind: 'project', id: `p-${name}`, name },
    data: { name },
    ...more,
  } as NewEvent;
}

export function requestEvent(method: string, more: Partial<NewEvent> = {}): NewEvent {
  const data = {
    method,
    endpoint: '/x',
    path: '/x',
    status: 200,
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 1,
    layersUs: {},
  };
  return { ...eventNamed('request'), type: 'request.finished', action: 'request', data, ...more } as NewEvent;
}

/** Entries for the writer, below the border check. */
export function entryOf(line: string, waiter?: Entry['waiter']): Entry {
  const event = { ...eventNamed(line), id: line, time: 0 } as SecurityEvent;
  return { event, line, bytes: Buffer.byteLength(line) + 1, ...(waiter === undefined ? {} : { waiter }) };
}

export type DiskCall = 'create' | 'reopen' | 'write' | 'sync' | 'truncate' | 'syncDir' | 'remove' | 'close';

/** A real disk on which `fault` is asked before every call: what it returns is thrown. A write may be cut short first. */
export function faultyDisk(
  fault: (call: DiskCall, path: string) => { error: Error; bytesWritten?: number } | undefined,
): LogDisk {
  const check = (call: DiskCall, at: string) => {
    const found = fault(call, at);
    if (found !== undefined) throw found.error;
  };
  const wrap = (file: LogFile, at: string): LogFile => ({
    async write(bytes, position) {
      const found = fault('write', at);
      if (found === undefined) return await file.write(bytes, position);
      if (found.bytesWritten !== undefined) await file.write(bytes.subarray(0, found.bytesWritten), position);
      throw found.error;
    },
    async sync() {
      check('sync', at);
      await file.sync();
    },
    async truncate(length) {
      check('truncate', at);
      await file.truncate(length);
    },
    length: () => file.length(),
    async close() {
      await file.close();
      check('close', at);
    },
  });
  return {
    makeDir: dir => systemDisk.makeDir(dir),
    list: dir => systemDisk.list(dir),
    async create(at) {
      check('create', at);
      return wrap(await systemDisk.create(at), at);
    },
    async reopen(at) {
      check('reopen', at);
      return wrap(await systemDisk.reopen(at), at);
    },
    async remove(at) {
      check('remove', at);
      await systemDisk.remove(at);
    },
    async syncDir(dir) {
      check('syncDir', dir);
      await systemDisk.syncDir(dir);
    },
  };
}

/** An error as the operating system gives it. */
export const systemError = (code: string): Error => Object.assign(new Error(`${code}: planted`), { code });

/** Polls until the condition holds; throws after the deadline. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 5_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Gave up waiting until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 2));
  }
}
