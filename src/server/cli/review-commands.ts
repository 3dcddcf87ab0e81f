import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CliContext, Command } from './command.ts';
import { usage } from './command.ts';
import { findPerson, findProject } from './find.ts';
import { printTable, printTime } from './table.ts';

const dayMs = 86_400_000;

const elevations: Command = {
  name: 'elevations',
  summary: 'List roles that were borrowed for a time',
  positionals: [],
  options: [{ name: 'state', describe: 'Which', choices: ['open', 'active', 'past', 'all'] }],
  examples: ['sallyport elevations --state open'],
  async run(ctx, args) {
    const state = (['open', 'active', 'past', 'all'] as const).find(one => one === args.option('state')) ?? 'all';
    const { elevations: found } = await ctx.client()('elevations.list', { query: { state } });
    if (ctx.json) ctx.out(`${JSON.stringify(found)}\n`);
    else {
      const rows = found.map(one => [
        ...[one.email, one.roleName, one.projectName ?? 'everywhere', one.state, one.reason],
        ...[one.expiresAt === null ? '' : printTime(one.expiresAt), one.id],
      ]);
      ctx.out(printTable(['E-MAIL', 'ROLE', 'PROJECT', 'STATE', 'REASON', 'UNTIL', 'ID'], rows));
    }
    return 0;
  },
};

const approve: Command = {
  name: 'elevation approve',
  summary: 'Approve what somebody asked for',
  positionals: [{ name: 'id' }],
  options: [{ name: 'comment', describe: 'Why' }],
  examples: ['sallyport elevation approve 01a1…'],
  async run(ctx, args) {
    const params = { id: args.positionals[0] ?? '' };
    const done = await ctx.client()('elevations.approve', { params, body: { comment: args.option('comment') ?? '' } });
    ctx.out(`${done.email} is ${done.roleName} until ${printTime(done.expiresAt ?? 0)}.\n`);
    return 0;
  },
};

const deny: Command = {
  name: 'elevation deny',
  summary: 'Deny what somebody asked for',
  positionals: [{ name: 'id' }, { name: 'comment' }],
  options: [],
  examples: ['sallyport elevation deny 01a1… "ask again tomorrow"'],
  async run(ctx, args) {
    const [id = '', comment = ''] = args.positionals;
    const done = await ctx.client()('elevations.deny', { params: { id }, body: { comment } });
    ctx.out(`The elevation of ${done.email} is denied.\n`);
    return 0;
  },
};

const end: Command = {
  name: 'elevation end',
  summary: 'End an elevation early',
  positionals: [{ name: 'id' }],
  options: [],
  examples: ['sallyport elevation end 01a1…'],
  async run(ctx, args) {
    const done = await ctx.client()('elevations.end', { params: { id: args.positionals[0] ?? '' } });
    ctx.out(`The elevation of ${done.email} has ended.\n`);
    return 0;
  },
};

const reviews: Command = {
  name: 'reviews',
  summary: 'List access reviews',
  positionals: [],
  options: [],
  examples: ['sallyport reviews'],
  async run(ctx) {
    const { campaigns } = await ctx.client()('reviews.list', { query: {} });
    if (ctx.json) ctx.out(`${JSON.stringify(campaigns)}\n`);
    else {
      const rows = campaigns.map(one => [
        ...[one.name, one.scopeName, one.state, printTime(one.dueAt)],
        ...[String(one.kept), String(one.revoked), String(one.open), one.id],
      ]);
      ctx.out(printTable(['NAME', 'SCOPE', 'STATE', 'DUE', 'KEPT', 'REVOKED', 'OPEN', 'ID'], rows));
    }
    return 0;
  },
};

