import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { systemClock } from '../core/clock.ts';
import { isSallyportError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import type { Store } from '../store/store.ts';
import { createStore } from '../store/store.ts';
import type { Vault, VaultTables } from './vault.ts';
import { createVault, loadOrCreateMasterKey, vaultMigrations } from './vault.ts';

const newKey = (): Secret => new Secret(randomBytes(32).toString('base64url'));
const isInvalid = (error: unknown): boolean => isSallyportError(error, 'vault.sealed_invalid');
const isKeyInvalid = (error: unknown): boolean => isSallyportError(error, 'vault.key_invalid');

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-vault-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withStore(use: (store: Store) => Promise<void>): Promise<void> {
  await inFolder(async folder => {
    await using store = await createStore(
      { kind: 'sqlite', file: path.join(folder, 'store.db') },
      { log: silentLog, clock: systemClock },
    );
    await store.migrate(vaultMigrations);
    await use(store);
  });
}

const openVault = (store: Store, masterKey: Secret): Promise<Vault> =>
  createVault({ masterKey, db: store.db<VaultTables>(), random: randomBytes, clock: systemClock });

describe('vault', () => {
  it('opens what it sealed, for the same context, also after a restart', async () => {
    await withStore(async store => {
      const masterKey = newKey();
      const vault = await openVault(store, masterKey);
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.string({ minLength: 1, maxLength: 40 }),
          async (value, context) => {
            const sealed = vault.seal(new Secret(value), context);
            assert.equal(vault.open(sealed, context).reveal(), value);
          },
        ),
      );
      const sealed = vault.seal(new Secret('hunter2'), 'a/b');
      assert.equal((await openVault(store, masterKey)).open(sealed, 'a/b').reveal(), 'hunter2');
      assert.match(sealed, /^sp1\.[0-9a-f]{12}\.[\w-]{16}\.[\w-]+$/);
    });
  });

  it('opens nothing that was changed in any character, cut, or grown', async () => {
    await withStore(async store => {
      const vault = await openVault(store, newKey());
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n';
      for (const value of ['', 'x', 'xy', 'xyz', 'a longer secret value']) {
        const sealed = vault.seal(new Secret(value), 'place');
        for (let at = 0; at < sealed.length; at++) {
          for (const letter of alphabet) {
            if (letter === sealed[at]) continue;
            assert.throws(() => vault.open(sealed.slice(0, at) + letter + sealed.slice(at + 1), 'place'), isInvalid);
          }
          assert.throws(() => vault.open(sealed.slice(0, at), 'place'), isInvalid);
          assert.throws(() => vault.open(`${sealed.slice(0, at)}A${sealed.slice(at)}`, 'place'), isInvalid);
        }
      }
    });
  });

  it('opens nothing for another context, by another vault, or made up', async () => {
    await withStore(async store => {
      const vault = await openVault(store, newKey());
      const sealed = vault.seal(new Secret('v'), 'identity/totp/1');
      fc.assert(
        fc.property(fc.string(), other => {
          fc.pre(other !== 'identity/totp/1');
          assert.throws(() => vault.open(sealed, other), isInvalid);
          assert.throws(() => vault.open(other, 'identity/totp/1'), isInvalid);
        }),
      );
      await withStore(async elsewhere => {
        const other = await openVault(elsewhere, newKey());
        assert.throws(() => other.open(sealed, 'identity/totp/1'), isInvalid);
      });
    });
  });

  it('never uses a nonce twice', async () => {
    await withStore(async store => {
      const vault = await openVault(store, newKey());
      const seen = new Set(Array.from({ length: 500 }, () => vault.seal(new Secret('same'), 'c').split('.')[2]));
      assert.equal(seen.size, 500);
    });
  });

  it('refuses a wrong master key, a malformed one, and a changed data key', async () => {
    await withStore(async store => {
      const masterKey = newKey();
      await openVault(store, masterKey);
      await assert.rejects(openVault(store, newKey()), isKeyInvalid);
      for (const bad of [
        '',
        'short',
        `${masterKey.reveal()}=`,
        randomBytes(31).toString('base64url'),
        randomBytes(33).toString('base64url'),
      ]) {
        await assert.rejects(openVault(store, new Secret(bad)), isKeyInvalid);
      }
      await store.db<VaultTables>().updateTable('vault_data_keys').set({ id: 'another' }).execute();
      await assert.rejects(openVault(store, masterKey), isKeyInvalid);
      await store.db<VaultTables>().updateTable('vault_data_keys').set({ state: 'retired' }).execute();
      await assert.rejects(openVault(store, masterKey), isKeyInvalid);
    });
  });

  it('ends with one data key when several nodes start at once', async () => {
    await withStore(async store => {
      const masterKey = newKey();
      const vaults = await Promise.all(Array.from({ length: 8 }, () => openVault(store, masterKey)));
      const sealed = vaults.map(vault => vault.seal(new Secret('v'), 'c'));
      for (const vault of vaults) for (const text of sealed) assert.equal(vault.open(text, 'c').reveal(), 'v');
    });
  });

  it('keeps values out of errors and bounds their size', async () => {
    await withStore(async store => {
      const vault = await openVault(store, newKey());
      const sealed = vault.seal(new Secret('hunter2'), 'c');
      try {
        vault.open(sealed, 'd');
        assert.fail('opened');
      } catch (error) {
        assert.ok(!inspect(error).includes(sealed));
        assert.ok(!inspect(error).includes('hunter2'));
      }
      assert.throws(() => vault.seal(new Secret('x'.repeat(1024 * 1024 + 1)), 'c'));
      assert.throws(() => vault.seal(new Secret('x'), ''));
    });
  });
});

