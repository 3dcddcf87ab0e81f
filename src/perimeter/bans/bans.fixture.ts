/** What the tests of bans share: bans over a real store, with a clock and an audit log the test can turn. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SallyportError } from '../../core/errors.ts';
import type { NewEvent } from '../../core/events.ts';
import { createIds } from '../../core/ids.ts';
import { silentLog } from '../../core/log.ts';
import type { StoreSettings } from '../../store/store.ts';
import { createStore } from '../../store/store.ts';
import type { BanPlane } from './ban-plane.ts';
import { createBanPlane } from './ban-plane.ts';
import type { Bans } from './bans.ts';
import { createBans } from './bans.ts';
import type { BansTables } from './bans-table.ts';
import { bansMigrations } from './bans-table.ts';
import type { Exempt } from './exemptions.ts';
import { createExemptions } from './exemptions.ts';

export interface BanHouse {
  readonly bans: Bans;
  /** A data plane that is told of every change. */
  readonly plane: BanPlane;
  readonly exempt: Exempt;
  readonly events: NewEvent[];
  readonly clock: { ms: number; now(): number; monotonicMs(): number };
  readonly audit: { append(event: NewEvent): Promise<void> };
  isAuditDown: boolean;
}

/** Runs `use` in a house of its own and tears it down. */
export async function withBans(
  use: (house: BanHouse) => Promise<void>,
  countMax = 100,
  settings?: StoreSettings,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-bans-'));
  const clock = { ms: 1_700_000_000_000, now: () => clock.ms, monotonicMs: () => clock.ms };
  try {
    await using store = await createStore(settings ?? { kind: 'sqlite', file: path.join(folder, 'store.db') }, {
      log: silentLog,
      clock,
    });
    await store.migrate(bansMigrations);
    const events: NewEvent[] = [];
    const exempt = createExemptions([
      { cidr: '10.0.0.0/8', why: 'a trusted proxy' },
      { cidr: '2001:db8:ffff::/48', why: 'on the allow-list' },
    ]);
    const plane = createBanPlane({ now: () => clock.ms, seed: 5 });
    const audit = {
      async append(event: NewEvent) {
        if (house.isAuditDown) throw new SallyportError('audit.unavailable', 'Cannot record');
        events.push(event);
      },
    };
    const bans = createBans({
      db: store.db<BansTables>(),
      log: silentLog,
      audit,
      clock,
      newId: createIds({ clock, random: bytes => Buffer.alloc(bytes, 7) }),
      changed: async change => void plane.apply(change),
      exempt,
      countMax,
    });
    const house: BanHouse = { bans, plane, exempt, events, clock, audit, isAuditDown: false };
    await use(house);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
