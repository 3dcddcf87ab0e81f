import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { accessConfig } from '../access/access.ts';
import { auditConfig } from '../audit/audit.ts';
import { SallyportError } from '../core/errors.ts';
import { parseCidr } from '../core/ip.ts';
import { tlsConfig } from '../gateway/gateway.ts';
import { identityConfig } from '../identity/identity.ts';
import { perimeterConfig } from '../perimeter/perimeter.ts';
import { storeConfig } from '../store/store.ts';
import { secretReferencePattern } from './secret-reference.ts';

const configBytesMax = 1024 * 1024;
const problemsMax = 50;

const address = (host: string, port: number) =>
  z
    .strictObject({
      host: z.string().min(1).max(253).default(host).describe('Address to listen on'),
      port: z.number().int().min(0).max(65_535).default(port).describe('Port to listen on; 0 picks a free one'),
    })
    .prefault({});

const cidr = z.string().refine(
  text => {
    try {
      return parseCidr(text) !== undefined;
    } catch {
      return false;
    }
  },
  { error: issue => `want an address or block as "10.0.0.0/8", not "${String(issue.input)}"` },
);

const limits = z
  .strictObject({
    connectionsMax: z.number().int().min(1).max(1_000_000).default(20_000).describe('Open connections at most'),
    connectionsPerNetworkMax: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1000)
      .describe('Open connections from one IPv4 address or IPv6 /64'),
    connectionRatePerS: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(100)
      .describe(
        'New connections a second from one IPv4 address or IPv6 /64; this machine itself has ten times as much',
      ),
    connectionBurst: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(400)
      .describe('New connections at once from one network after a quiet time'),
    handshakeRatePerS: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(30)
      .describe('New TLS handshakes a second from one network; over it connections are closed before TLS begins'),
    handshakeBurst: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(200)
      .describe('TLS handshakes at once from one network after a quiet time'),
    headerBytesMax: z.number().int().min(1024).max(1_048_576).default(32_768).describe('Bytes in a request head'),
    headersTimeoutMs: z.number().int().min(100).max(120_000).default(10_000).describe('Time to send a request head'),
    requestTimeoutMs: z
      .number()
      .int()
      .min(100)
      .max(3_600_000)
      .default(300_000)
      .describe('Time to send a whole request'),
    idleTimeoutMs: z
      .number()
      .int()
      .min(100)
      .max(3_600_000)
      .default(75_000)
      .describe('Time a connection may do nothing'),
    handshakeTimeoutMs: z
      .number()
      .int()
      .min(100)
      .max(60_000)
      .default(10_000)
      .describe('Time to finish the TLS handshake'),
    drainTimeoutMs: z
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(20_000)
      .describe('Time for what is under way when stopping'),
  })
  .prefault({});

/** Every field by itself; what only fits together is checked by `configSchema`. */
export const configFields = z.strictObject({
  profile: z
    .enum(['development', 'staging', 'production'])
    .default('development')
    .describe('How strict the start is; production refuses insecure settings and says each reason'),
  dataDir: z
    .string()
    .min(1)
    .default('./data')
    .describe('Where everything that must survive is kept; relative to the configuration file'),
  listen: address('127.0.0.1', 8443).describe('Where the gate listens (HTTPS)'),
  publicUrl: z
    .string()
    .max(300)
    .refine(isHttpsOrigin, 'want an https origin without path, as "https://gate.example.com"')
    .optional()
    .describe('Origin of the portal and of sign-in as people reach it; default https://localhost and the port'),
  tls: tlsConfig.prefault({}).describe('Certificates'),
  trustedProxies: z
    .array(cidr)
    .max(200)
    .default([])
    .describe("Peers whose forwarding headers are believed; empty: nobody's"),
  forwardAuth: z
    .strictObject({
      peers: z
        .array(cidr)
        .max(200)
        .default([])
        .describe("Proxies of your own that may ask whether a request may pass, by their address; empty: nobody's"),
    })
    .prefault({})
    .describe('For people who keep another proxy in front of their sites: docs/guides/forward-auth.md'),
  hstsMaxAgeS: z
    .number()
    .int()
    .min(0)
    .max(63_072_000)
    .default(0)
    .describe('strict-transport-security in seconds; 0 sends none'),
  limits: limits.describe('Bounds of the listeners'),
  flowLog: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Write a line for every connection, accepted or denied'),
      days: z.number().int().min(1).max(3650).default(30).describe('Days the files are kept'),
      bytesMax: z
        .number()
        .int()
        .min(1_048_576)
        .max(1_099_511_627_776)
        .default(1_073_741_824)
        .describe('Bytes all files may take; beyond, the oldest are removed and the process log says so'),
      dir: z.string().min(1).max(4096).optional().describe('Folder of the files; default: flow in the data directory'),
    })
    .prefault({})
    .describe('The flow log'),
  workers: z
    .number()
    .int()
    .min(0)
    .max(64)
    .default(0)
    .describe('Processes for the data plane; 0 runs it in the main process (more need Linux)'),
  store: storeConfig,
  counters: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('memory').describe('In this process') }),
      z.strictObject({
        kind: z.literal('redis').describe('Shared between nodes'),
        url: z
          .string()
          .regex(secretReferencePattern, 'want env:NAME or file:/path')
          .describe('Where the redis:// or rediss:// address is'),
      }),
    ])
    .default({ kind: 'memory' })
    .describe('Shared counters'),
  audit: auditConfig.prefault({}).describe('The audit log'),
  identity: identityConfig,
  access: accessConfig,
  perimeter: perimeterConfig,
  metrics: address('127.0.0.1', 9464).describe('Private listener for Prometheus'),
  masterKey: z
    .string()
    .regex(secretReferencePattern, 'want env:NAME or file:/path')
    .optional()
    .describe('32 bytes in base64 that seal the vault; default: a file in the data directory, made at the first start'),
  platformLogs: z
    .array(
      z.strictObject({
        site: z.string().min(1).max(40).describe('Name of the site'),
        file: z.string().min(1).max(4096).describe("n8n's own event log: <user folder>/.n8n/n8nEventLog.log"),
      }),
    )
    .max(50)
    .default([])
    .describe('Event logs of platforms on this machine, read for executions that never cross the gate'),
  sampleApp: z.boolean().default(true).describe('Start the bundled sample application while nothing else is protected'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('How much the process log says'),
});

