/** A reverse proxy on loopback that remembers what went through it: the head and body of each request, and the platform's answer. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { CorpusEntry, CorpusPart, CorpusRequest, CorpusSite } from '../corpus.ts';

/** What the requests of this moment are. */
export interface Scene {
  readonly class: string;
  readonly who: CorpusEntry['who'];
  /** `split` puts each kind of request into one part, by its path. */
  readonly part: CorpusPart | 'split';
}

export interface Recorder extends AsyncDisposable {
  readonly url: string;
  /** From now on requests belong to this; null records nothing. */
  scene: Scene | null;
  /** Entries of one part in the order of their arrival, and how many were left out because the platform refused them. */
  entries(part: CorpusPart): CorpusEntry[];
  readonly refused: Map<string, number>;
}

/** Headers that belong to the hop, or that the one who replays sets. */
const leftOut = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'keep-alive',
  'sec-websocket-key',
]);
const repeatsMax = 3;

export interface RecorderOptions {
  /** Stands in the records where the loopback address was. */
  readonly publicHost: string;
  /** The parts that are recorded: what is `split` is spread over these. */
  readonly parts: readonly CorpusPart[];
}

/** Starts the proxy before a platform. */
export async function startRecorder(
  site: CorpusSite,
  upstream: string,
  { publicHost, parts }: RecorderOptions,
): Promise<Recorder> {
  const kept: { part: CorpusPart; entry: CorpusEntry }[] = [];
  const seen = new Map<string, number>();
  const refused = new Map<string, number>();
  const recorder = { scene: null as Scene | null };
  const server = createServer((req, res) => {
    const { scene } = recorder;
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      const out = httpRequest(
        new URL(req.url ?? '/', upstream),
        { method: req.method, headers: req.headers },
        answer => {
          res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
          answer.pipe(res);
          if (scene !== null) keep(scene, req, body, answer.statusCode ?? 0);
        },
      );
      out.on('error', () => res.destroy());
      out.end(body);
    });
  });
  server.on('upgrade', (req, socket, head) => {
    const out = httpRequest(new URL(req.url ?? '/', upstream), { headers: req.headers });
    out.on('upgrade', (answer, far, farHead) => {
      const lines = answer.rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
      socket.write(farHead);
      far.write(head);
      far.pipe(socket).on('error', () => far.destroy());
      socket.pipe(far).on('error', () => socket.destroy());
    });
    out.on('error', () => socket.destroy());
    out.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot start the recorder');
  const own = `127.0.0.1:${address.port}`;

  function keep(scene: Scene, req: IncomingMessage, bytes: Buffer, status: number): void {
    const target = (req.url ?? '/').replaceAll(own, publicHost);
    const shape = `${scene.class} ${req.method} ${target.replace(/\?.*/s, '').replace(/[0-9a-f-]{20,}|\b[\w-]{14,}\b|\d+/gi, '*')}`;
    if (status >= 400) {
      refused.set(`${shape} ${status}`, (refused.get(`${shape} ${status}`) ?? 0) + 1);
      return;
    }
    const digest = createHash('sha256').update(`${req.method} ${target}`).update(bytes).digest('hex');
    if (seen.has(digest)) return;
    seen.set(digest, 1);
    const isRead = bytes.length === 0;
    const count = (seen.get(shape) ?? 0) + 1;
    seen.set(shape, count);
    if (isRead && scene.who === 'editor' && count > repeatsMax) return;
    const request = describe(req, target, bytes, [own, publicHost]);
    const part = scene.part === 'split' ? parts[digest.charCodeAt(0) % parts.length] : scene.part;
    if (part === undefined) return;
    const entry = {
      id: `${site}-${digest.slice(0, 16)}`,
      class: scene.class,
      kind: 'honest',
      site,
      who: scene.who,
      request,
      note: shape,
    } as const;
    kept.push({ part, entry });
  }

  return Object.assign(recorder, {
    url: `http://${own}`,
    refused,
    entries: (part: CorpusPart) => kept.filter(one => one.part === part).map(one => one.entry),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function describe(
  req: IncomingMessage,
  target: string,
  bytes: Buffer,
  [own, publicHost]: readonly [string, string],
): CorpusRequest {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < req.rawHeaders.length; at += 2) {
    const [name, value] = [req.rawHeaders[at] ?? '', req.rawHeaders[at + 1] ?? ''];
    if (leftOut.has(name.toLowerCase())) continue;
    headers.push([
      name.toLowerCase(),
      value.replaceAll(`http://${own}`, `https://${publicHost}`).replaceAll(own, publicHost),
    ]);
  }
  const head = { method: req.method ?? 'GET', target, headers };
  if (bytes.length === 0) return head;
  const text = bytes.toString().replaceAll(`http://${own}`, `https://${publicHost}`);
  return Buffer.from(bytes.toString()).equals(bytes)
    ? { ...head, body: text }
    : { ...head, bodyBase64: bytes.toString('base64') };
}
