import type { CliContext, Command, ParsedArguments } from './command.ts';
import { usage } from './command.ts';
import { findPerson } from './find.ts';
import { printTable, printTime } from './table.ts';

const roles = ['member', 'administrator', 'owner'] as const;
const emailArgument = { name: 'email' } as const;
type Role = (typeof roles)[number];

/** The part of the policy that is shown and set. */
interface Policy {
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly phishingResistantRoles: readonly Role[];
  readonly phishingResistantGroups: readonly string[];
  readonly floor: readonly Role[];
  readonly peopleWithout: number;
}

const show: Command = {
  name: 'policy show',
  summary: 'Show who needs a second factor, and who a passkey',
  positionals: [],
  options: [],
  examples: ['sallyport policy show'],
  async run(ctx) {
    printPolicy(ctx, await ctx.client()('policy.getMfa', {}));
    return 0;
  },
};

const set: Command = {
  name: 'policy set',
  summary: 'Change who needs a second factor; what is not named stays',
  positionals: [],
  options: [
    {
      name: 'role',
      describe: 'Global role that needs a second factor, besides those of the configuration file',
      multiple: true,
      choices: roles,
    },
    { name: 'group', describe: 'Id of a group whose members need one', multiple: true },
    { name: 'passkey-role', describe: 'Global role that signs in with a passkey only', multiple: true, choices: roles },
    { name: 'passkey-group', describe: 'Id of a group whose members do', multiple: true },
    { name: 'no-groups', describe: 'No group needs a second factor', flag: true },
    { name: 'no-passkeys', describe: 'Nobody is held to passkeys', flag: true },
  ],
  examples: ['sallyport policy set --role member', 'sallyport policy set --passkey-role owner'],
  async run(ctx, args) {
    const client = ctx.client();
    const before = await client('policy.getMfa', {});
    const body = changed(before, args);
    await client('policy.setMfa', { body: { ...body, revision: before.revision } });
    printPolicy(ctx, await client('policy.getMfa', {}));
    return 0;
  },
};

function changed(before: Policy, args: ParsedArguments) {
  const isBare = args.flag('no-passkeys');
  const given = ['role', 'group', 'passkey-role', 'passkey-group'].some(name => args.options(name).length > 0);
  if (!given && !isBare && !args.flag('no-groups'))
    throw usage({ name: 'policy set' }, 'say what to change, as "--role member"');
  const named = <T extends string>(name: string, held: readonly T[], isNone: boolean): T[] => {
    const wanted = args.options(name);
    if (isNone && wanted.length > 0)
      throw usage({ name: 'policy set' }, `"--${name}" and its opposite exclude each other`);
    // The parser has checked the choices; groups are any text.
    return isNone ? [] : wanted.length > 0 ? (wanted as T[]) : [...held];
  };
  return {
    // The floor of the configuration file stands whatever is named here.
    roles: [...new Set([...before.floor, ...named<Role>('role', before.roles, false)])],
    groups: named('group', before.groups, args.flag('no-groups')),
    phishingResistantRoles: named<Role>('passkey-role', before.phishingResistantRoles, isBare),
    phishingResistantGroups: named('passkey-group', before.phishingResistantGroups, isBare),
  };
}

function printPolicy(ctx: CliContext, policy: Policy): void {
  if (ctx.json) {
    ctx.out(`${JSON.stringify(policy)}\n`);
    return;
  }
  const words = (list: readonly string[]) => (list.length === 0 ? 'nobody' : list.join(', '));
  ctx.out(
    printTable(
      ['WANTS', 'ROLES', 'GROUPS'],
      [
        ['a second factor', words(policy.roles), words(policy.groups)],
        ['a passkey', words(policy.phishingResistantRoles), words(policy.phishingResistantGroups)],
        ['a second factor, by configuration', words(policy.floor), 'nobody'],
      ],
    ),
  );
  ctx.out(
    `${policy.peopleWithout === 1 ? '1 person' : `${policy.peopleWithout} people`} will be asked to enrol at their next sign-in.\n`,
  );
}

const factors: Command = {
  name: 'user factors',
  summary: 'Show what a person proves themselves with',
  positionals: [emailArgument],
  options: [],
  examples: ['sallyport user factors ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const person = await findPerson(client, args.positionals[0] ?? '');
    const found = await client('users.getFactors', { params: { id: person.id } });
    if (ctx.json) {
      ctx.out(`${JSON.stringify(found)}\n`);
      return 0;
    }
    const when = (time: number | null) => (time === null ? 'never' : printTime(time));
    const app = found.totp === null ? [] : [['app', 'Authenticator app', printTime(found.totp.createdAt), '', '']];
    const keys = found.passkeys.map(({ name, createdAt, lastUsedAt, synced }) => [
      ...['passkey', name, printTime(createdAt), when(lastUsedAt)],
      synced ? 'synced' : 'one device',
    ]);
    ctx.out(printTable(['KIND', 'NAME', 'ADDED', 'LAST USED', 'KEPT'], [...app, ...keys]));
    ctx.out(
      `${found.hasPassword ? 'A password' : 'No password'}, ${found.recoveryCodesLeft} recovery codes left; policy wants: ${found.demand}.\n`,
    );
    return 0;
  },
};

const reset: Command = {
  name: 'user reset-factors',
  summary: 'Take app, passkeys and recovery codes away from a person who lost them',
  positionals: [emailArgument],
  options: [],
  examples: ['sallyport user reset-factors ada@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const person = await findPerson(client, args.positionals[0] ?? '');
    await client('users.resetFactors', { params: { id: person.id } });
    ctx.out(`${person.email} has no second factor any more; all sessions ended. They are told at the next sign-in.\n`);
    return 0;
  },
};

export const factorCommands: readonly Command[] = [factors, reset, show, set];
