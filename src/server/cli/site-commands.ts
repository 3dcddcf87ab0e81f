import type { Client, OperationInput } from '../../admin/client.ts';
import { isApiProblem } from '../../admin/client.ts';
import { SallyportError } from '../../core/errors.ts';
import type { CliContext, Command } from './command.ts';
import { findProject } from './find.ts';
import { printTable } from './table.ts';

const platforms = ['n8n', 'flowise', 'generic'] as const;
const accountKinds = ['personal', 'project', 'shared'] as const;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const list: Command = {
  name: 'site list',
  summary: 'List what is protected, and where people reach it',
  positionals: [],
  options: [],
  examples: [],
  async run(ctx) {
    const { sites } = await ctx.client()('sites.list');
    if (ctx.json) ctx.out(`${JSON.stringify(sites)}\n`);
    else {
      const rows = sites.map(site => [
        site.name,
        site.platform,
        site.address,
        site.upstreamHealth.map(upstream => `${upstream.url} ${upstream.healthy ? 'up' : 'DOWN'}`).join(', '),
        site.publicRoutes.map(route => `${route.methods.join('|')} ${route.path}`).join(', ') || 'none',
      ]);
      ctx.out(printTable(['NAME', 'PLATFORM', 'ADDRESS', 'UPSTREAM', 'PUBLIC'], rows));
    }
    return 0;
  },
};

const protect: Command = {
  name: 'protect',
  summary: 'Put the gate in front of an application that runs already',
  positionals: [{ name: 'upstream' }],
  options: [
    { name: 'name', describe: 'Short name of the site (default: the platform)' },
    { name: 'platform', describe: 'What it is (default: found out by asking it)', choices: platforms },
    { name: 'host', describe: 'Host name people use; without one the site gets a port of its own', multiple: true },
    { name: 'port', describe: 'Port of its own (default: the next free one)' },
    {
      name: 'accounts',
      describe:
        'Platform accounts: one for each person (default), one for each project (its people share their work, projects do not see each other), or one shared by everybody',
      choices: accountKinds,
    },
  ],
  examples: [
    'sallyport protect http://localhost:5678',
    'sallyport protect http://10.0.0.5:5678 --name n8n --host n8n.example.com',
  ],
  async run(ctx, args) {
    const client = ctx.client();
    const upstream = originOf(args.positionals[0] ?? '');
    const { sites } = await client('sites.list');
    const held = sites.find(site => site.upstreams.includes(upstream));
    if (held) {
      ctx.err(`${upstream} is already protected as ${held.name} at ${held.address}\n`);
      return 1;
    }
    if (!/^https?:/i.test(args.positionals[0] ?? '')) ctx.err(`No scheme was given: taking ${upstream}\n`);
    const found = await client('sites.detect', { body: { upstream } });
    const platform = platforms.find(one => one === args.option('platform')) ?? found.platform;
    const port = args.option('port');
    const hosts = [...args.options('host')];
    const body: OperationInput<'sites.create'>['body'] = {
      name: args.option('name') ?? found.suggestedName,
      platform,
      upstreams: [upstream],
      ...(hosts.length > 0
        ? { hosts, port: port === undefined ? null : wholeNumber('port', port) }
        : { port: wholeNumber('port', port ?? '0') }),
      ...(await accountsOf(ctx, platform, args.option('accounts'))),
    };
    const site = await client('sites.create', { body });
    if (ctx.json) ctx.out(`${JSON.stringify(site)}\n`);
    else {
      const version = found.version === null ? '' : ` ${found.version}`;
      ctx.out(
        `Protected: ${platform}${version} at ${upstream}\n\n  ${site.address}\n\nNothing of it is public. Publish a route with: ./bin/sallyport site publish ${site.name} POST /webhook/<path>\nPeople get in with a role in a project: ./bin/sallyport project grant Default <e-mail> editor\n`,
      );
      if (platform === 'n8n') ctx.out(nextForN8n(site.address, site.accounts));
    }
    if (found.claimed === true && site.platformAccount === 'needed')
      await takePlatformAccount(ctx, client, site.id, platform);
    return 0;
  },
};

