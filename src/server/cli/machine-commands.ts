import { permissions } from '../../core/permissions.ts';
import type { Command } from './command.ts';
import { usage } from './command.ts';
import { findPerson, findServiceAccount } from './find.ts';
import { printTable, printTime } from './table.ts';

const dayMs = 86_400_000;
const nameArgument = { name: 'name' } as const;

const list: Command = {
  name: 'service-accounts list',
  summary: 'List service accounts, with those nobody answers for any more',
  positionals: [],
  options: [{ name: 'owner', describe: 'E-mail address of who answers for them' }],
  examples: ['sallyport service-accounts list --owner ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const owner = args.option('owner');
    const ownerId = owner === undefined ? undefined : (await findPerson(client, owner)).id;
    const query = { all: 'true' as const, ...(ownerId === undefined ? {} : { ownerId }) };
    const { accounts } = await client('machines.list', { query });
    if (ctx.json) ctx.out(`${JSON.stringify(accounts)}\n`);
    else {
      const rows = accounts.map(one => [
        one.id,
        one.name,
        one.owner.state === 'gone'
          ? '(gone)'
          : `${one.owner.email ?? ''}${one.owner.state === 'active' ? '' : ' (disabled)'}`,
        one.disabled ? 'disabled' : one.owner.state === 'active' ? 'active' : 'without owner',
        one.lastUsedAt === null ? 'never' : printTime(one.lastUsedAt),
      ]);
      ctx.out(printTable(['CLIENT ID', 'NAME', 'OWNER', 'STATE', 'LAST USED'], rows));
    }
    return 0;
  },
};

const create: Command = {
  name: 'service-accounts create',
  summary: 'Make a service account for a program; give it roles in projects as you do people',
  positionals: [nameArgument],
  options: [
    { name: 'owner', describe: 'E-mail address of the person who answers for it' },
    { name: 'site', multiple: true, describe: 'Site it is good for' },
    { name: 'path', multiple: true, describe: 'Path it is good for, with all below it (default: /)' },
    {
      name: 'permission',
      multiple: true,
      describe: 'What its tokens may do at most',
      choices: permissions,
    },
  ],
  examples: [
    'sallyport service-accounts create "Order bot" --owner ada@example.com --site shop --permission workflow.execute',
  ],
  async run(ctx, args) {
    const owner = args.option('owner');
    const [sites, paths] = [args.options('site'), args.options('path')];
    const allowed = permissions.filter(one => args.options('permission').includes(one));
    if (owner === undefined || sites.length === 0 || allowed.length === 0) {
      throw usage(create, 'want --owner, --site and --permission');
    }
    const client = ctx.client();
    const account = await client('machines.create', {
      body: {
        ...{ name: args.positionals[0] ?? '', ownerId: (await findPerson(client, owner)).id, permissions: allowed },
        ...{ sites: [...sites], paths: paths.length === 0 ? ['/'] : [...paths] },
      },
    });
    if (ctx.json) ctx.out(`${JSON.stringify(account)}\n`);
    else {
      ctx.out(`Made service account "${account.name}" with client id ${account.id}.\n`);
      ctx.out(`Give it a role in a project, and a secret: sallyport service-accounts secret "${account.name}"\n`);
    }
    return 0;
  },
};

const secret: Command = {
  name: 'service-accounts secret',
  summary: 'Make a client secret and print it once',
  positionals: [nameArgument],
  options: [
    { name: 'days', describe: 'Days it is good for, at most 365 (default: 90)' },
    { name: 'replaces', describe: 'Id of the secret it replaces; that one goes on for a day' },
  ],
  examples: ['sallyport service-accounts secret "Order bot" --days 30'],
  async run(ctx, args) {
    const days = Number(args.option('days') ?? 90);
    if (!Number.isFinite(days) || days <= 0 || days > 365) throw usage(secret, 'days: want 1 to 365');
    const client = ctx.client();
    const account = await findServiceAccount(client, args.positionals[0] ?? '');
    const replaces = args.option('replaces');
    const made = await client('machines.createSecret', {
      params: { id: account.id },
      body: {
        ...{ name: 'made at the command line', expiresAt: ctx.now() + days * dayMs },
        ...(replaces === undefined ? {} : { replaces }),
      },
    });
    if (ctx.json) ctx.out(`${JSON.stringify(made)}\n`);
    else {
      ctx.out(`Client secret of "${account.name}", good until ${printTime(made.credential.expiresAt)}. `);
      ctx.out(`It is shown this once:\n\n  client id      ${account.id}\n  client secret  ${made.secret}\n\n`);
    }
    return 0;
  },
};

function disabling(name: 'disable' | 'enable', summary: string): Command {
  return {
    name: `service-accounts ${name}`,
    summary,
    positionals: [nameArgument],
    options: [],
    examples: [`sallyport service-accounts ${name} "Order bot"`],
    async run(ctx, args) {
      const client = ctx.client();
      const { id } = await findServiceAccount(client, args.positionals[0] ?? '');
      const account = await client('machines.update', { params: { id }, body: { disabled: name === 'disable' } });
      ctx.out(ctx.json ? `${JSON.stringify(account)}\n` : `${account.name} is ${name}d.\n`);
      return 0;
    },
  };
}

const remove: Command = {
  name: 'service-accounts delete',
  summary: 'Delete a service account with everything it has',
  positionals: [nameArgument],
  options: [],
  examples: ['sallyport service-accounts delete "Order bot"'],
  async run(ctx, args) {
    const client = ctx.client();
    const { id } = await findServiceAccount(client, args.positionals[0] ?? '');
    await client('machines.delete', { params: { id } });
    ctx.out(ctx.json ? '{}\n' : 'Deleted.\n');
    return 0;
  },
};

/** Service accounts: accounts of programs. */
export const machineCommands: readonly Command[] = [
  list,
  create,
  secret,
  disabling('disable', 'Disable a service account: the next request with anything of it is refused'),
  disabling('enable', 'Enable a service account again'),
  remove,
];
