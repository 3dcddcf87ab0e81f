import type { Client, OperationOutput } from '../../admin/client.ts';
import { SallyportError } from '../../core/errors.ts';
import type { CliContext, Command, ParsedArguments } from './command.ts';
import { usage } from './command.ts';
import { printTable, printTime } from './table.ts';

const dayMs = 86_400_000;
const clientArgument = { name: 'client' } as const;
const daysOption = { name: 'days', describe: 'Days its token is good for, at most 365 (default: 180)' } as const;

/** By name or id. Throws `identity.scim_client_not_found`. */
async function findClient(client: Client, text: string) {
  const { clients } = await client('scim.listClients');
  const found = clients.find(one => one.id === text || one.name.toLowerCase() === text.toLowerCase());
  if (found) return found;
  throw new SallyportError('identity.scim_client_not_found', `Cannot find SCIM client "${text}"`, {
    detail: `"${text}"`,
  });
}

function daysOf(command: Command, args: ParsedArguments, name: string, otherwise: number): number {
  const text = args.option(name);
  const days = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(days) || days < 0 || days > 365) throw usage(command, `--${name} is "${text}": want 0 to 365`);
  return days;
}

function printMade(ctx: CliContext, made: OperationOutput<'scim.createClient'>, url: string): void {
  if (ctx.json) return ctx.out(`${JSON.stringify({ ...made, url })}\n`);
  const until = printTime(made.client.expiresAt);
  ctx.out(
    `SCIM client "${made.client.name}" at ${url}, good until ${until}. Its token is shown this once:\n\n  ${made.token}\n\n`,
  );
}

const list: Command = {
  name: 'scim list',
  summary: 'List who provisions people and groups by SCIM',
  positionals: [],
  options: [],
  examples: ['sallyport scim list'],
  async run(ctx) {
    const found = await ctx.client()('scim.listClients');
    if (ctx.json) ctx.out(`${JSON.stringify(found)}\n`);
    else {
      const rows = found.clients.map(one => [
        ...[one.id, one.name, one.domains.join(' '), one.expiresAt <= ctx.now() ? 'expired' : printTime(one.expiresAt)],
        one.lastUsedAt === null ? 'never' : printTime(one.lastUsedAt),
      ]);
      ctx.out(`Address: ${found.url}\n${printTable(['ID', 'NAME', 'DOMAINS', 'UNTIL', 'LAST USED'], rows)}`);
    }
    return 0;
  },
};

const create: Command = {
  name: 'scim create',
  summary: 'Let an identity provider provision people of some domains, and print its token once',
  positionals: [{ name: 'name' }],
  options: [{ name: 'domain', multiple: true, describe: 'Domain of their e-mail addresses' }, daysOption],
  examples: ['sallyport scim create "Entra ID" --domain example.com'],
  async run(ctx, args) {
    const domains = [...args.options('domain')];
    if (domains.length === 0) throw usage(create, 'want --domain');
    const client = ctx.client();
    const expiresAt = ctx.now() + daysOf(create, args, 'days', 180) * dayMs;
    const made = await client('scim.createClient', { body: { name: args.positionals[0] ?? '', domains, expiresAt } });
    printMade(ctx, made, (await client('scim.listClients')).url);
    return 0;
  },
};

const rotate: Command = {
  name: 'scim rotate',
  summary: 'Give a SCIM client a new token; the old one goes on for a while',
  positionals: [clientArgument],
  options: [{ name: 'overlap-days', describe: 'Days the old one goes on, at most 30 (default: 1)' }, daysOption],
  examples: ['sallyport scim rotate "Entra ID" --overlap-days 7'],
  async run(ctx, args) {
    const client = ctx.client();
    const { id } = await findClient(client, args.positionals[0] ?? '');
    const overlapMs = Math.round(daysOf(rotate, args, 'overlap-days', 1) * dayMs);
    const expiresAt = ctx.now() + daysOf(rotate, args, 'days', 180) * dayMs;
    const made = await client('scim.rotateClient', { params: { id }, body: { overlapMs, expiresAt } });
    printMade(ctx, made, (await client('scim.listClients')).url);
    return 0;
  },
};

const remove: Command = {
  name: 'scim remove',
  summary: 'End a SCIM client at once; the people and groups it made stay',
  positionals: [clientArgument],
  options: [],
  examples: ['sallyport scim remove "Entra ID"'],
  async run(ctx, args) {
    const client = ctx.client();
    const { id } = await findClient(client, args.positionals[0] ?? '');
    await client('scim.deleteClient', { params: { id } });
    ctx.out(ctx.json ? '{}\n' : 'Removed.\n');
    return 0;
  },
};

/** SCIM clients. */
export const scimCommands: readonly Command[] = [list, create, rotate, remove];
