import type { Client, OperationOutput } from '../../admin/client.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Command } from './command.ts';
import { findPerson } from './find.ts';
import { printTable } from './table.ts';

const groupArgument = { name: 'group' } as const;
const personArgument = { name: 'e-mail' } as const;

/** By id or name; of several with one name the one kept here. Throws `identity.group_not_found`. */
async function findGroup(client: Client, text: string): Promise<OperationOutput<'groups.get'>> {
  const { groups } = await client('groups.list', { query: { search: text, limit: 500 } });
  const named = groups.filter(group => group.name.toLowerCase() === text.toLowerCase());
  const found = named.find(group => group.source.kind === 'local') ?? named[0];
  if (found) return found;
  if (/^[0-9a-f-]{36}$/.test(text)) return client('groups.get', { params: { id: text } });
  throw new SallyportError('identity.group_not_found', `Cannot find group "${text}"`, { detail: `"${text}"` });
}

const list: Command = {
  name: 'groups list',
  summary: 'List groups, by name',
  positionals: [],
  options: [
    { name: 'search', describe: 'Part of the name' },
    { name: 'source', describe: 'Where they come from', choices: ['local', 'provider', 'scim'] },
    { name: 'after', describe: 'Id of the last one seen' },
  ],
  examples: ['sallyport groups list --search ops'],
  async run(ctx, args) {
    const [search, after] = [args.option('search'), args.option('after')];
    const source = (['local', 'provider', 'scim'] as const).find(one => one === args.option('source'));
    const { groups } = await ctx.client()('groups.list', {
      query: {
        limit: 500,
        ...(search === undefined ? {} : { search }),
        ...(source === undefined ? {} : { source }),
        ...(after === undefined ? {} : { after }),
      },
    });
    if (ctx.json) ctx.out(`${JSON.stringify(groups)}\n`);
    else {
      const rows = groups.map(group => [group.id, group.name, group.source.kind, `${group.memberCount}`]);
      ctx.out(printTable(['ID', 'NAME', 'SOURCE', 'MEMBERS'], rows));
    }
    return 0;
  },
};

const members: Command = {
  name: 'groups members',
  summary: 'List who is in a group',
  positionals: [groupArgument],
  options: [],
  examples: ['sallyport groups members ops'],
  async run(ctx, args) {
    const client = ctx.client();
    const { id } = await findGroup(client, args.positionals[0] ?? '');
    const { users } = await client('groups.members', { params: { id }, query: { limit: 500 } });
    if (ctx.json) ctx.out(`${JSON.stringify(users)}\n`);
    else
      ctx.out(
        printTable(
          ['E-MAIL', 'NAME'],
          users.map(user => [user.email, user.name]),
        ),
      );
    return 0;
  },
};

const create: Command = {
  name: 'groups create',
  summary: 'Make a group that is kept here',
  positionals: [{ name: 'name' }],
  options: [],
  examples: ['sallyport groups create "Night shift"'],
  async run(ctx, args) {
    const group = await ctx.client()('groups.create', { body: { name: args.positionals[0] ?? '' } });
    ctx.out(ctx.json ? `${JSON.stringify(group)}\n` : `Group "${group.name}" (${group.id}).\n`);
    return 0;
  },
};

const destroy: Command = {
  name: 'groups delete',
  summary: 'Delete a group with its memberships',
  positionals: [groupArgument],
  options: [],
  examples: ['sallyport groups delete "Night shift"'],
  async run(ctx, args) {
    const client = ctx.client();
    const { id } = await findGroup(client, args.positionals[0] ?? '');
    await client('groups.delete', { params: { id } });
    ctx.out(ctx.json ? '{}\n' : 'Deleted.\n');
    return 0;
  },
};

function move(name: string, summary: string, operation: 'groups.addMember' | 'groups.removeMember'): Command {
  return {
    ...{ name, summary, positionals: [groupArgument, personArgument], options: [] },
    examples: [`sallyport ${name} "Night shift" ada@example.com`],
    async run(ctx, args) {
      const client = ctx.client();
      const { id } = await findGroup(client, args.positionals[0] ?? '');
      const { id: userId } = await findPerson(client, args.positionals[1] ?? '');
      await client(operation, { params: { id, userId } });
      ctx.out(ctx.json ? '{}\n' : 'Done.\n');
      return 0;
    },
  };
}

/** Groups and who is in them. */
export const groupCommands: readonly Command[] = [
  list,
  members,
  create,
  destroy,
  move('groups add', 'Put a person into a group that is kept here', 'groups.addMember'),
  move('groups remove', 'Take a person out of a group that is kept here', 'groups.removeMember'),
];
