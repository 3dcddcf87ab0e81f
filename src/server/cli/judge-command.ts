import { createReadStream } from 'node:fs';
import path from 'node:path';
import { SallyportError } from '../../core/errors.ts';
import type { FirewallPolicy, Judgement } from '../../perimeter/perimeter.ts';
import { compileFields, createFirewall, detectors, ruleTitle } from '../../perimeter/perimeter.ts';
import type { Platform } from '../../platforms/platforms.ts';
import { createPlatforms, platformIds } from '../../platforms/platforms.ts';
import type { Command } from './command.ts';
import { usage } from './command.ts';
import { placeOf, printScores } from './perimeter-commands.ts';
import { printTable } from './table.ts';

const bytesMax = 16 * 1024 * 1024;
const bodyPart = 16_384;

/** One request as it stands in a file. */
interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/**
 * Reads a request as RFC 9112 writes it: request line, header fields, an empty line, the body. Lines may end in LF alone, as editors write
 * them; a `Content-Length` cuts what stands behind the body. Throws `server.usage`.
 */
export function parseRawRequest(raw: Buffer): RawRequest {
  const end = /\r?\n\r?\n/.exec(raw.toString('latin1'));
  const head = raw.toString('latin1', 0, end?.index ?? raw.length).replace(/\r?\n$/, '');
  const [first = '', ...lines] = head.split(/\r?\n/);
  const line = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(first);
  if (line === null) throw unreadable(`first line "${first.slice(0, 80)}": want it as "POST /path HTTP/1.1"`);
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const field of lines) {
    const colon = field.indexOf(':');
    if (colon < 1) throw unreadable(`header "${field.slice(0, 80)}": want it as "name: value"`);
    const name = field.slice(0, colon).trim().toLowerCase();
    const value = field.slice(colon + 1).trim();
    const held = headers[name];
    headers[name] = held === undefined ? value : [held, value].flat();
  }
  if (headers['transfer-encoding'] !== undefined)
    throw unreadable('header "transfer-encoding": want the body itself, without chunks');
  const body = raw.subarray(end === null ? raw.length : end.index + end[0].length);
  const length = Number(headers['content-length'] ?? body.length);
  return {
    method: line[1] ?? '',
    target: line[2] ?? '',
    headers,
    body: Number.isSafeInteger(length) ? body.subarray(0, length) : body,
  };
}

/** Judges a request without a running Sallyport; 1 when it would be stopped. */
export const judgeCommand: Command = {
  name: 'judge',
  summary: 'Ask the firewall about a raw HTTP request in a file (- for stdin), without a running Sallyport',
  positionals: [{ name: 'file' }],
  options: [
    { name: 'paranoia', describe: 'Level of paranoia (default 1)', choices: ['1', '2', '3', '4'] },
    { name: 'threshold', describe: 'Points in one category that stop a request (default 5)' },
    { name: 'site-platform', describe: 'What it is sent to (default generic)', choices: platformIds },
    {
      name: 'action',
      describe: 'Judge as from a person who may do this, as workflow.update: fields may hold their code',
    },
  ],
  examples: [
    'sallyport judge request.txt',
    'sallyport judge save.txt --site-platform n8n --action workflow.update --paranoia 2',
  ],
  async run(ctx, args) {
    const threshold = args.option('threshold') ?? '5';
    if (!/^[1-9]\d{0,2}$/.test(threshold)) throw usage(judgeCommand, `--threshold is "${threshold}"; want 1 to 100`);
    const platform = createPlatforms().get(platformIds.find(one => one === args.option('site-platform')) ?? 'generic');
    if (platform === undefined) throw usage(judgeCommand, 'this platform is not known');
    const action = args.option('action');
    if (action !== undefined && platform.authored[action] === undefined) {
      const known = Object.keys(platform.authored).join(', ') || 'none';
      throw usage(
        judgeCommand,
        `no field of ${platform.id} is an author's own for "${action}"; actions that have some: ${known}`,
      );
    }
    const file = args.positionals[0] ?? '';
    const request = parseRawRequest(await read(file === '-' ? '/dev/stdin' : path.resolve(ctx.cwd, file), file));
    const policy: FirewallPolicy = {
      ...{ mode: 'block', threshold: Number(threshold), exclusions: [], inspectBytesMax: null },
      paranoia: ([1, 2, 3, 4] as const).find(one => String(one) === args.option('paranoia')) ?? 1,
    };
    const result = judge(request, { platform, policy, action, nowMs: ctx.now() });
    ctx.out(ctx.json ? `${JSON.stringify(result)}\n` : print(result, policy.threshold));
    return result.verdict === 'block' ? 1 : 0;
  },
};

