import type { Command } from './command.ts';
import { findMember, findProject, findRole } from './find.ts';
import { printTable } from './table.ts';

const list: Command = {
  name: 'project list',
  summary: 'List projects',
  positionals: [],
  options: [],
  examples: [],
  async run(ctx) {
    const { projects } = await ctx.client()('projects.list');
    if (ctx.json) ctx.out(`${JSON.stringify(projects)}\n`);
    else
      ctx.out(
        printTable(
          ['NAME', 'MEMBERS', 'ID'],
          projects.map(project => [project.name, String(project.members), project.id]),
        ),
      );
    return 0;
  },
};

const create: Command = {
  name: 'project create',
  summary: 'Make a project',
  positionals: [{ name: 'name' }],
  options: [],
  examples: ['sallyport project create Marketing'],
  async run(ctx, args) {
    const project = await ctx.client()('projects.create', { body: { name: args.positionals[0] ?? '' } });
    ctx.out(ctx.json ? `${JSON.stringify(project)}\n` : `Project "${project.name}" is made.\n`);
    return 0;
  },
};

const members: Command = {
  name: 'project members',
  summary: 'List who belongs to a project',
  positionals: [{ name: 'project' }],
  options: [],
  examples: [],
  async run(ctx, args) {
    const client = ctx.client();
    const project = await findProject(client, args.positionals[0] ?? '');
    const found = await client('projects.listMembers', { params: { id: project.id } });
    if (ctx.json) ctx.out(`${JSON.stringify(found.members)}\n`);
    else
      ctx.out(
        printTable(
          ['E-MAIL', 'NAME', 'ROLE'],
          found.members.map(member => [member.email, member.name, member.role]),
        ),
      );
    return 0;
  },
};

const grant: Command = {
  name: 'project grant',
  summary: 'Give a person, or a service account by its name, a role in a project',
  positionals: [{ name: 'project' }, { name: 'email' }, { name: 'role' }],
  options: [],
  examples: [
    'sallyport project grant Default ada@example.com viewer',
    'sallyport project grant Default "Order bot" editor',
  ],
  async run(ctx, args) {
    const client = ctx.client();
    const project = await findProject(client, args.positionals[0] ?? '');
    const person = await findMember(client, args.positionals[1] ?? '');
    const role = await findRole(client, args.positionals[2] ?? '');
    await client('projects.setMember', { params: { id: project.id, userId: person.id }, body: { role } });
    ctx.out(`${person.email} is now ${args.positionals[2]} of "${project.name}".\n`);
    return 0;
  },
};

const revoke: Command = {
  name: 'project revoke',
  summary: 'Take a person out of a project',
  positionals: [{ name: 'project' }, { name: 'email' }],
  options: [],
  examples: ['sallyport project revoke Default ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const project = await findProject(client, args.positionals[0] ?? '');
    const person = await findMember(client, args.positionals[1] ?? '');
    await client('projects.removeMember', { params: { id: project.id, userId: person.id } });
    ctx.out(`${person.email} is no longer in "${project.name}".\n`);
    return 0;
  },
};

const assign: Command = {
  name: 'project assign',
  summary: 'Put a workflow, credential or data source of a site into a project',
  positionals: [
    { name: 'project' },
    { name: 'site' },
    { name: 'kind', choices: ['workflow', 'credential', 'data_source'] },
    { name: 'id' },
  ],
  options: [],
  examples: ['sallyport project assign Marketing n8n workflow 6xK2vB1qPz'],
  async run(ctx, args) {
    const client = ctx.client();
    const [projectName = '', siteName = '', kindWord = '', resourceId = ''] = args.positionals;
    const project = await findProject(client, projectName);
    const site = await client('sites.get', { params: { id: siteName } });
    const kind = kindWord === 'credential' || kindWord === 'data_source' ? kindWord : 'workflow';
    await client('projects.assignResource', { params: { id: project.id, site: site.id, kind, resourceId } });
    ctx.out(`${kind} ${resourceId} of ${site.name} now belongs to "${project.name}".\n`);
    return 0;
  },
};

export const projectCommands: readonly Command[] = [list, create, members, grant, revoke, assign];
