import type { z } from 'zod';
import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import { printable } from '../email.ts';
import type { Db, Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import type { ProviderInput } from '../provider-settings.ts';
import { providerInput } from '../provider-settings.ts';
import type { Provider } from './federation.ts';
import type { FederationTables } from './tables.ts';

export type ProviderRow = FederationTables['identity_providers'];

const providersMax = 50;
const slugCharsMax = 40;

/** What a provider's own secret is sealed for. */
export const secretContext = (providerId: string): string => `identity/provider/${providerId}/secret`;

/** By name. */
export async function listProviders(db: Db): Promise<Provider[]> {
  const rows = await db.selectFrom('identity_providers').selectAll().orderBy('name').orderBy('id').execute();
  return rows.map(toProvider);
}

/** Throws `identity.provider_not_found`. */
export async function getProviderRow(db: Db, by: { id: string } | { slug: string }): Promise<ProviderRow> {
  const row = await db
    .selectFrom('identity_providers')
    .selectAll()
    .where('id' in by ? 'id' : 'slug', '=', 'id' in by ? by.id : by.slug)
    .executeTakeFirst();
  if (row) return row;
  const named = printable('id' in by ? by.id : by.slug, 80);
  throw new SallyportError('identity.provider_not_found', `Cannot find identity provider "${named}"`);
}

/** A row as the door shows it; what was kept before a setting existed gets its default. */
export function toProvider(row: ProviderRow): Provider {
  const input: ProviderInput = providerInput.parse(JSON.parse(row.input));
  return { ...input, id: row.id, slug: row.slug, hasSecret: row.sealed !== null, createdAt: row.created_at };
}

/** Connects a provider. A SAML provider gets the keys that `makeKeys` makes; of the others the secret is kept sealed. */
export async function createProvider(
  ground: Ground,
  by: PrincipalRef,
  given: { input: ProviderInput; secret: Secret | undefined; makeKeys: () => Promise<Secret> },
): Promise<Provider> {
  const input = parseInput(given.input);
  refuseSecret(input, given.secret);
  if (needsSecret(input) && given.secret === undefined)
    throw invalid('secret', 'this way of proving who we are needs one');
  const secret = input.kind === 'saml' ? await given.makeKeys() : given.secret;
  const id = ground.newId();
  return change(ground, async work => {
    const others = await work.tx.selectFrom('identity_providers').select('slug').execute();
    if (others.length >= providersMax) throw invalid('name', `at most ${providersMax} identity providers`);
    const slug = freeSlug(input.name, new Set(others.map(other => other.slug)));
    await recordProvider(work, by, { type: 'provider.created', id, input });
    const row: ProviderRow = {
      ...{ id, slug, ...columnsOf(input), created_at: ground.now(), revision: 1, unreachable_since: null },
      sealed: secret === undefined ? null : ground.vault.seal(secret, secretContext(id)),
    };
    await work.tx.insertInto('identity_providers').values(row).execute();
    return toProvider(row);
  });
}

/** Whether people may come in through it now: asked again in the transaction, as providers take their time to answer. */
export async function isEnabled(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('identity_providers').select('enabled').where('id', '=', id).executeTakeFirst();
  return row?.enabled === 1;
}

/** Changes settings; the kind stays, and a secret left out stays. */
export async function updateProvider(
  ground: Ground,
  by: PrincipalRef,
  given: { id: string; input: ProviderInput; secret: Secret | undefined },
): Promise<Provider> {
  const input = parseInput(given.input);
  refuseSecret(input, given.secret);
  return change(ground, async work => {
    const row = await getProviderRow(work.tx, { id: given.id });
    if (row.kind !== input.kind) throw invalid('kind', `it is "${row.kind}" and stays so; connect another provider`);
    const sealed = given.secret === undefined ? row.sealed : ground.vault.seal(given.secret, secretContext(row.id));
    if (needsSecret(input) && sealed === null) throw invalid('secret', 'this way of proving who we are needs one');
    const before = toProvider(row);
    await refuseOtherNames(work, before, input);
    const changed = changedSettings(before, input);
    if (given.secret !== undefined) changed.push('secret');
    if (changed.length === 0) return before;
    await recordProvider(work, by, { type: 'provider.updated', id: row.id, input, changed });
    await work.tx
      .updateTable('identity_providers')
      // What a change of keys wrote meanwhile stays, and no two changes have one revision.
      .set(one => ({
        ...columnsOf(input),
        ...(given.secret === undefined ? {} : { sealed }),
        revision: one('revision', '+', 1),
      }))
      .where('id', '=', row.id)
      .execute();
    return toProvider({ ...row, ...columnsOf(input), sealed });
  });
}

const actions = { 'provider.created': 'create', 'provider.updated': 'update', 'provider.deleted': 'delete' } as const;

export function recordProvider(
  work: Work,
  by: PrincipalRef,
  what: { type: keyof typeof actions; id: string; input: ProviderInput; changed?: readonly string[] },
): Promise<void> {
  const { name, kind, enabled, domains } = what.input;
  return work.record({
    type: what.type,
    outcome: 'success',
    principal: by,
    action: `provider.${actions[what.type]}`,
    resource: { kind: 'provider', id: what.id, name },
    data: { name, kind, enabled, domains, ...(what.changed === undefined ? {} : { changed: what.changed }) },
  });
}

const columnsOf = (input: ProviderInput) => ({
  name: input.name,
  kind: input.kind,
  enabled: input.enabled ? 1 : 0,
  input: JSON.stringify(input),
});

/** The door trusts nobody: the same schema as the API's, with its errors by path. */
function parseInput(given: ProviderInput): ProviderInput {
  const parsed = providerInput.safeParse(given);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, 50).map((issue: z.core.$ZodIssue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }));
  const detail = errors.map(error => `${error.path}: ${error.message}`).join('; ');
  throw new SallyportError('core.invalid_input', `Cannot take identity provider, ${detail.slice(0, 1000)}`, {
    detail: detail.slice(0, 2000),
    extensions: { errors },
  });
}