const reviewCreate: Command = {
  name: 'review create',
  summary: 'Begin an access review',
  positionals: [{ name: 'name' }],
  options: [
    { name: 'scope', describe: 'What it looks at (default all)', choices: ['all', 'project', 'global_roles', 'keys'] },
    { name: 'project', describe: 'With --scope project: name or id' },
    { name: 'reviewer', multiple: true, describe: 'E-mail address of a reviewer' },
    { name: 'days', describe: 'Due in so many days (default 14)' },
    {
      name: 'unanswered',
      describe: 'What becomes of items without an answer (default keep)',
      choices: ['keep', 'revoke'],
    },
  ],
  examples: ['sallyport review create "Fourth quarter" --reviewer ada@example.com --days 14 --unanswered revoke'],
  async run(ctx, args) {
    const client = ctx.client();
    const days = Number(args.option('days') ?? 14);
    if (!Number.isInteger(days) || days < 1 || days > 365) throw usage(reviewCreate, '--days wants 1 to 365');
    const reviewers: string[] = [];
    for (const email of args.options('reviewer')) reviewers.push((await findPerson(client, email)).id);
    if (reviewers.length === 0) throw usage(reviewCreate, '--reviewer is missing');
    const campaign = await client('reviews.create', {
      body: {
        ...{ name: args.positionals[0] ?? '', reviewers, dueAt: ctx.now() + days * dayMs },
        unanswered: args.option('unanswered') === 'revoke' ? 'revoke' : 'keep',
        scope: await readScope(ctx, args.option('scope') ?? 'all', args.option('project')),
      },
    });
    const made = `Review "${campaign.name}" lists ${campaign.items} items; due ${printTime(campaign.dueAt)}.\n`;
    ctx.out(ctx.json ? `${JSON.stringify(campaign)}\n` : made);
    return 0;
  },
};

async function readScope(ctx: CliContext, kind: string, project: string | undefined) {
  if (kind === 'global_roles' || kind === 'keys') return { kind } as const;
  if (kind !== 'project') return { kind: 'all' } as const;
  if (project === undefined) throw usage(reviewCreate, '--project is missing');
  return { kind, project: (await findProject(ctx.client(), project)).id } as const;
}

const reviewClose: Command = {
  name: 'review close',
  summary: 'Close a review now; what has no answer lapses as it says',
  positionals: [{ name: 'id' }],
  options: [],
  examples: ['sallyport review close 01a1…'],
  async run(ctx, args) {
    const one = await ctx.client()('reviews.close', { params: { id: args.positionals[0] ?? '' } });
    ctx.out(`Review "${one.name}" is closed: ${one.kept} kept, ${one.revoked} revoked. SHA-256 ${one.sha256}\n`);
    return 0;
  },
};

const reviewExport: Command = {
  name: 'review export',
  summary: 'Write the evidence of a closed review to a file',
  positionals: [{ name: 'id' }, { name: 'file' }],
  options: [{ name: 'format', describe: 'csv or json (default csv)', choices: ['csv', 'json'] }],
  examples: ['sallyport review export 01a1… evidence.csv'],
  async run(ctx, args) {
    const [id = '', file = ''] = args.positionals;
    const format = args.option('format') === 'json' ? 'json' : 'csv';
    const { sha256, text } = await ctx.client()('reviews.export', { params: { id }, query: { format } });
    // Evidence is not written over.
    writeFileSync(path.resolve(ctx.cwd, file), text, { flag: 'wx', mode: 0o600 });
    ctx.out(`Written to "${file}". SHA-256 ${sha256}\n`);
    return 0;
  },
};

const orphans: Command = {
  name: 'orphans',
  summary: 'List keys, projects and grants that nobody answers for, and people not seen for long',
  positionals: [],
  options: [],
  examples: ['sallyport orphans'],
  async run(ctx) {
    const found = await ctx.client()('access.orphans');
    if (ctx.json) ctx.out(`${JSON.stringify(found)}\n`);
    else {
      const rows = [
        ...found.keys.map(key => ['key', `${key.name} (${key.prefix})`, key.reason]),
        ...found.projects.map(project => ['project', project.name, project.reason]),
        ...found.grants.map(grant => ['grant', grant.id, grant.reason]),
        ...found.inactive.map(one => [
          ...['person', one.email],
          one.lastSeenAt === null ? 'never seen' : `last seen ${printTime(one.lastSeenAt)}`,
        ]),
      ];
      ctx.out(rows.length === 0 ? 'Everything has an owner.\n' : printTable(['KIND', 'WHAT', 'WHY'], rows));
    }
    return 0;
  },
};

export const reviewCommands: readonly Command[] = [
  elevations,
  approve,
  deny,
  end,
  reviews,
  reviewCreate,
  reviewClose,
  reviewExport,
  orphans,
];
