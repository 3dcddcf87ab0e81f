/** What the tests of this room share: access over a real store, and what it recorded and told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../core/clock.ts';
import { isSallyportError, SallyportError } from '../core/errors.ts';
import type { NewEvent } from '../core/events.ts';
import { createSystemIds } from '../core/ids.ts';
import { silentLog } from '../core/log.ts';
import type { StoreSettings } from '../store/store.ts';
import { createStore } from '../store/store.ts';
import type { Access, AccessChange, Roster } from './access.ts';
import { accessConfig, accessMigrations, createAccess, createRoster } from './access.ts';
import type { AccessDeps } from './ground.ts';
import type { AccessTables } from './tables.ts';

export interface House {
  readonly access: Access;
  /** Kept as the control plane does. */
  readonly roster: Roster;
  now: number;
  readonly events: NewEvent[];
  readonly changes: AccessChange[];
  readonly sites: Map<string, string>;
  /** Lets the audit log refuse. */
  fail: boolean;
}

export async function withAccess(
  use: (house: House) => Promise<void>,
  given: { readonly settings?: StoreSettings; readonly hands?: Partial<AccessDeps['hands']> } = {},
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-access-'));
  try {
    await using store = await createStore(given.settings ?? { kind: 'sqlite', file: path.join(folder, 'store.db') }, {
      log: silentLog,
      clock: systemClock,
    });
    await store.migrate(accessMigrations);
    const events: NewEvent[] = [];
    const changes: AccessChange[] = [];
    const sites = new Map<string, string>();
    const roster = createRoster();
    const house: House = {
      roster,
      now: systemClock.now(),
      events,
      changes,
      sites,
      fail: false,
      access: createAccess({
        db: store.db<AccessTables>(),
        clock: { ...systemClock, now: () => house.now },
        newId: createSystemIds(),
        config: accessConfig.parse({}),
        roster,
        hands: {
          makeMember: async () => undefined,
          leaveGroup: async () => undefined,
          revokeKey: async () => true,
          ...given.hands,
        },
        siteUsing: async id => sites.get(id),
        audit: {
          async append(event) {
            if (house.fail) throw new SallyportError('audit.unavailable', 'Cannot record');
            events.push(event);
          },
        },
        changed: async change => {
          changes.push(change);
          roster.apply(change);
        },
      }),
    };
    await use(house);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether an error has this code. */
export const is = (code: Parameters<typeof isSallyportError>[1]) => (error: unknown) => isSallyportError(error, code);
