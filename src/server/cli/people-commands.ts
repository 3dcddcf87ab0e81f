import type { CliContext, Command } from './command.ts';
import { usage } from './command.ts';
import { findPerson, findProject } from './find.ts';
import { printTable, printTime } from './table.ts';

const roles = ['member', 'administrator', 'owner'] as const;
const projectRoles = ['viewer', 'editor', 'admin', 'owner'] as const;
const emailArgument = { name: 'email' } as const;

function printLink(ctx: CliContext, label: string, link: { url: string; expiresAt: number }): void {
  if (ctx.json) ctx.out(`${JSON.stringify(link)}\n`);
  else ctx.out(`${label} (one use, until ${printTime(link.expiresAt)}):\n\n  ${link.url}\n\n`);
}

const list: Command = {
  name: 'user list',
  summary: 'List people',
  positionals: [],
  options: [{ name: 'search', describe: 'Part of the e-mail address or name' }],
  examples: ['sallyport user list --search example.com'],
  async run(ctx, args) {
    const search = args.option('search');
    const { users } = await ctx.client()('users.list', {
      query: { limit: 500, ...(search === undefined ? {} : { search }) },
    });
    if (ctx.json) ctx.out(`${JSON.stringify(users)}\n`);
    else {
      const rows = users.map(user => [
        user.email,
        user.name,
        user.role,
        printFactors(user.factors),
        user.disabled ? 'disabled' : user.hasPassword || user.lastSignInAt !== null ? 'active' : 'invited',
        user.lastSignInAt === null ? 'never' : printTime(user.lastSignInAt),
      ]);
      ctx.out(printTable(['E-MAIL', 'NAME', 'ROLE', 'MFA', 'STATE', 'LAST SIGN-IN'], rows));
    }
    return 0;
  },
};

const create: Command = {
  name: 'user create',
  summary: 'Invite a person and print their one-time link',
  positionals: [emailArgument],
  options: [
    { name: 'name', describe: 'Name to show (default: the e-mail address)' },
    { name: 'role', describe: 'Global role (default: member)', choices: roles },
    { name: 'project', describe: 'Project the person belongs to from the start' },
    { name: 'project-role', describe: 'Role in that project (default: viewer)', choices: projectRoles },
  ],
  examples: ['sallyport user create ada@example.com --name "Ada" --project Default --project-role editor'],
  async run(ctx, args) {
    const [email = ''] = args.positionals;
    const role = roles.find(one => one === args.option('role')) ?? 'member';
    const [inProject, projectRole] = [args.option('project'), args.option('project-role')];
    if (inProject === undefined && projectRole !== undefined) throw usage(create, '--project-role wants --project');
    const client = ctx.client();
    // Found first: a name that is wrong must not leave a person behind who belongs nowhere.
    const project = inProject === undefined ? undefined : await findProject(client, inProject);
    const { link, user } = await client('users.create', { body: { email, name: args.option('name') ?? email, role } });
    if (project !== undefined) {
      const given = projectRoles.find(one => one === projectRole) ?? 'viewer';
      await client('projects.setMember', { params: { id: project.id, userId: user.id }, body: { role: given } });
    }
    printLink(ctx, `Invitation for ${email}`, link);
    return 0;
  },
};

const changeRole: Command = {
  name: 'user role',
  summary: 'Change the global role of a person',
  positionals: [emailArgument, { name: 'role', choices: roles }],
  options: [],
  examples: ['sallyport user role ada@example.com administrator'],
  async run(ctx, args) {
    const client = ctx.client();
    const person = await findPerson(client, args.positionals[0] ?? '');
    const role = roles.find(one => one === args.positionals[1]) ?? person.role;
    await client('users.update', { params: { id: person.id }, body: { role } });
    ctx.out(`${person.email} is now ${role}.\n`);
    return 0;
  },
};

function switching(disabled: boolean): Command {
  const [verb, past] = disabled ? ['disable', 'disabled; all sessions ended'] : ['enable', 'enabled'];
  return {
    name: `user ${verb}`,
    summary: disabled ? 'Disable an account and end its sessions' : 'Enable an account again',
    positionals: [emailArgument],
    options: [],
    examples: [`sallyport user ${verb} ada@example.com`],
    async run(ctx, args) {
      const client = ctx.client();
      const person = await findPerson(client, args.positionals[0] ?? '');
      await client('users.update', { params: { id: person.id }, body: { disabled } });
      ctx.out(`${person.email} is ${past}.\n`);
      return 0;
    },
  };
}

const remove: Command = {
  name: 'user delete',
  summary: 'Delete a person; what they did stays in the audit log',
  positionals: [emailArgument],
  options: [],
  examples: ['sallyport user delete ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const person = await findPerson(client, args.positionals[0] ?? '');
    await client('users.delete', { params: { id: person.id } });
    ctx.out(`${person.email} is deleted.\n`);
    return 0;
  },
};

const link: Command = {
  name: 'user link',
  summary: 'Print a new one-time link for a person',
  positionals: [emailArgument, { name: 'purpose', choices: ['invitation', 'recovery'] }],
  options: [],
  examples: ['sallyport user link ada@example.com recovery'],
  async run(ctx, args) {
    const client = ctx.client();
    const person = await findPerson(client, args.positionals[0] ?? '');
    const purpose = args.positionals[1] === 'recovery' ? 'recovery' : 'invitation';
    printLink(
      ctx,
      `Link for ${person.email}`,
      await client('users.issueLink', { params: { id: person.id }, body: { purpose } }),
    );
    return 0;
  },
};

const resetMfa: Command = {
  name: 'user reset-mfa',
  summary: 'Take a lost authenticator app away from an account',
  positionals: [emailArgument],
  options: [],
  examples: ['sallyport user reset-mfa ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const person = await findPerson(client, args.positionals[0] ?? '');
    await client('users.removeTotp', { params: { id: person.id } });
    ctx.out(`${person.email} enrols an authenticator app again at the next sign-in; all sessions ended.\n`);
    return 0;
  },
};

function printFactors({ totp, passkeys }: { readonly totp: boolean; readonly passkeys: number }): string {
  const keys = passkeys === 0 ? [] : [passkeys === 1 ? 'passkey' : `${passkeys} passkeys`];
  return [...keys, ...(totp ? ['app'] : [])].join(', ') || 'no';
}

const endSessions: Command = {
  name: 'user sign-out',
  summary: 'End all sessions of a person',
  positionals: [emailArgument],
  options: [],
  examples: ['sallyport user sign-out ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const person = await findPerson(client, args.positionals[0] ?? '');
    const { ended } = await client('users.endSessions', { params: { id: person.id } });
    ctx.out(`${ended} sessions of ${person.email} ended.\n`);
    return 0;
  },
};

export const peopleCommands: readonly Command[] = [
  list,
  create,
  changeRole,
  switching(true),
  switching(false),
  remove,
  link,
  resetMfa,
  endSessions,
];
