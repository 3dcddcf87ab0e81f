import type { CliContext, Command, ParsedArguments } from './command.ts';
import { usage } from './command.ts';
import { printTable, printTime } from './table.ts';

/** A site may be named by its id too, which records do not have. */
const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const zones = [
  'path',
  'query',
  'header',
  'cookie',
  'form',
  'json',
  'multipart',
  'file',
  'xml',
  'graphql',
  'text',
  '*',
] as const;

const forOption = { name: 'for', describe: 'How long: 30m, 24h, 30d, or ever' };

/** When `--for` ends, as epoch milliseconds; null for `ever`. Throws `server.usage`. */
function endOf(command: Command, { args, ctx, unsaid }: { args: ParsedArguments; ctx: CliContext; unsaid: string }) {
  const text = args.option('for') ?? unsaid;
  if (text === 'ever') return null;
  const match = /^([1-9]\d{0,4})([mhd])$/.exec(text);
  if (match === null) throw usage(command, `--for is "${text}"; want 30m, 24h, 30d, or ever`);
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? 'm'] ?? 60_000;
  return ctx.now() + Number(match[1]) * unitMs;
}

function reasonOf(command: Command, args: ParsedArguments): string {
  const reason = args.option('reason');
  if (reason === undefined) throw usage(command, '--reason is missing: whoever reads it later wants to know why');
  return reason;
}

const banList: Command = {
  name: 'bans list',
  summary: 'List addresses that are kept out, newest first',
  positionals: [],
  options: [
    { name: 'search', describe: 'Part of the network or the reason, or an address: then every ban that holds it' },
    { name: 'limit', describe: 'How many at most, 1 to 500 (default 100)' },
  ],
  examples: ['sallyport bans list', 'sallyport bans list --search 198.51.100.7'],
  async run(ctx, args) {
    const [search, limit] = [args.option('search'), Number(args.option('limit') ?? 100)];
    const found = await ctx.client()('bans.list', { query: { limit, ...(search === undefined ? {} : { search }) } });
    if (ctx.json) ctx.out(`${JSON.stringify(found)}\n`);
    else {
      const rows = found.bans.map(ban => [
        ban.network,
        ban.country ?? '',
        ban.source,
        ban.until === null ? 'lifted' : printTime(ban.until),
        ban.createdBy,
        ban.reason,
      ]);
      ctx.out(printTable(['NETWORK', 'COUNTRY', 'SOURCE', 'UNTIL', 'BY', 'REASON'], rows));
      if (found.total > rows.length) ctx.out(`\n${rows.length} of ${found.total} are shown: narrow with --search\n`);
    }
    return 0;
  },
};

const banAdd: Command = {
  name: 'bans add',
  summary: 'Keep an address or a block out, from the next request on',
  positionals: [{ name: 'network' }],
  options: [{ name: 'reason', describe: 'Why, for whoever reads it later' }, forOption],
  examples: ['sallyport bans add 198.51.100.7 --reason "tries passwords" --for 7d'],
  async run(ctx, args) {
    const body = {
      network: args.positionals[0] ?? '',
      reason: reasonOf(banAdd, args),
      until: endOf(banAdd, { args, ctx, unsaid: 'ever' }),
    };
    const ban = await ctx.client()('bans.create', { body });
    const until = ban.until === null ? 'until the ban is lifted' : `until ${printTime(ban.until)}`;
    ctx.out(ctx.json ? `${JSON.stringify(ban)}\n` : `${ban.network} is kept out ${until}.\n`);
    return 0;
  },
};

const banLift: Command = {
  name: 'bans lift',
  summary: 'Let an address or a block in again',
  positionals: [{ name: 'network' }],
  options: [],
  examples: ['sallyport bans lift 198.51.100.7'],
  async run(ctx, args) {
    const network = args.positionals[0] ?? '';
    await ctx.client()('bans.lift', { body: { network } });
    ctx.out(`${network} may come again.\n`);
    return 0;
  },
};