function needsSecret(input: ProviderInput): boolean {
  if (input.kind === 'ldap') return input.settings.bind.kind === 'service';
  return input.kind === 'oidc' && input.settings.clientAuth !== 'none';
}

function refuseSecret(input: ProviderInput, secret: Secret | undefined): void {
  if (secret === undefined) return;
  if (input.kind === 'saml') throw invalid('secret', 'the keys towards a SAML provider are made here');
  if (secret.reveal() === '') throw invalid('secret', 'want one that is not empty');
}

/**
 * What subjects are unique within stays as long as somebody is known by one: the same text from another issuer, or out of another attribute,
 * is somebody else.
 */
async function refuseOtherNames(work: Work, before: Provider, after: ProviderInput): Promise<void> {
  const [old, next] = [namespaceOf(before), namespaceOf(after)];
  const path = [...next.keys()].find(name => old.get(name) !== next.get(name));
  if (path === undefined) return;
  const linked = await work.tx
    .selectFrom('identity_accounts')
    .select('subject_key')
    .where('provider_id', '=', before.id)
    .limit(1)
    .executeTakeFirst();
  if (linked) throw invalid(path, 'people are known by it; connect another provider and remove this one');
}

function namespaceOf(input: ProviderInput): ReadonlyMap<string, string | null> {
  switch (input.kind) {
    case 'ldap':
      return new Map([['settings.attributes.id', input.settings.attributes.id]]);
    case 'oidc':
      return new Map([['settings.issuer', input.settings.issuer]]);
    case 'saml':
      return new Map([
        ['settings.entityId', input.settings.entityId],
        ['settings.attributes.id', input.settings.attributes.id],
      ]);
    default:
      return input satisfies never;
  }
}

/** Names of what differs: "domains", "settings.urls". */
function changedSettings(before: ProviderInput, after: ProviderInput): string[] {
  const flat = (input: ProviderInput) => {
    const { settings, ...common } = input;
    const inner = Object.entries(settings).map(([name, value]) => [`settings.${name}`, JSON.stringify(value)] as const);
    return new Map([
      ...Object.entries(common).map(([name, value]) => [name, JSON.stringify(value)] as const),
      ...inner,
    ]);
  };
  const [old, next] = [flat(before), flat(after)];
  return [...next].filter(([name, value]) => old.get(name) !== value).map(([name]) => name);
}

/** Letters, digits and dashes of the name, with a number when it is taken. */
function freeSlug(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, slugCharsMax)
    .replace(/^-+|-+$/g, '');
  const base = plain === '' ? 'sso' : plain;
  for (let n = 1; ; n++) {
    const slug = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(slug)) return slug;
  }
}

function invalid(path: string, message: string): SallyportError {
  const detail = `${path}: ${message}`;
  return new SallyportError('core.invalid_input', `Cannot take identity provider, ${detail}`, {
    detail,
    extensions: { errors: [{ path, message }] },
  });
}