/** Asked only at a terminal, and where people can have accounts of their own; whoever does not answer keeps people apart. */
async function accountsOf(
  ctx: CliContext,
  platform: string,
  given: string | undefined,
): Promise<{ accounts?: (typeof accountKinds)[number] }> {
  const named = accountKinds.find(kind => kind === given);
  if (named !== undefined) return { accounts: named };
  if (platform !== 'n8n' || ctx.json) return {};
  const answer = await ctx.ask('Should the people of a project share its workflows and credentials? [y/N] ');
  return /^y(es)?$/i.test(answer ?? '') ? { accounts: 'project' } : {};
}

const apart: Readonly<Record<string, string>> = {
  project:
    'The people of a project share its workflows. Add projects with: ./bin/sallyport site projects <site> <project>…',
  shared:
    'Everybody works in one n8n account and sees the same workflows; the roles of the gate decide who may do what.',
  personal:
    'Each person sees their own workflows only. For a team that shares them: ./bin/sallyport site projects <site> <project>…',
};

function nextForN8n(address: string, accounts: string): string {
  return `\nNext, start n8n with its new address:\n\n  WEBHOOK_URL=${address}/ N8N_EDITOR_BASE_URL=${address}/ N8N_PROXY_HOPS=1\n\n${apart[accounts] ?? ''}\n`;
}

/** A platform that has an owner already: the gate needs that account once, to make accounts for people. */
async function takePlatformAccount(ctx: CliContext, client: Client, id: string, platform: string): Promise<void> {
  ctx.out(
    `\n${platform} has an owner already. The gate keeps that account sealed and makes people's accounts with it.\n`,
  );
  const email = await ctx.ask(`E-mail address of the ${platform} owner: `);
  const password = email === undefined ? undefined : await ctx.ask('Password (not shown): ', { hidden: true });
  if (email === undefined || password === undefined || email === '' || password === '') {
    ctx.out('Left for later: the first Owner who opens the site is asked for it.\n');
    return;
  }
  await client('sites.setPlatformAccount', { params: { id }, body: { email, password } });
  ctx.out(`Done: the gate can sign people in to ${platform}.\n`);
}

const remove: Command = {
  name: 'site remove',
  summary: 'Stop protecting an application; it is itself not touched',
  positionals: [{ name: 'site' }],
  options: [],
  examples: ['sallyport site remove sample'],
  async run(ctx, args) {
    const client = ctx.client();
    const site = await client('sites.get', { params: { id: args.positionals[0] ?? '' } });
    await client('sites.delete', { params: { id: site.id } });
    ctx.out(`${site.name} is no longer reachable through the gate.\n`);
    return 0;
  },
};

function publishing(publish: boolean): Command {
  const verb = publish ? 'publish' : 'unpublish';
  return {
    name: `site ${verb}`,
    summary: publish ? 'Open one exact route without sign-in' : 'Close a published route again',
    positionals: [{ name: 'site' }, { name: 'method', choices: methods }, { name: 'path' }],
    options: [],
    examples: [`sallyport site ${verb} n8n POST /webhook/orders`],
    async run(ctx, args) {
      const client = ctx.client();
      const [name = '', methodWord = '', path = ''] = args.positionals;
      const method = methods.find(one => one === methodWord) ?? 'POST';
      const site = await client('sites.get', { params: { id: name } });
      const isOpen = site.publicRoutes.some(route => route.path === path && route.methods.includes(method));
      if (!publish && !isOpen) {
        const open = site.publicRoutes.map(route => `${route.methods.join('|')} ${route.path}`).join(', ') || 'none';
        ctx.err(`Cannot close "${method} ${path}" of ${site.name}: it is not published; published are: ${open}\n`);
        return 1;
      }
      const others = withoutRoute(site.publicRoutes, method, path);
      const publicRoutes = publish ? [...others, { methods: [method], path }] : others;
      await client('sites.update', { params: { id: site.id }, body: { publicRoutes } });
      ctx.out(publish ? `Open to everybody: ${method} ${site.address}${path}\n` : `Closed: ${method} ${path}\n`);
      return 0;
    },
  };
}

type PublicRoutes = NonNullable<OperationInput<'sites.update'>['body']['publicRoutes']>;

