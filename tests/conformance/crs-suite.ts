/**
 * The Core Rule Set's own regression tests, read from where its source package was unpacked, put before our engine: a test passes when the
 * rule it names has, or has not, matched. Tests that ask for a web server's status are left out: they judge the server.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SecEngine } from '../../src/perimeter/seclang/engine.ts';

const input = z.object({
  method: z.string().default('GET'),
  uri: z.coerce.string().default('/'),
  version: z.string().default('HTTP/1.1'),
  protocol: z.string().optional(),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  data: z.union([z.string(), z.array(z.coerce.string()), z.number()]).optional(),
  stop_magic: z.boolean().default(false),
  encoded_request: z.string().optional(),
});
const output = z.object({
  log_contains: z.string().optional(),
  no_log_contains: z.string().optional(),
  status: z.unknown().optional(),
  expect_error: z.boolean().optional(),
});
const file = z.object({
  tests: z
    .array(
      z.object({
        stages: z.array(z.object({ stage: z.object({ input: input.prefault({}), output: output.prefault({}) }) })),
      }),
    )
    .nullable()
    .default([]),
});

export interface SuiteResult {
  readonly passed: number;
  /** How many failed, by family of rules as the suite's folders name them: `APPLICATION-ATTACK-XSS`. */
  readonly failed: ReadonlyMap<string, number>;
  /** Not to be judged from the rules that match. */
  readonly left: number;
}

/** Runs every test below the folder. */
export function runSuite(folder: string, engine: SecEngine): SuiteResult {
  let passed = 0;
  let left = 0;
  const failed = new Map<string, number>();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml'));
  for (const name of names.toSorted()) {
    const family = path.dirname(name).replace(/^[A-Z]+-\d+-/, '');
    // Some of the files repeat a key, and mean the last.
    const content = file.parse(parse(readFileSync(path.join(folder, name), 'utf8'), { uniqueKeys: false }));
    for (const { stage } of (content.tests ?? []).flatMap(test => test.stages)) {
      const { log_contains: wanted, no_log_contains: unwanted } = stage.output;
      if (wanted === undefined && unwanted === undefined) left += 1;
      else if (judge(engine, stage.input, wanted, unwanted)) passed += 1;
      else failed.set(family, (failed.get(family) ?? 0) + 1);
    }
  }
  return { passed, failed, left };
}

type Input = z.infer<typeof input>;

function judge(engine: SecEngine, sent: Input, wanted: string | undefined, unwanted: string | undefined): boolean {
  const ids = new Set(matchedIds(engine, sent));
  const idIn = (text: string) => Number(/\d{6,}/.exec(text)?.[0] ?? Number.NaN);
  return (wanted === undefined || ids.has(idIn(wanted))) && (unwanted === undefined || !ids.has(idIn(unwanted)));
}

/** The rules that match what the test sends. */
export function matchedIds(engine: SecEngine, sent: Input): number[] {
  const request = requestOf(sent);
  const inspection = engine.open({ id: 'test', at: 0, clientIp: '192.0.2.1', ...request });
  inspection.head();
  inspection.body(Buffer.from(request.body, 'latin1'));
  return inspection
    .end()
    .matches.filter(match => match.rule.isLogged)
    .map(match => match.rule.id);
}

interface Request {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

function requestOf(sent: Input): Request {
  if (sent.encoded_request !== undefined)
    return rawRequest(Buffer.from(sent.encoded_request, 'base64').toString('latin1'));
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  const headers = Object.entries(sent.headers).map(([name, value]) => [name, bytes(value)] as const);
  const lines = Array.isArray(sent.data) ? sent.data.join('\r\n') : String(sent.data ?? '');
  let body = bytes(lines);
  const has = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (body !== '' && !sent.stop_magic) {
    if (has('content-type') === undefined) headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
    if (has('content-type') === 'application/x-www-form-urlencoded') body = encodedForm(body);
    if (has('content-length') === undefined) headers.push(['Content-Length', String(body.length)]);
  }
  return { method: sent.method, target: bytes(sent.uri), protocol: sent.version, headers, body };
}

/** A form that has no escape yet is sent in escapes, as the suite's own runner does. */
function encodedForm(body: string): string {
  const isEncoded = /%[0-9a-fA-F]{2}/.test(body);
  const pairs = body.split('&').filter(pair => /^[^=]*=./s.test(pair));
  if (isEncoded || pairs.length === 0) return body;
  const encode = (text: string) =>
    text
      .replaceAll('+', ' ')
      .replace(/[^A-Za-z0-9_.~-]/g, char =>
        char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      );
  return pairs
    .map(pair => `${encode(pair.slice(0, pair.indexOf('=')))}=${encode(pair.slice(pair.indexOf('=') + 1))}`)
    .join('&');
}

function rawRequest(text: string): Request {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const [line = '', ...fields] = head.split(/\r?\n/);
  const [method = '', target = '', protocol = ''] = line.split(' ');
  const headers = fields
    .filter(field => field.includes(':'))
    .map(field => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim()] as const);
  const body = end < 0 ? '' : text.slice(end).replace(/^\r?\n\r?\n/, '');
  return { method, target, protocol, headers, body };
}
