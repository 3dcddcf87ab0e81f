import type { Client } from '../../admin/client.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Permission } from '../../core/permissions.ts';
import { permissions } from '../../core/permissions.ts';
import type { Command } from './command.ts';
import { usage } from './command.ts';
import { findPerson, findProject, findRole } from './find.ts';
import { printTable, printTime } from './table.ts';

const roles: Command = {
  name: 'roles',
  summary: 'List the project roles there are',
  positionals: [],
  options: [],
  examples: ['sallyport roles'],
  async run(ctx) {
    const { builtIn, custom } = await ctx.client()('roles.list');
    if (ctx.json) ctx.out(`${JSON.stringify({ builtIn, custom })}\n`);
    else {
      const rows = [...builtIn, ...custom].map(role => [role.name, role.id, role.permissions.join(' ')]);
      ctx.out(printTable(['NAME', 'ID', 'MAY'], rows));
    }
    return 0;
  },
};

const roleCreate: Command = {
  name: 'role create',
  summary: 'Make a project role',
  positionals: [{ name: 'name' }],
  options: [
    { name: 'may', multiple: true, choices: permissions, describe: 'A permission it holds; several are several --may' },
    { name: 'description', describe: 'What it is for' },
  ],
  examples: ['sallyport role create Runner --may project.read --may workflow.read --may workflow.execute'],
  async run(ctx, args) {
    const wanted = permissions.filter(permission => args.options('may').includes(permission));
    if (wanted.length === 0) throw usage(roleCreate, '--may is missing');
    const body = {
      ...{ name: args.positionals[0] ?? '', permissions: wanted },
      description: args.option('description') ?? '',
    };
    const role = await ctx.client()('roles.create', { body });
    ctx.out(ctx.json ? `${JSON.stringify(role)}\n` : `Role "${role.name}" is made.\n`);
    return 0;
  },
};

const roleDelete: Command = {
  name: 'role delete',
  summary: 'Delete a role that nobody holds',
  positionals: [{ name: 'role' }],
  options: [],
  examples: ['sallyport role delete Runner'],
  async run(ctx, args) {
    const client = ctx.client();
    const id = await findRole(client, args.positionals[0] ?? '');
    await client('roles.delete', { params: { id } });
    ctx.out(`Role "${args.positionals[0]}" is deleted.\n`);
    return 0;
  },
};

const grants: Command = {
  name: 'grants',
  summary: 'List what groups are granted',
  positionals: [],
  options: [
    { name: 'group', describe: 'Part of the name of a group' },
    { name: 'project', describe: 'Name or id of a project' },
  ],
  examples: ['sallyport grants --group builders'],
  async run(ctx, args) {
    const client = ctx.client();
    const [search, projectName] = [args.option('group'), args.option('project')];
    const project = projectName === undefined ? {} : { project: (await findProject(client, projectName)).id };
    const query = { ...project, ...(search === undefined ? {} : { search }), limit: 500 };
    const { grants: found } = await client('grants.list', { query });
    if (ctx.json) ctx.out(`${JSON.stringify(found)}\n`);
    else {
      const rows = found.map(one => [
        ...[one.groupName, one.groupSource ?? 'gone', one.roleName, one.projectName ?? 'everywhere'],
        ...[String(one.members), one.id],
      ]);
      ctx.out(printTable(['GROUP', 'FROM', 'ROLE', 'PROJECT', 'MEMBERS', 'ID'], rows));
    }
    return 0;
  },
};

const targetOptions = [{ name: 'project', describe: 'Name or id of a project; without, the role is a global one' }];

const grantAdd: Command = {
  name: 'grant add',
  summary: 'Grant a group a role; --dry-run shows who would gain and lose what',
  positionals: [{ name: 'group' }, { name: 'role' }],
  options: [...targetOptions, { name: 'dry-run', flag: true, describe: 'Change nothing' }],
  examples: ['sallyport grant add "Flow builders" editor --project Marketing --dry-run'],
  async run(ctx, args) {
    const client = ctx.client();
    const target = await readTarget(client, args.positionals, args.option('project'));
    if (args.flag('dry-run')) {
      const preview = await client('grants.preview', { body: { add: [target] } });
      if (ctx.json) ctx.out(`${JSON.stringify(preview)}\n`);
      else {
        ctx.out(
          `${preview.gaining} would gain, ${preview.losing} would lose, ${preview.unchanged} stay as they are.\n`,
        );
        const words = (list: (typeof preview.people)[number]['gains']) =>
          list
            .map(one => (one.projectName === null ? one.roleName : `${one.roleName} of ${one.projectName}`))
            .join(', ');
        const rows = preview.people.map(person => [person.email, words(person.gains), words(person.loses)]);
        if (rows.length > 0) ctx.out(printTable(['E-MAIL', 'GAINS', 'LOSES'], rows));
        if (preview.next !== null) ctx.out('…\n');
      }
      return 0;
    }
    const made = await client('grants.create', { body: target });
    ctx.out(
      ctx.json
        ? `${JSON.stringify(made)}\n`
        : `Everybody in "${made.groupName}" is now ${made.roleName} ${made.projectName === null ? 'everywhere' : `of "${made.projectName}"`}.\n`,
    );
    return 0;
  },
};

