import path from 'node:path';
import type { OperationOutput } from '../../admin/client.ts';
import { verifyLog } from '../../audit/audit.ts';
import { SallyportError } from '../../core/errors.ts';
import type { CliContext, Command } from './command.ts';
import { printTable, printTime } from './table.ts';

type Event = OperationOutput<'audit.search'>['events'][number];

const verifyTimeoutMs = 600_000;

const filters = ['principal', 'action', 'type', 'resource', 'site'] as const;

/** Reads `90s`, `15m`, `24h`, `7d`, or an ISO 8601 time, as epoch milliseconds. Throws `server.usage`. */
export function parseTime(text: string, now: number): number {
  const relative = /^(\d{1,6})([smhd])$/.exec(text);
  if (relative) {
    const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[relative[2] ?? 's'] ?? 1000;
    return now - Number(relative[1]) * unitMs;
  }
  const absolute = Date.parse(text);
  if (Number.isNaN(absolute)) {
    const message = `Cannot read time "${text}": want 15m, 24h, 7d, or a time as 2026-11-22T10:00:00Z`;
    throw new SallyportError('server.usage', message, { detail: message });
  }
  return absolute;
}

const search: Command = {
  name: 'audit search',
  summary: 'Search the audit log, newest first',
  positionals: [],
  options: [
    { name: 'since', describe: 'From when: 15m, 24h, 7d or a time' },
    { name: 'until', describe: 'Until when' },
    { name: 'principal', describe: 'Who: id or part of the name' },
    { name: 'action', describe: 'What was done: workflow.update or workflow.*' },
    { name: 'type', describe: 'Type of event: session.opened' },
    { name: 'resource', describe: 'To what: id, part of the name, or kind:id' },
    { name: 'site', describe: 'On which site' },
    { name: 'outcome', describe: 'How it went', choices: ['success', 'failure', 'denied'] },
    { name: 'important', flag: true, describe: 'Leave out successful reads' },
    { name: 'limit', describe: 'How many at most, 1 to 500 (default 50)' },
  ],
  examples: [
    'sallyport audit search --since 24h --outcome denied',
    'sallyport audit search --principal ada@ --action "workflow.*"',
  ],
  async run(ctx, args) {
    const query: { limit: number; [filter: string]: string | number } = { limit: Number(args.option('limit') ?? 50) };
    for (const filter of filters) {
      const value = args.option(filter);
      if (value !== undefined) query[filter] = value;
    }
    const [since, until, outcome] = [args.option('since'), args.option('until'), args.option('outcome')];
    if (since !== undefined) query['from'] = parseTime(since, ctx.now());
    if (until !== undefined) query['to'] = parseTime(until, ctx.now());
    if (outcome !== undefined) query['outcome'] = outcome;
    if (args.flag('important')) query['importantOnly'] = 'true';
    const { events } = await ctx.client()('audit.search', { query });
    if (ctx.json) ctx.out(events.map(event => `${JSON.stringify(event)}\n`).join(''));
    else
      ctx.out(
        printTable(['SEQ', 'TIME', 'OUTCOME', 'WHO', 'ACTION', 'RESOURCE', 'SITE', 'TYPE', 'WHY'], events.map(row)),
      );
    return 0;
  },
};

function row(event: Event): string[] {
  const resource = event.resource ? (event.resource.name ?? `${event.resource.kind}:${event.resource.id}`) : '';
  return [
    String(event.seq),
    printTime(event.time),
    event.outcome,
    event.principal.name,
    event.action,
    resource,
    event.site ?? '',
    event.type,
    why(event),
  ];
}

/** Which layer refused, and its reason. */
function why({ outcome, data }: Event): string {
  if (outcome === 'success') return '';
  return [data['layer'], data['reason']].filter(part => typeof part === 'string').join(': ');
}

const verify: Command = {
  name: 'audit verify',
  summary: 'Read the whole audit log again and check every hash',
  positionals: [],
  options: [
    {
      name: 'dir',
      describe: 'Folder of one node (data/audit/node-1, or a copy): checks it here, without a running Sallyport',
    },
  ],
  examples: ['sallyport audit verify', 'sallyport audit verify --dir /backup/audit/node-1'],
  async run(ctx, args) {
    const dir = args.option('dir');
    const result =
      dir === undefined
        ? await ctx.client()('audit.verify', {}, { timeoutMs: verifyTimeoutMs })
        : await verifyHere(ctx, dir);
    if (ctx.json) ctx.out(`${JSON.stringify(result)}\n`);
    else if (result.ok)
      ctx.out(
        `The log verifies: ${result.records} records in ${result.segments} segments, ${result.firstSeq} to ${result.lastSeq}.\nHead: ${result.head}\n`,
      );
    else ctx.out(`The log does NOT verify:\n${result.problems.map(problem => `  ${problem}`).join('\n')}\n`);
    return result.ok ? 0 : 1;
  },
};

function verifyHere(ctx: CliContext, dir: string) {
  const folder = path.resolve(ctx.cwd, dir);
  return verifyLog({ dir: folder, node: path.basename(folder), signal: AbortSignal.timeout(verifyTimeoutMs) });
}

export const auditCommands: readonly Command[] = [search, verify];