/** The routes without this method of this path; the other methods of it stay. */
export function withoutRoute(routes: PublicRoutes, method: (typeof methods)[number], path: string): PublicRoutes {
  return routes
    .map(route => ({ ...route, methods: route.methods.filter(one => route.path !== path || one !== method) }))
    .filter(route => route.methods.length > 0);
}

const upstream: Command = {
  name: 'site upstream',
  summary: 'Point a site at another address of the same application',
  positionals: [{ name: 'site' }, { name: 'address' }],
  options: [],
  examples: ['sallyport site upstream n8n http://10.0.0.6:5678'],
  async run(ctx, args) {
    const client = ctx.client();
    const [name = '', address = ''] = args.positionals;
    const site = await client('sites.get', { params: { id: name } });
    await client('sites.update', { params: { id: site.id }, body: { upstreams: [originOf(address)] } });
    ctx.out(`${site.name} is now at ${originOf(address)}; people reach it at ${site.address} as before.\n`);
    await client('sites.detect', { body: { upstream: originOf(address) } }).catch((error: unknown) => {
      if (!isApiProblem(error, 'core.invalid_input')) throw error;
      ctx.err(`Warning: ${error.detail ?? error.title}\n`);
    });
    return 0;
  },
};

const account: Command = {
  name: 'site account',
  summary: "Give the gate the platform's own owner account, kept sealed",
  positionals: [{ name: 'site' }, { name: 'email' }],
  options: [{ name: 'password-env', describe: 'Environment variable that holds the password (default: ask)' }],
  examples: ['sallyport site account n8n owner@example.com'],
  async run(ctx, args) {
    const client = ctx.client();
    const [name = '', email = ''] = args.positionals;
    const variable = args.option('password-env');
    const password =
      variable === undefined ? await ctx.ask('Password (not shown): ', { hidden: true }) : ctx.env[variable];
    if (password === undefined || password === '')
      throw new SallyportError('server.usage', 'Cannot set the account: no password was given', {
        detail: 'No password was given',
      });
    const site = await client('sites.get', { params: { id: name } });
    await client('sites.setPlatformAccount', { params: { id: site.id }, body: { email, password } });
    ctx.out(`Done: the gate can sign people in to ${site.name}.\n`);
    return 0;
  },
};

const projects: Command = {
  name: 'site projects',
  summary:
    'Give each of these projects an account of its own on the platform: their people share work, projects see nothing of each other',
  positionals: [{ name: 'site' }, { name: 'project', multiple: true }],
  options: [],
  examples: ['sallyport site projects n8n Finance Support'],
  async run(ctx, args) {
    const client = ctx.client();
    const [name = '', ...names] = args.positionals;
    const site = await client('sites.get', { params: { id: name } });
    const [first, ...others] = await Promise.all(names.map(one => findProject(client, one)));
    if (first === undefined) throw new SallyportError('server.usage', 'Cannot set the projects: want at least one');
    const body = { accounts: 'project' as const, defaultProject: first.id, projects: others.map(one => one.id) };
    await client('sites.update', { params: { id: site.id }, body });
    ctx.out(
      `${site.name}: ${[first, ...others].map(one => one.name).join(', ')}. Work done so far stays with the accounts that did it.\n`,
    );
    return 0;
  },
};

/** An address without a scheme, `localhost:5678`, is taken as http. */
function originOf(text: string): string {
  const given = /^[a-z0-9.-]+:\d{1,5}\/?$/i.test(text) ? `http://${text}` : text;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    (url.pathname !== '/' && url.pathname !== '') ||
    url.search !== '' ||
    url.username !== ''
  ) {
    const message = `Cannot protect "${text}": want an address as http://localhost:5678, without a path`;
    throw new SallyportError('server.usage', message, { detail: message });
  }
  return url.origin;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    const message = `Cannot use --${name} "${text}": want a number from 0 to 65535`;
    throw new SallyportError('server.usage', message, { detail: message });
  }
  return Number(text);
}

export const siteCommands: readonly Command[] = [
  protect,
  list,
  publishing(true),
  publishing(false),
  upstream,
  account,
  projects,
  remove,
];