const grantRemove: Command = {
  name: 'grant remove',
  summary: 'Take a grant back',
  positionals: [{ name: 'id' }],
  options: [],
  examples: ['sallyport grant remove 01a1…'],
  async run(ctx, args) {
    await ctx.client()('grants.delete', { params: { id: args.positionals[0] ?? '' } });
    ctx.out('The grant is taken back.\n');
    return 0;
  },
};

const explain: Command = {
  name: 'explain',
  summary: 'Why somebody may or may not: the rule, role, group and elevation that led to it',
  positionals: [{ name: 'email' }, { name: 'permission', optional: true, choices: permissions }],
  options: [
    { name: 'project', describe: 'Name or id of the project' },
    { name: 'site', describe: 'Instead of a permission: a request to this site' },
    {
      name: 'method',
      describe: 'Its method (default GET)',
      choices: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    },
    { name: 'path', describe: 'Its path' },
  ],
  examples: [
    'sallyport explain ada@example.com workflow.update --project Marketing',
    'sallyport explain ada@example.com --site n8n --method GET --path /rest/workflows',
  ],
  async run(ctx, args) {
    const client = ctx.client();
    const [email = '', permission] = args.positionals;
    const [site, where] = [args.option('site'), args.option('path')];
    if ((permission === undefined) === (site === undefined))
      throw usage(explain, 'want a permission, or --site and --path');
    if (site !== undefined && where === undefined) throw usage(explain, '--path is missing');
    const { id: userId } = await findPerson(client, email);
    const found =
      site === undefined
        ? await explainPermission(client, { userId, permission, project: args.option('project') })
        : await client('access.explainRequest', {
            query: { userId, site, path: where ?? '/', method: methodOf(args.option('method')) },
          });
    ctx.out(ctx.json ? `${JSON.stringify(found)}\n` : inWords(found));
    if (!ctx.json && !found.allowed && site === undefined && args.option('project') === undefined)
      ctx.out('Asked without a project, only global roles count: add --project <name> for what happens inside one.\n');
    return 0;
  },
};

type Explained = Awaited<ReturnType<typeof explainPermission>>;

async function explainPermission(
  client: Client,
  asked: { userId: string; permission: string | undefined; project: string | undefined },
) {
  const permission: Permission = permissions.find(one => one === asked.permission) ?? 'project.read';
  const project = asked.project === undefined ? {} : { project: (await findProject(client, asked.project)).id };
  return client('access.explain', { query: { userId: asked.userId, permission, ...project } });
}

function inWords(found: Explained & { readonly action?: string }): string {
  const { allowed, enough, missing, permission, person, projectName, rule, ways } = found;
  const what = [found.action, permission].filter(word => word !== undefined && word !== null);
  // What is missing begins with the rule where no role is held.
  const repeats = missing?.toLowerCase().startsWith(rule.toLowerCase()) === true;
  const head = `${person.email} ${allowed ? 'may' : 'may not'} ${[...new Set(what)].join(' → ') || 'do this'}${projectName === null ? '' : ` in "${projectName}"`}${repeats ? '' : `: ${rule}`}\n`;
  const rows = ways.map(way => [
    ...[way.doesGrant ? 'yes' : 'no', way.roleName, way.projectName ?? 'everywhere'],
    way.kind === 'group' ? `group ${way.groupName} (${way.groupSource})` : way.kind,
    way.expiresAt === null ? '' : printTime(way.expiresAt),
  ]);
  const held = rows.length === 0 ? '' : printTable(['ENOUGH', 'ROLE', 'WHERE', 'BY', 'UNTIL'], rows);
  const wanted = enough.map(one => (one.project === null ? `global ${one.roleName}` : one.roleName)).join(', ');
  const lack =
    missing === null ? '' : `${missing}${wanted === '' ? '' : ` Each of these would be enough: ${wanted}.`}\n`;
  return head + held + lack;
}

function methodOf(word: string | undefined) {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
  return methods.find(method => method === word) ?? 'GET';
}

async function readTarget(client: Client, [group = '', role = '']: readonly string[], projectName: string | undefined) {
  const { groups } = await client('groups.list', { query: { search: group, limit: 500 } });
  const same = groups.filter(one => one.id === group || one.name.toLowerCase() === group.toLowerCase());
  const [found] = same;
  if (found === undefined || same.length > 1) {
    const message =
      found === undefined
        ? `Cannot find group "${group}"`
        : `Cannot tell which group "${group}" is meant: ${same.length} have the name; give its id: ${same.map(one => one.id).join(', ')}`;
    throw new SallyportError('identity.group_not_found', message, { detail: message });
  }
  const project = projectName === undefined ? null : (await findProject(client, projectName)).id;
  return { groupId: found.id, project, role: project === null ? role : await findRole(client, role) };
}

export const accessCommands: readonly Command[] = [
  roles,
  roleCreate,
  roleDelete,
  grants,
  grantAdd,
  grantRemove,
  explain,
];