describe('loadOrCreateMasterKey', () => {
  it('makes a private file once and reads the same key ever after', async () => {
    await inFolder(async folder => {
      const file = path.join(folder, 'master.key');
      const keys = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateMasterKey(file, randomBytes)));
      const again = await loadOrCreateMasterKey(file, randomBytes);
      for (const key of keys) assert.ok(key.equals(again));
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.deepEqual(await readdir(folder), ['master.key']);
      assert.equal((await readFile(file, 'latin1')).trim().length, 43);
    });
  });

  it('refuses a file that others may read or write', async () => {
    await inFolder(async folder => {
      const file = path.join(folder, 'master.key');
      await loadOrCreateMasterKey(file, randomBytes);
      for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o666, 0o777]) {
        await chmod(file, mode);
        await assert.rejects(loadOrCreateMasterKey(file, randomBytes), isKeyInvalid, mode.toString(8));
      }
      await chmod(file, 0o400);
      await loadOrCreateMasterKey(file, randomBytes);
    });
  });

  it('refuses whatever is not exactly one key', async () => {
    await inFolder(async folder => {
      const good = newKey().reveal();
      const refuses = {
        empty: '',
        short: good.slice(1),
        long: `${good}A`,
        spaced: ` ${good}`,
        'two lines': `${good}\n\n`,
        twice: `${good}\n${good}\n`,
        odd: `${good.slice(0, 42)}!`,
        'not canonical': `${good.slice(0, 42)}B`,
      };
      for (const [name, text] of Object.entries(refuses)) {
        const file = path.join(folder, name);
        await writeFile(file, text, { mode: 0o600 });
        await assert.rejects(loadOrCreateMasterKey(file, randomBytes), isKeyInvalid, name);
        assert.equal(await readFile(file, 'latin1'), text, 'a bad file is left as it is');
      }
      await mkdir(path.join(folder, 'folder'));
      await assert.rejects(loadOrCreateMasterKey(path.join(folder, 'folder'), randomBytes), isKeyInvalid);
      await assert.rejects(loadOrCreateMasterKey(path.join(folder, 'missing', 'key'), randomBytes), isKeyInvalid);
    });
  });
});
