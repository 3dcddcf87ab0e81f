import path from 'node:path';
import { SallyportError } from '../../core/errors.ts';
import type { FlowRecord } from '../../gateway/gateway.ts';
import { readFlows } from '../../gateway/gateway.ts';
import { findConfigFile, loadConfig } from '../config.ts';
import { flowSettings } from '../flow-side.ts';
import { parseTime } from './audit-commands.ts';
import type { CliContext, Command } from './command.ts';
import { usage } from './command.ts';
import { printTable, printTime } from './table.ts';

const limitDefault = 1000;
const limitMax = 1_000_000;

/** Reads the files of the flow log: it works without a running Sallyport, and while one writes. */
export function flowCommands(base: string): readonly Command[] {
  const flows: Command = {
    name: 'flows',
    summary: 'Show the connections that were accepted and denied',
    positionals: [],
    options: [
      { name: 'since', describe: 'From when: 15m, 24h, 7d or a time (default 1h)' },
      { name: 'until', describe: 'Until when' },
      { name: 'address', describe: 'From which address or block: 192.0.2.7 or 2001:db8::/32' },
      { name: 'verdict', describe: 'How they ended up', choices: ['accepted', 'denied', 'lost'] },
      { name: 'limit', describe: `The newest so many lines, 1 to ${limitMax} (default ${limitDefault})` },
      { name: 'dir', describe: 'Folder of a flow log, instead of the one in the configuration' },
    ],
    examples: ['sallyport flows --since 1h --address 192.0.2.7', 'sallyport flows --verdict denied --json'],
    async run(ctx, args) {
      const limit = Number(args.option('limit') ?? limitDefault);
      if (!Number.isInteger(limit) || limit < 1 || limit > limitMax)
        throw usage(flows, `--limit is "${args.option('limit')}"; want a number from 1 to ${limitMax}`);
      const until = args.option('until');
      const [address, verdict] = [args.option('address'), args.option('verdict')];
      const query = {
        since: parseTime(args.option('since') ?? '1h', ctx.now()),
        until: until === undefined ? Number.MAX_SAFE_INTEGER : parseTime(until, ctx.now()),
        ...(address === undefined ? {} : { address }),
        ...(verdict === undefined ? {} : { verdict }),
      };
      const newest = await newestOf(readFlows(folderOf(ctx, base, args.option('dir')), query), limit);
      if (ctx.json) ctx.out(newest.map(record => `${JSON.stringify(record)}\n`).join(''));
      else ctx.out(printTable(headings, newest.map(row)));
      return 0;
    },
  };
  return [flows];
}

function folderOf(ctx: CliContext, base: string, dir: string | undefined): string {
  if (dir !== undefined) return path.resolve(ctx.cwd, dir);
  const settings = flowSettings(loadConfig(findConfigFile(ctx.configFile, base, ctx.cwd), base));
  if (settings !== undefined) return settings.dir;
  const message = 'Cannot read the flow log: flowLog.enabled is false; name a folder with --dir';
  throw new SallyportError('server.usage', message, { detail: message });
}

/** By time; holds no more than twice what is asked for, however long the log is. */
async function newestOf(records: AsyncIterable<FlowRecord>, limit: number): Promise<FlowRecord[]> {
  let kept: FlowRecord[] = [];
  const cut = () => kept.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).slice(-limit);
  for await (const record of records) {
    kept.push(record);
    if (kept.length >= limit * 2) kept = cut();
  }
  return cut();
}

const headings = [
  'TIME',
  'VERDICT',
  'REASON',
  'ADDRESS',
  'PORT',
  'TLS',
  'NAME',
  'IN',
  'OUT',
  'REQUESTS',
  'MS',
  'COUNT',
];

function row(record: FlowRecord): string[] {
  const { address, bytesIn, bytesOut, count, durationMs, port, reason, requests, sni, time, tls, verdict } = record;
  const figures = [bytesIn, bytesOut, requests, durationMs, count].map(String);
  return [printTime(Date.parse(time)), verdict, reason, address, String(port), tls ?? '', sni ?? '', ...figures];
}
