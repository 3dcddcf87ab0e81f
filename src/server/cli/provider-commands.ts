import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Client, OperationInput, OperationOutput } from '../../admin/client.ts';
import { SallyportError } from '../../core/errors.ts';
import type { CliContext, Command, ParsedArguments } from './command.ts';
import { usage } from './command.ts';
import { printTable } from './table.ts';

type Provider = OperationOutput<'providers.get'>;

const fileBytesMax = 512 * 1024;
const nameArgument = { name: 'provider' } as const;

/** By name, slug or id. Throws `identity.provider_not_found`. */
export async function findProvider(client: Client, text: string): Promise<Provider> {
  const { providers } = await client('providers.list');
  const wanted = text.toLowerCase();
  const found = providers.find(
    one => one.id === text || one.slug === wanted || one.provider.name.toLowerCase() === wanted,
  );
  if (found) return found;
  const names = providers.map(one => one.slug).join(', ') || 'none yet';
  const detail = `"${text}"; there are: ${names}`;
  throw new SallyportError('identity.provider_not_found', `Cannot find identity provider ${detail}`, { detail });
}

const list: Command = {
  name: 'providers list',
  summary: 'List identity providers',
  positionals: [],
  options: [],
  examples: ['sallyport providers list'],
  async run(ctx) {
    const { providers } = await ctx.client()('providers.list');
    if (ctx.json) ctx.out(`${JSON.stringify(providers)}\n`);
    else {
      const rows = providers.map(({ provider, slug }) => [
        ...[slug, provider.name, provider.kind, provider.enabled ? 'on' : 'off', provider.domains.join(' ')],
      ]);
      ctx.out(printTable(['SLUG', 'NAME', 'KIND', 'STATE', 'DOMAINS'], rows));
    }
    return 0;
  },
};

const add: Command = {
  name: 'providers add',
  summary: 'Connect an identity provider, or change one, from a file of its settings',
  positionals: [],
  options: [
    { name: 'file', describe: 'YAML or JSON with what the API takes as `provider`: kind, name, domains, settings' },
    { name: 'metadata', describe: 'For SAML: its metadata, for the settings that the file leaves out' },
    { name: 'secret-file', describe: 'File with the bind password, client secret or private key; asked for otherwise' },
    { name: 'replace', describe: 'Slug of the provider to change instead of adding one' },
  ],
  examples: [
    'sallyport providers add --file keycloak.yaml --secret-file client-secret.txt',
    'sallyport providers add --file campus.yaml --metadata idp-metadata.xml',
  ],
  async run(ctx, args) {
    const file = args.option('file');
    if (file === undefined) throw usage(add, 'want --file');
    const client = ctx.client();
    const given = await readProvider(ctx, client, { file, metadata: args.option('metadata') });
    const replaced = args.option('replace');
    const before = replaced === undefined ? undefined : await findProvider(client, replaced);
    const secret = await secretFor(ctx, args, given, before !== undefined);
    // The server holds it against the schema and names every path that is wrong.
    const body = {
      provider: given,
      ...(secret === undefined ? {} : { secret }),
    } as OperationInput<'providers.create'>['body'];
    const made = before
      ? await client('providers.update', { params: { id: before.id }, body })
      : await client('providers.create', { body });
    print(ctx, made);
    return 0;
  },
};

type Given = Readonly<Record<string, unknown>>;

async function readProvider(
  ctx: CliContext,
  client: Client,
  from: { file: string; metadata: string | undefined },
): Promise<Given> {
  const given = parseFile(read(ctx, from.file), from.file);
  if (from.metadata === undefined) return given;
  const { settings } = await client('providers.readMetadata', { body: { xml: read(ctx, from.metadata) } });
  return { ...given, settings: { ...settings, ...asRecord(given['settings']) } };
}

function parseFile(text: string, file: string): Given {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw unreadable(file, 'want YAML or JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(file, 'want an object');
  return asRecord('provider' in value ? value.provider : value);
}

const asRecord = (value: unknown): Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Given) : {};

