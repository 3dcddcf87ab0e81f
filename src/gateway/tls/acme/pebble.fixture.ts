import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { createAuthority, issueServerCertificate } from '../authority.ts';

/** A real ACME server (Debian package "pebble") that looks names up at a responder of our own, and validates for real. */
export interface Pebble extends AsyncDisposable {
  readonly directoryUrl: string;
  /** PEM file of the authority behind the directory address. */
  readonly caFile: string;
  /** The roots it signs under, as it tells on its management port. */
  rootPem(): Promise<string>;
  readonly output: () => string;
}

interface PebbleOptions {
  readonly folder: string;
  readonly listenPort: number;
  /** Where it validates. */
  readonly httpPort: number;
  readonly tlsPort: number;
  /** Per cent of nonces it refuses for no reason. */
  readonly nonceReject?: number;
  readonly externalAccount?: { readonly keyId: string; readonly macKey: string };
  /** Names that do not exist. */
  readonly unknownNames?: ReadonlySet<string>;
  /** Names below these are refused by policy. */
  readonly refusedNames?: readonly string[];
}

/** Whether the package is installed. */
export const hasPebble = (): Promise<boolean> =>
  promisify(execFile)('sh', ['-c', 'command -v pebble']).then(
    () => true,
    () => false,
  );

export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const folder = await mkdtemp(join(options.folder, 'pebble-'));
  const managementPort = await freePort();
  const authority = createAuthority(['localhost', '127.0.0.1'], Date.now());
  const own = issueServerCertificate(authority, ['localhost', '127.0.0.1'], Date.now());
  const fileOf = (name: string) => join(folder, name);
  await writeFile(fileOf('own.pem'), own.certPem);
  await writeFile(fileOf('own.key'), own.keyPem);
  await writeFile(fileOf('ca.pem'), authority.certPem);
  const { externalAccount } = options;
  const config = {
    listenAddress: `127.0.0.1:${options.listenPort}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: fileOf('own.pem'),
    privateKey: fileOf('own.key'),
    httpPort: options.httpPort,
    tlsPort: options.tlsPort,
    ocspResponderURL: '',
    externalAccountBindingRequired: externalAccount !== undefined,
    ...(externalAccount && { externalAccountMACKeys: { [externalAccount.keyId]: externalAccount.macKey } }),
    retryAfter: { authz: 1, order: 1 },
    domainBlocklist: options.refusedNames ?? [],
  };
  await writeFile(fileOf('config.json'), JSON.stringify({ pebble: config }));
  const names = await startNames(options.unknownNames ?? new Set());
  const child = spawn('pebble', ['-config', fileOf('config.json'), '-dnsserver', `127.0.0.1:${names.port}`], {
    env: {
      PATH: '/usr/bin:/bin',
      PEBBLE_VA_NOSLEEP: '1',
      PEBBLE_AUTHZREUSE: '0',
      PEBBLE_WFE_NONCEREJECT: String(options.nonceReject ?? 0),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      output = (output + piece.toString()).slice(-100_000);
    });
  const agent = new Agent({ connect: { ca: authority.certPem } });
  const get = async (url: string) => {
    const answer = await request(url, { dispatcher: agent, signal: AbortSignal.timeout(5000) });
    return answer.body.text();
  };
  const directoryUrl = `https://localhost:${options.listenPort}/dir`;
  await untilAnswers(
    child,
    () => get(directoryUrl),
    () => output,
  );
  return {
    directoryUrl,
    caFile: fileOf('ca.pem'),
    rootPem: () => get(`https://localhost:${managementPort}/roots/0`),
    output: () => output,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
      await agent.destroy();
      await names.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function untilAnswers(child: ChildProcess, ask: () => Promise<string>, output: () => string): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    if (
      await ask().then(
        () => true,
        () => false,
      )
    )
      return;
    await setTimeout(50);
  }
  throw new Error(`Cannot start pebble: ${output()}`);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('Cannot find a port: want a TCP address');
  return address.port;
}

/** A name server (RFC 1035) that knows one thing: every name is 127.0.0.1, but for those that do not exist. */
async function startNames(unknown: ReadonlySet<string>): Promise<{ port: number; close(): Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => socket.send(answerTo(query, unknown), peer.port, peer.address));
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, close: () => new Promise(resolve => socket.close(() => resolve())) };
}

function answerTo(query: Buffer, unknown: ReadonlySet<string>): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(
      query
        .subarray(at + 1, at + 1 + length)
        .toString('latin1')
        .toLowerCase(),
    );
    at += 1 + length;
  }
  const question = query.subarray(12, at + 5);
  const isUnknown = unknown.has(labels.join('.'));
  const isAddress = query.readUInt16BE(at + 1) === 1 && !isUnknown;
  const head = Buffer.from([0, 0, 0x81, isUnknown ? 0x83 : 0x80, 0, 1, 0, isAddress ? 1 : 0, 0, 0, 0, 0]);
  query.copy(head, 0, 0, 2);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([head, question, ...(isAddress ? [record] : [])]);
}

/** A folder that goes with the test. */
export async function testFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-acme-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
