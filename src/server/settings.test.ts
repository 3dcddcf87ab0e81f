import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Clock } from '../core/clock.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { createStore } from '../store/store.ts';
import type { VaultTables } from '../vault/vault.ts';
import { createVault, vaultMigrations } from '../vault/vault.ts';
import type { ServerTables } from './settings.ts';
import { createSettings, serverMigrations } from './settings.ts';

async function open(stack: AsyncDisposableStack) {
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-settings-'));
  stack.defer(() => rmSync(dir, { recursive: true, force: true }));
  let now = 1_000_000;
  const clock: Clock = { now: () => now, monotonicMs: () => now };
  const store = stack.use(
    await createStore({ kind: 'sqlite', file: path.join(dir, 'store.db') }, { log: silentLog, clock }),
  );
  await store.migrate([...vaultMigrations, ...serverMigrations]);
  const masterKey = new Secret(randomBytes(32).toString('base64url'));
  const vault = await createVault({ masterKey, db: store.db<VaultTables>(), random: randomBytes, clock });
  const db = store.db<ServerTables>();
  return { settings: createSettings({ db, vault, clock }), db, advance: (ms: number) => void (now += ms) };
}

describe('settings', () => {
  it('makes a value once and keeps it sealed', async () => {
    await using stack = new AsyncDisposableStack();
    const { settings, db } = await open(stack);
    const [first, second] = await Promise.all([
      settings.getOrMake('a', () => 'one'),
      settings.getOrMake('a', () => 'two'),
    ]);
    assert.equal(first.reveal(), second.reveal());
    assert.equal((await settings.getOrMake('a', () => 'three')).reveal(), first.reveal());
    const row = await db.selectFrom('server_settings').selectAll().executeTakeFirstOrThrow();
    assert.doesNotMatch(row.sealed, /one|two/);
  });

  it('renews a value when it is old enough, from the old one, and not before', async () => {
    await using stack = new AsyncDisposableStack();
    const { settings, advance } = await open(stack);
    const renew = () => settings.renew('key', 1000, held => `${held?.reveal() ?? ''}k`);
    assert.deepEqual([(await renew()).isNew, (await renew()).isNew], [true, false]);
    advance(999);
    assert.equal((await renew()).value.reveal(), 'k');
    advance(1);
    const renewed = await renew();
    assert.deepEqual([renewed.isNew, renewed.value.reveal()], [true, 'kk']);
    assert.equal((await renew()).isNew, false);
  });
});