function read(ctx: CliContext, file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path.resolve(ctx.cwd, file));
  } catch (cause) {
    throw unreadable(file, 'want a file that can be read', cause);
  }
  if (bytes.length > fileBytesMax) throw unreadable(file, `want at most ${fileBytesMax} bytes`);
  return bytes.toString('utf8');
}

function unreadable(file: string, wanted: string, cause?: unknown): SallyportError {
  const message = `Cannot read "${file}": ${wanted}`;
  return new SallyportError('core.invalid_input', message, { detail: message, cause });
}

/** Never on the command line, where others see it. */
async function secretFor(
  ctx: CliContext,
  args: ParsedArguments,
  given: Given,
  isChange: boolean,
): Promise<string | undefined> {
  const file = args.option('secret-file');
  if (file !== undefined) return read(ctx, file).replace(/\r?\n$/, '');
  const settings = asRecord(given['settings']);
  const isNeedless =
    given['kind'] === 'saml' || settings['clientAuth'] === 'none' || asRecord(settings['bind'])['kind'] === 'direct';
  if (isChange || isNeedless) return undefined;
  const typed = await ctx.ask(given['kind'] === 'ldap' ? 'Bind password: ' : 'Client secret: ', { hidden: true });
  return typed === undefined || typed === '' ? undefined : typed;
}

function print(ctx: CliContext, made: Provider): void {
  if (ctx.json) return ctx.out(`${JSON.stringify(made)}\n`);
  ctx.out(`Identity provider "${made.provider.name}" (${made.slug}).\n`);
  printAddresses(ctx, made);
}

/** Prints what its administrator needs, where there is something. */
export function printAddresses(ctx: CliContext, { addresses }: Pick<Provider, 'addresses'>): void {
  const rows = Object.entries(addresses).map(([name, address]) => [name, address]);
  if (rows.length > 0) ctx.out(`Its administrator needs:\n\n${printTable(['ADDRESS', 'VALUE'], rows)}`);
}

const test: Command = {
  name: 'providers test',
  summary: 'Try to reach an identity provider; for LDAP also to find a person',
  positionals: [nameArgument],
  options: [{ name: 'login', describe: 'LDAP: who to look for; the password is asked for and may be left empty' }],
  examples: ['sallyport providers test directory --login ada'],
  async run(ctx, args) {
    const client = ctx.client();
    const { id } = await findProvider(client, args.positionals[0] ?? '');
    const login = args.option('login');
    const typed = login === undefined ? undefined : await ctx.ask('Password (empty: only look): ', { hidden: true });
    const report = await client('providers.probe', {
      params: { id },
      body: {
        ...(login === undefined ? {} : { login }),
        ...(typed === undefined || typed === '' ? {} : { password: typed }),
      },
    });
    if (ctx.json) ctx.out(`${JSON.stringify(report)}\n`);
    else {
      ctx.out(
        printTable(
          ['STEP', 'RESULT', 'DETAIL'],
          report.steps.map(step => [step.name, step.ok ? 'ok' : 'failed', step.detail]),
        ),
      );
      if (report.identity !== null) {
        const { account, groups, identity } = report;
        ctx.out(`${identity.subject} (${identity.email ?? 'no address'}): ${account.reason ?? account.kind}\n`);
        ctx.out(`Groups: ${groups.map(group => group.name).join(', ') || 'none'}\n`);
      }
    }
    return report.steps.every(step => step.ok) ? 0 : 1;
  },
};

const remove: Command = {
  name: 'providers remove',
  summary: 'Disconnect an identity provider: sessions begun there end, its links and groups go; people stay',
  positionals: [nameArgument],
  options: [],
  examples: ['sallyport providers remove keycloak'],
  async run(ctx, args) {
    const client = ctx.client();
    const { id } = await findProvider(client, args.positionals[0] ?? '');
    await client('providers.delete', { params: { id } });
    ctx.out(ctx.json ? '{}\n' : 'Removed.\n');
    return 0;
  },
};

/** Identity providers. */
export const providerCommands: readonly Command[] = [list, add, test, remove];