const exclusionList: Command = {
  name: 'exclusions list',
  summary: 'List firewall rules that do not count at some place',
  positionals: [{ name: 'site', optional: true }],
  options: [],
  examples: ['sallyport exclusions list n8n'],
  async run(ctx, args) {
    const site = args.positionals[0];
    const { exclusions } = await ctx.client()('exclusions.list', { query: site === undefined ? {} : { site } });
    if (ctx.json) ctx.out(`${JSON.stringify(exclusions)}\n`);
    else {
      const rows = exclusions.map(one => [
        ...[one.site, one.rule, one.endpoint, one.zone, one.name],
        endWords(one.expiresAt, ctx.now()),
        ...[one.reason, one.id],
      ]);
      ctx.out(printTable(['SITE', 'RULE', 'ENDPOINT', 'ZONE', 'NAME', 'UNTIL', 'REASON', 'ID'], rows));
    }
    return 0;
  },
};

function endWords(expiresAt: number | null, now: number): string {
  if (expiresAt === null) return 'ever';
  return expiresAt <= now ? 'over' : printTime(expiresAt);
}

const exclusionAdd: Command = {
  name: 'exclusions add',
  summary: 'Let a rule not count at one place, or what an incident proposes',
  positionals: [{ name: 'site' }, { name: 'rule', optional: true }],
  options: [
    { name: 'incident', describe: 'Number of a request that was honest: makes the narrowest exclusions for it' },
    { name: 'endpoint', describe: 'The route as records name it (default: all)' },
    { name: 'zone', describe: 'Where in the request (default: all)', choices: zones },
    { name: 'field', describe: 'Name of the field; * stands for any characters (default: all)' },
    { name: 'reason', describe: 'Why this is no attack, for whoever reads it later' },
    { ...forOption, describe: `${forOption.describe} (default 30d)` },
  ],
  examples: [
    'sallyport exclusions add wiki --incident 019aa2c4-7c10-7b90-8f00-2c9a51d0e7f4 --reason "a page about SQL"',
    'sallyport exclusions add wiki sqli.tautology --endpoint /pages --zone form --field text --reason "a page about SQL"',
  ],
  async run(ctx, args) {
    const [site = '', rule] = args.positionals;
    const number = args.option('incident');
    if ((rule === undefined) === (number === undefined))
      throw usage(exclusionAdd, 'want either a rule or --incident, and not both');
    const reason = reasonOf(exclusionAdd, args);
    const expiresAt = endOf(exclusionAdd, { args, ctx, unsaid: '30d' });
    const client = ctx.client();
    const written = {
      endpoint: args.option('endpoint') ?? '*',
      zone: args.option('zone') ?? '*',
      name: args.option('field') ?? '*',
    };
    const incident = number === undefined ? undefined : await client('perimeter.incident', { params: { id: number } });
    const place = incident?.events.find(event => event.site !== undefined)?.site;
    if (place !== undefined && place !== site && !isId.test(site))
      throw usage(exclusionAdd, `incident "${number}" is of site "${place}", not of "${site}"`);
    const wanted = incident === undefined ? [{ rule: rule ?? '', ...written }] : incident.proposals;
    if (wanted.length === 0) {
      ctx.err(`Nothing can be excluded for incident "${number ?? ''}": no rule of the firewall alone stopped it\n`);
      return 1;
    }
    const made = [];
    for (const one of wanted)
      made.push(await client('exclusions.create', { body: { site, ...one, reason, expiresAt } }));
    if (ctx.json) ctx.out(`${JSON.stringify(made)}\n`);
    else
      for (const one of made) {
        const where = [one.endpoint, one.zone, one.name].join(' ');
        ctx.out(
          `${one.rule} does not count at ${where} of ${one.site}, until ${endWords(one.expiresAt, ctx.now())}.\n`,
        );
      }
    return 0;
  },
};

const exclusionRemove: Command = {
  name: 'exclusions remove',
  summary: 'Let a rule count again',
  positionals: [{ name: 'id' }],
  options: [],
  examples: ['sallyport exclusions remove 019aa2c4-7c10-7b90-8f00-2c9a51d0e7f4'],
  async run(ctx, args) {
    await ctx.client()('exclusions.delete', { params: { id: args.positionals[0] ?? '' } });
    ctx.out('The rule counts again.\n');
    return 0;
  },
};

/** Who is kept out, and which rules do not count where. */
export const keepingCommands: readonly Command[] = [
  banList,
  banAdd,
  banLift,
  exclusionList,
  exclusionAdd,
  exclusionRemove,
];
