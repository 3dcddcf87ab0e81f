import type { OperationOutput } from '../../admin/client.ts';
import { permissions } from '../../core/permissions.ts';
import type { CliContext, Command } from './command.ts';
import { usage } from './command.ts';
import { findPerson } from './find.ts';
import { printTable, printTime } from './table.ts';

const dayMs = 86_400_000;
const idArgument = { name: 'id' } as const;
const daysOption = { name: 'days', describe: 'Days it is good for, at most 365 (default: 90)' } as const;

function printMade(ctx: CliContext, made: OperationOutput<'keys.create'>): void {
  if (ctx.json) return ctx.out(`${JSON.stringify(made)}\n`);
  ctx.out(
    `API key "${made.key.name}", good until ${printTime(made.key.expiresAt)}. It is shown this once:\n\n  ${made.token}\n\n`,
  );
}

function daysOf(command: Command, text: string | undefined, otherwise: number): number {
  const days = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(days) || days < 0 || days > 365) throw usage(command, `days "${text}": want 0 to 365`);
  return days;
}

const list: Command = {
  name: 'keys list',
  summary: 'List API keys',
  positionals: [],
  options: [
    { name: 'owner', describe: 'E-mail address of their owner' },
    { name: 'ended', flag: true, describe: 'Also those that have ended' },
  ],
  examples: ['sallyport keys list --owner ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const owner = args.option('owner');
    const userId = owner === undefined ? undefined : (await findPerson(client, owner)).id;
    const ended = args.flag('ended') ? 'true' : 'false';
    const { keys } = await client('keys.list', { query: { ended, ...(userId === undefined ? {} : { userId }) } });
    if (ctx.json) ctx.out(`${JSON.stringify(keys)}\n`);
    else {
      const rows = keys.map(key => [
        key.id,
        `${key.prefix}…`,
        key.name,
        key.paths.join(' '),
        key.revokedAt !== null ? 'revoked' : key.expiresAt <= ctx.now() ? 'expired' : printTime(key.expiresAt),
        key.lastUsedAt === null ? 'never' : printTime(key.lastUsedAt),
      ]);
      ctx.out(printTable(['ID', 'KEY', 'NAME', 'PATHS', 'UNTIL', 'LAST USED'], rows));
    }
    return 0;
  },
};

const create: Command = {
  name: 'keys create',
  summary: 'Make an API key and print it once',
  positionals: [{ name: 'name' }],
  options: [
    { name: 'owner', describe: 'E-mail address of the person it acts for' },
    { name: 'site', multiple: true, describe: 'Site it is good for' },
    { name: 'path', multiple: true, describe: 'Path it is good for, with all below it (default: /)' },
    { name: 'permission', multiple: true, describe: 'What it may do at most', choices: permissions },
    daysOption,
  ],
  examples: [
    'sallyport keys create orders --owner ada@example.com --site shop --path /v1 --permission data_source.read',
  ],
  async run(ctx, args) {
    const owner = args.option('owner');
    const [sites, paths] = [args.options('site'), args.options('path')];
    const allowed = permissions.filter(one => args.options('permission').includes(one));
    if (owner === undefined || sites.length === 0 || allowed.length === 0) {
      throw usage(create, 'want --owner, --site and --permission');
    }
    const client = ctx.client();
    const expiresAt = ctx.now() + daysOf(create, args.option('days'), 90) * dayMs;
    const made = await client('keys.create', {
      body: {
        ...{ userId: (await findPerson(client, owner)).id, name: args.positionals[0] ?? '', expiresAt },
        ...{ sites: [...sites], permissions: allowed, paths: paths.length === 0 ? ['/'] : [...paths] },
      },
    });
    printMade(ctx, made);
    return 0;
  },
};

const revoke: Command = {
  name: 'keys revoke',
  summary: 'Revoke an API key: the next request with it is refused',
  positionals: [idArgument],
  options: [],
  examples: ['sallyport keys revoke 019aa2c4-7c10-7b90-8f00-2c9a51d0e7f4'],
  async run(ctx, args) {
    await ctx.client()('keys.revoke', { params: { id: args.positionals[0] ?? '' } });
    ctx.out(ctx.json ? '{}\n' : 'Revoked.\n');
    return 0;
  },
};

const rotate: Command = {
  name: 'keys rotate',
  summary: 'Give an API key a successor; the old one goes on for a while',
  positionals: [idArgument],
  options: [{ name: 'overlap-days', describe: 'Days the old one goes on, at most 30 (default: 1)' }, daysOption],
  examples: ['sallyport keys rotate 019aa2c4-7c10-7b90-8f00-2c9a51d0e7f4 --overlap-days 7'],
  async run(ctx, args) {
    const overlapMs = Math.round(daysOf(rotate, args.option('overlap-days'), 1) * dayMs);
    const expiresAt = ctx.now() + daysOf(rotate, args.option('days'), 90) * dayMs;
    const params = { id: args.positionals[0] ?? '' };
    printMade(ctx, await ctx.client()('keys.rotate', { params, body: { overlapMs, expiresAt } }));
    return 0;
  },
};

/** Keys for programs. */
export const keyCommands: readonly Command[] = [list, create, revoke, rotate];
