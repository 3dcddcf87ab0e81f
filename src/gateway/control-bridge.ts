import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { breakOff, writeHead } from './answer.ts';
import type { Denial, Exchange } from './exchange.ts';
import { originOf } from './exchange.ts';
import type { ControlContext, ControlHandler } from './gateway.ts';
import { announcedLength, bodyTooLarge } from './proxy/body.ts';
import { isForeignHeader } from './proxy/request-headers.ts';
import type { Recorder } from './recorder.ts';

/** What a page or call of the gate itself may send. */
export const controlBodyBytesMax = 256 * 1024;

export interface ControlBridgeDeps {
  readonly control: ControlHandler;
  readonly log: Log;
  readonly recorder: Pick<Recorder, 'finish'>;
  readonly refuse: (exchange: Exchange, denial: Denial) => void;
}

const internal: Denial = { kind: 'deny', code: 'internal', reason: 'the control plane failed', type: 'internal' };

/**
 * Carries an exchange to the control plane as a Web Request and its Response back, streamed at the client's pace. Headers that speak for
 * proxies stay behind: who asks and from where is in the context. Never throws; the exchange is finished when it resolves.
 */
export async function askControl(exchange: Exchange, deps: ControlBridgeDeps): Promise<void> {
  const left = new AbortController();
  if ('res' in exchange.inbound) exchange.inbound.res.once('close', () => left.abort());
  try {
    const body = await readBody(exchange);
    const request = new Request(`${originOf(exchange)}${exchange.inbound.target}`, {
      method: exchange.inbound.method,
      headers: requestHeaders(exchange),
      signal: left.signal,
      ...(body === undefined ? {} : { body }),
    });
    await answer(exchange, await deps.control(request, contextOf(exchange)), left.signal);
    deps.recorder.finish(exchange);
  } catch (error) {
    settle(exchange, { error, hasLeft: left.signal.aborted }, deps);
  }
}

/** What the gate itself says of a control request. */
export function contextOf(exchange: Exchange): ControlContext {
  return {
    requestId: exchange.requestId,
    clientIp: exchange.clientIp,
    origin: originOf(exchange),
    site: exchange.site?.policy.name,
  };
}

function settle(exchange: Exchange, end: { error: unknown; hasLeft: boolean }, deps: ControlBridgeDeps): void {
  const res = 'res' in exchange.inbound ? exchange.inbound.res : undefined;
  if (end.error instanceof SallyportError && end.error.code === bodyTooLarge.code)
    return deps.refuse(exchange, bodyTooLarge);
  if (end.hasLeft) {
    exchange.status = 499;
    deps.recorder.finish(exchange);
    return;
  }
  deps.log.error('gateway.control_failed', { requestId: exchange.requestId, error: end.error });
  if (res?.headersSent !== true) return deps.refuse(exchange, internal);
  breakOff(exchange);
  deps.recorder.finish(exchange);
}

async function readBody(exchange: Exchange): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { req } = exchange.inbound;
  const length = announcedLength(exchange);
  if (length === 'none' || exchange.inbound.method === 'GET' || exchange.inbound.method === 'HEAD') return undefined;
  if (length !== undefined && length > controlBodyBytesMax) throw tooLarge();
  const chunks: Buffer[] = [];
  for await (const chunk of req as Readable) {
    chunks.push(chunk as Buffer);
    exchange.bytesIn += (chunk as Buffer).length;
    if (exchange.bytesIn > controlBodyBytesMax) throw tooLarge();
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function tooLarge(): SallyportError {
  return new SallyportError('gateway.body_too_large', `Cannot read body: want at most ${controlBodyBytesMax} bytes`);
}

function requestHeaders(exchange: Exchange): Headers {
  const { rawHeaders } = exchange.inbound.req;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const lower = name.toLowerCase();
    if (lower === 'cookie' || !isForeignHeader(name)) headers.append(name, rawHeaders[at + 1] ?? '');
  }
  return headers;
}

async function answer(exchange: Exchange, response: Response, left: AbortSignal): Promise<void> {
  if (!('res' in exchange.inbound)) return;
  const { res } = exchange.inbound;
  const headers: string[] = [];
  for (const [name, value] of response.headers) if (!isForeignHeader(name)) headers.push(name, value);
  if (!response.headers.has('x-request-id')) headers.push('x-request-id', exchange.requestId);
  exchange.status = response.status;
  writeHead(exchange, response.status, headers);
  if (exchange.inbound.method === 'HEAD' || response.body === null) {
    await response.body?.cancel();
    res.end();
    return;
  }
  for await (const chunk of response.body) {
    exchange.bytesOut += chunk.length;
    if (!(res as NodeJS.WritableStream).write(chunk)) await once(res, 'drain', { signal: left });
  }
  res.end();
}
