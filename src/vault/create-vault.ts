import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { NamedKey } from './envelope.ts';
import { keyBytes, openBytes, sealBytes } from './envelope.ts';
import type { VaultTables } from './tables.ts';
import type { Vault } from './vault.ts';

/** What the vault needs of the house. */
export interface VaultDeps {
  /** 32 bytes, base64url: what `loadOrCreateMasterKey` gives. */
  readonly masterKey: Secret;
  readonly db: Kysely<VaultTables>;
  readonly random: (bytes: number) => Buffer;
  readonly clock: Clock;
}

const valueBytesMax = 1024 * 1024;
const contextBytesMax = 1024;
const masterId = 'master';

/**
 * Opens the vault: unseals the data keys, or makes the first one. Throws `vault.key_invalid` when this master key does not open them. Two
 * nodes that start at once on an empty store end with the same data key.
 */
export async function createVault(deps: VaultDeps): Promise<Vault> {
  const master = { id: masterId, key: readMasterKey(deps.masterKey) };
  let rows = await deps.db.selectFrom('vault_data_keys').selectAll().execute();
  if (!rows.some(row => row.state === 'active')) {
    if (rows.length > 0) throw keyInvalid('the store holds data keys but none is active');
    await addDataKey(deps, master);
    rows = await deps.db.selectFrom('vault_data_keys').selectAll().execute();
  }
  const keys = new Map<string, NamedKey>();
  let active: NamedKey | undefined;
  for (const row of rows) {
    const key = { id: row.id, key: unsealDataKey(row, master) };
    keys.set(row.id, key);
    if (row.state === 'active') active = key;
  }
  if (active === undefined) throw keyInvalid('the store holds no active data key');
  return vaultOf(keys, active, deps.random);
}

function vaultOf(keys: ReadonlyMap<string, NamedKey>, active: NamedKey, random: VaultDeps['random']): Vault {
  return {
    seal(value, context) {
      const plain = Buffer.from(value.reveal(), 'utf8');
      if (plain.length > valueBytesMax || !isPlace(context)) {
        throw new SallyportError(
          'core.invalid_input',
          `Cannot seal ${plain.length} bytes for "${context.slice(0, 80)}": want at most ${valueBytesMax} bytes and a context of 1 to ${contextBytesMax}`,
        );
      }
      return sealBytes(plain, { key: active, context, nonce: random(12) });
    },
    open(sealed, context) {
      if (sealed.length > valueBytesMax * 2 || !isPlace(context)) {
        throw new SallyportError(
          'vault.sealed_invalid',
          'Cannot open a sealed value: it is too long or names no place',
        );
      }
      return new Secret(openBytes(sealed, { find: id => keys.get(id)?.key, context }).toString('utf8'));
    },
  };
}

/** Inserts an active data key unless there is one: `state` is unique, so of two nodes one wins and both read its key. */
async function addDataKey(deps: VaultDeps, master: NamedKey): Promise<void> {
  const id = deps.random(6).toString('hex');
  const sealed = sealBytes(deps.random(keyBytes), { key: master, context: dataKeyContext(id), nonce: deps.random(12) });
  await deps.db
    .insertInto('vault_data_keys')
    .values({ id, sealed, created_at: deps.clock.now(), state: 'active' })
    .onConflict(conflict => conflict.column('state').doNothing())
    .execute();
}

function unsealDataKey(row: VaultTables['vault_data_keys'], master: NamedKey): Buffer {
  try {
    const key = openBytes(row.sealed, {
      find: id => (id === masterId ? master.key : undefined),
      context: dataKeyContext(row.id),
    });
    if (key.length !== keyBytes) throw keyInvalid(`data key "${row.id}" has ${key.length} bytes, want ${keyBytes}`);
    return key;
  } catch (cause) {
    throw keyInvalid(`it does not open data key "${row.id}"; want the master key this store was made with`, cause);
  }
}

function readMasterKey(masterKey: Secret): Buffer {
  const text = masterKey.reveal();
  const key = Buffer.from(text, 'base64url');
  if (key.length !== keyBytes || key.toString('base64url') !== text) {
    throw keyInvalid(`want ${keyBytes} bytes as base64url`);
  }
  return key;
}

const dataKeyContext = (id: string): string => `vault/data-key/${id}`;

function isPlace(context: string): boolean {
  return context.length > 0 && Buffer.byteLength(context) <= contextBytesMax;
}

function keyInvalid(why: string, cause?: unknown): SallyportError {
  return new SallyportError('vault.key_invalid', `Cannot use the master key: ${why}`, { cause });
}