interface Judging {
  readonly platform: Platform;
  readonly policy: FirewallPolicy;
  readonly action: string | undefined;
  readonly nowMs: number;
}

interface Result {
  readonly verdict: 'pass' | 'block';
  readonly action: string;
  readonly endpoint: string;
  readonly authored: number;
  readonly parts: readonly { readonly phase: 'path' | 'head' | 'body'; readonly judgement: Judgement }[];
}

/** The path first, then the head, then (only when those pass) the body, as the gate does. */
function judge(request: RawRequest, { platform, policy, action, nowMs }: Judging): Result {
  const { body, headers, method, target } = request;
  const canonical = platform.canonicalise(target);
  if (!canonical.ok) {
    const problem = { kind: 'malformed', detail: canonical.reason } as const;
    const judgement: Judgement = { verdict: 'block', scores: {}, matches: [], authored: 0, problem };
    return {
      verdict: 'block',
      action: 'request',
      endpoint: 'unknown',
      authored: 0,
      parts: [{ phase: 'path', judgement }],
    };
  }
  const { path: where, query } = canonical;
  const { action: named, endpoint } = platform.classify({ method, path: where, query, upgrade: false });
  const firewall = createFirewall({ detectors });
  const head = firewall.inspectHead({ method, path: where, query, headers }, policy, { endpoint, nowMs });
  const parts: { phase: 'head' | 'body'; judgement: Judgement }[] = [{ phase: 'head', judgement: head }];
  if (head.verdict === 'pass' && body.length > 0) {
    const authored = action === undefined ? undefined : compileFields(platform.authored[action] ?? []);
    const start = {
      method,
      contentType: one(headers['content-type']),
      contentEncoding: one(headers['content-encoding']),
    };
    const inspection = firewall.openBody(start, policy, { endpoint, authored, nowMs });
    for (let at = 0; at < body.length; at += bodyPart) inspection.feed(body.subarray(at, at + bodyPart));
    parts.push({ phase: 'body', judgement: inspection.end() });
  }
  const isStopped = parts.some(({ judgement }) => judgement.verdict === 'block');
  const authored = parts.reduce((sum, { judgement }) => sum + judgement.authored, 0);
  return { verdict: isStopped ? 'block' : 'pass', action: named, endpoint, authored, parts };
}

function print({ action, authored, endpoint, parts, verdict }: Result, threshold: number): string {
  const lines = [
    `Verdict   ${verdict === 'block' ? 'STOPPED' : 'passes'}`,
    `Action    ${action} at ${endpoint}`,
    ...(authored === 0 ? [] : [`Author's  ${authored} values passed as the author's own work`]),
  ];
  for (const { judgement, phase } of parts) {
    const name = `${phase.slice(0, 1).toUpperCase()}${phase.slice(1)}`.padEnd(10);
    if (judgement.problem === undefined) lines.push(`${name}${printScores(judgement.scores)} (stops at ${threshold})`);
    else lines.push(`${name}cannot be read in one way: ${judgement.problem.detail}`);
  }
  const rows = parts.flatMap(({ judgement }) =>
    judgement.matches.map(match => [
      ...[match.rule, String(match.points), placeOf(match.place)],
      ...[match.excerpt, `looks like ${ruleTitle(match.rule)}`],
    ]),
  );
  const table = rows.length === 0 ? '' : `\n${printTable(['RULE', 'POINTS', 'PLACE', 'PART', 'WHAT'], rows)}`;
  return `${lines.join('\n')}\n${table}`;
}

const one = (value: string | string[] | undefined): string | undefined => [value].flat()[0];

async function read(file: string, given: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    const message = `Cannot read "${given}": want a file with a raw HTTP request`;
    throw new SallyportError('server.usage', message, { detail: message, cause });
  }
  if (bytes > bytesMax) throw unreadable(`"${given}": it has more than ${bytesMax / 1024 ** 2} MiB`);
  return Buffer.concat(chunks);
}

function unreadable(what: string): SallyportError {
  const message = `Cannot read the request, ${what}`;
  return new SallyportError('server.usage', message, { detail: message });
}
