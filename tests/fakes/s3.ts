import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import aws4 from 'aws4';

const skewMsMax = 15 * 60_000;

/** A bucket on loopback that answers as S3 does, and checks every signature with an independent signer. */
export interface FakeS3 extends AsyncDisposable {
  readonly bucketUrl: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly objects: Map<string, Buffer>;
  /** `METHOD key status`, in order. */
  readonly answered: string[];
  /** The next requests are answered SlowDown and not carried out. */
  throttle(count: number): void;
  /** The next requests are carried out and their connection is then cut before the answer. */
  cutAfter(count: number): void;
  /** What the bucket believes the time is. */
  setClock(now: () => number): void;
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

interface State {
  readonly objects: Map<string, Buffer>;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly pageMax: number;
  now: () => number;
}

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

/** Starts the bucket on a free loopback port. `pageMax` makes listings come in small pages. */
export async function startFakeS3(options: { pageMax?: number; sessionToken?: string } = {}): Promise<FakeS3> {
  const state: State = {
    objects: new Map(),
    bucket: 'archive',
    region: 'eu-central-1',
    accessKeyId: 'AKIAFAKEFAKEFAKEFAKE',
    secretAccessKey: 'fake/secret+key/of/the/tests',
    sessionToken: options.sessionToken,
    pageMax: options.pageMax ?? 1000,
    now: Date.now,
  };
  const answered: string[] = [];
  let throttled = 0;
  let cut = 0;
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const problem =
      throttled > 0 ? { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' } : undefined;
    if (problem) throttled--;
    const reply = problem ? toReply(problem) : (checkRequest(state, req, body) ?? act(state, req, body));
    answered.push(`${req.method} ${keyOf(state, req)} ${reply.status}`);
    if (!problem && cut > 0) {
      cut--;
      req.socket.destroy();
      return;
    }
    res.writeHead(reply.status, { 'x-amz-request-id': 'FAKE0000000000', ...reply.headers }).end(reply.body ?? '');
  };
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot listen: want a port');
  return {
    bucketUrl: `http://127.0.0.1:${address.port}/${state.bucket}/`,
    region: state.region,
    accessKeyId: state.accessKeyId,
    secretAccessKey: state.secretAccessKey,
    objects: state.objects,
    answered,
    throttle: count => {
      throttled = count;
    },
    cutAfter: count => {
      cut = count;
    },
    setClock: now => {
      state.now = now;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function checkRequest(state: State, req: IncomingMessage, body: Buffer): Reply | undefined {
  const problem = checkSignature(state, req) ?? checkPayload(req, body);
  return problem && toReply(problem);
}

function checkSignature(state: State, req: IncomingMessage): Problem | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=(?<id>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/s3\/aws4_request, SignedHeaders=(?<names>[a-z0-9;-]+), Signature=[0-9a-f]{64}$/;
  const parts = pattern.exec(req.headers.authorization ?? '')?.groups;
  if (!parts) return { status: 403, code: 'AccessDenied', message: 'Access Denied' };
  const { id, day, region, names = '' } = parts;
  if (id !== state.accessKeyId) {
    return {
      status: 403,
      code: 'InvalidAccessKeyId',
      message: 'The AWS Access Key Id you provided does not exist in our records.',
    };
  }
  if (header(req, 'x-amz-security-token') !== (state.sessionToken ?? '')) {
    return { status: 400, code: 'InvalidToken', message: 'The provided token is malformed or otherwise invalid.' };
  }
  const date = header(req, 'x-amz-date');
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(state.now() - at) <= skewMsMax)) {
    return {
      status: 403,
      code: 'RequestTimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
    };
  }
  if (region !== state.region || day !== date.slice(0, 8)) {
    return { status: 400, code: 'AuthorizationHeaderMalformed', message: `expecting '${state.region}'` };
  }
  const signed = names.split(';');
  // Everything that changes the meaning must be covered: S3 refuses unsigned x-amz-* headers.
  const required = ['host', ...Object.keys(req.headers).filter(name => name.startsWith('x-amz-'))];
  const unsigned = required.filter(name => !signed.includes(name));
  if (unsigned.length > 0) {
    return {
      status: 403,
      code: 'AccessDenied',
      message: `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
    };
  }
  const headers = Object.fromEntries(signed.map(name => [name, header(req, name)]));
  const request = {
    host: header(req, 'host'),
    path: req.url ?? '',
    method: req.method ?? '',
    service: 's3',
    region,
    headers,
  };
  const expected = aws4.sign(request, state).headers['Authorization'];
  if (expected === req.headers.authorization) return undefined;
  return {
    status: 403,
    code: 'SignatureDoesNotMatch',
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  };
}

function checkPayload(req: IncomingMessage, body: Buffer): Problem | undefined {
  const hash = createHash('sha256').update(body);
  const checksum = header(req, 'x-amz-checksum-sha256');
  if (checksum !== '' && checksum !== hash.copy().digest('base64')) {
    return {
      status: 400,
      code: 'BadDigest',
      message: 'The SHA256 you specified did not match the calculated checksum.',
    };
  }
  if (header(req, 'x-amz-content-sha256') !== hash.digest('hex')) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    return { status: 400, code: 'XAmzContentSHA256Mismatch', message };
  }
  return undefined;
}

function act(state: State, req: IncomingMessage, body: Buffer): Reply {
  const key = keyOf(state, req);
  const url = new URL(req.url ?? '', 'http://s3');
  if (!url.pathname.startsWith(`/${state.bucket}/`)) {
    return toReply({ status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist' });
  }
  if (req.method === 'GET' && key === '' && url.searchParams.get('list-type') === '2')
    return list(state, url.searchParams);
  const found = state.objects.get(key);
  if (req.method === 'GET') {
    if (!found) return toReply({ status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' });
    const checksum = createHash('sha256').update(found).digest('base64');
    const headers = header(req, 'x-amz-checksum-mode') === 'ENABLED' ? { 'x-amz-checksum-sha256': checksum } : {};
    return { status: 200, headers: { 'content-type': 'application/octet-stream', ...headers }, body: found };
  }
  if (req.method === 'PUT') {
    if (found && header(req, 'if-none-match') === '*') {
      const message = 'At least one of the pre-conditions you specified did not hold';
      return toReply({ status: 412, code: 'PreconditionFailed', message });
    }
    state.objects.set(key, body);
    return { status: 200, headers: { etag: `"${createHash('md5').update(body).digest('hex')}"` } };
  }
  if (req.method === 'DELETE') {
    state.objects.delete(key);
    return { status: 204 };
  }
  return toReply({
    status: 405,
    code: 'MethodNotAllowed',
    message: 'The specified method is not allowed against this resource.',
  });
}

function list(state: State, query: URLSearchParams): Reply {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('start-after') ?? '';
  const count = Math.min(Number(query.get('max-keys') ?? 1000), state.pageMax);
  const keys = [...state.objects.keys()].filter(key => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, count);
  const contents = page.map(
    key =>
      `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${state.objects.get(key)?.length ?? 0}</Size></Contents>`,
  );
  const head = `<Name>${state.bucket}</Name><EncodingType>url</EncodingType><KeyCount>${page.length}</KeyCount>`;
  const truncated = `<IsTruncated>${keys.length > page.length}</IsTruncated>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${head}${truncated}${contents.join('')}</ListBucketResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function toReply({ status, code, message }: Problem): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>FAKE0000000000</RequestId></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function keyOf(state: State, req: IncomingMessage): string {
  const { pathname } = new URL(req.url ?? '', 'http://s3');
  return decodeURIComponent(pathname.slice(state.bucket.length + 2));
}

function header(req: IncomingMessage, name: string): string {
  const value = req.headers[name] ?? '';
  return Array.isArray(value) ? value.join(',') : value;
}