/** The whole configuration file. Every field has a safe default; an unknown one is an error. */
export const configSchema = configFields.superRefine((config, ctx) => {
  for (const [at, hop] of config.perimeter.trustedHops.entries()) {
    if (!hop.authenticatedOrigin || config.tls.originPullCa !== undefined) continue;
    const message =
      'want tls.originPullCa, so that only the network itself is believed; or authenticatedOrigin: false, to believe whoever connects from there';
    ctx.addIssue({ code: 'custom', path: ['perimeter', 'trustedHops', at, 'authenticatedOrigin'], message });
  }
});

export type Config = z.output<typeof configSchema>;

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute; undefined when everything is default. */
  readonly file: string | undefined;
  readonly dataDir: string;
  /** Relative paths in the configuration start here. */
  readonly baseDir: string;
  readonly portalOrigin: string;
}

/** Checks a parsed document. Throws `server.config_invalid` with every problem at once, each with its path. */
export function checkConfig(input: unknown, source: string): Config {
  const result = configSchema.safeParse(input ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue => `${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw invalid(source, problems);
}

/** Reads and checks the file, or all defaults when it is undefined. Relative paths in it start at the file. */
export function loadConfig(file: string | undefined, base: string): LoadedConfig {
  const config = checkConfig(file === undefined ? {} : readYaml(file), file ?? 'defaults');
  const baseDir = file === undefined ? base : path.dirname(file);
  return {
    config,
    file,
    baseDir,
    dataDir: path.resolve(baseDir, config.dataDir),
    portalOrigin: config.publicUrl ?? `https://localhost${config.listen.port === 443 ? '' : `:${config.listen.port}`}`,
  };
}

/** The file to use: the one named, else `sallyport.yaml` in the base folder if it is there. */
export function findConfigFile(named: string | undefined, base: string, cwd: string): string | undefined {
  if (named !== undefined) return path.resolve(cwd, named);
  const usual = path.join(base, 'sallyport.yaml');
  return existsSync(usual) ? usual : undefined;
}

function readYaml(file: string): unknown {
  let text: string;
  try {
    if (statSync(file).size > configBytesMax) throw invalid(file, [`the file is larger than ${configBytesMax} bytes`]);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    throw invalid(file, [`the file cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return parseYaml(text, file);
}

/** YAML 1.2, one document. Throws `server.config_invalid` for a key given twice, an unknown tag, and for aliases or nesting without end. */
export function parseYaml(text: string, source: string): unknown {
  try {
    const document = parseDocument(text, { strict: true, uniqueKeys: true });
    const problems = [...document.errors, ...document.warnings].map(problem => problem.message);
    if (problems.length > 0) throw invalid(source, problems.slice(0, problemsMax));
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    throw invalid(source, [`the file is not usable YAML: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function isHttpsOrigin(text: string): boolean {
  return text.startsWith('https://') && URL.canParse(text) && new URL(text).origin === text;
}

function invalid(source: string, problems: readonly string[]): SallyportError {
  const message = `Cannot use configuration "${source}":\n${problems.map(problem => `  ${problem}`).join('\n')}`;
  return new SallyportError('server.config_invalid', message, { detail: message, extensions: { problems } });
}
