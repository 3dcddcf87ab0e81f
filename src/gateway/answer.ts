import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { constants } from 'node:http2';
import type { ErrorCode } from '../core/errors.ts';
import { errorCodes } from '../core/errors.ts';
import { pagePolicy, refusalPage } from './answer-page.ts';
import type { Denial, Exchange, ShortAnswer } from './exchange.ts';
import { isNavigation } from './exchange.ts';

const own: readonly string[] = [
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
  'referrer-policy',
  'same-origin',
  'x-frame-options',
  'DENY',
];

/** What people are told beyond the title, where there is something they can do. */
const advice: Partial<Record<ErrorCode, string>> = {
  'gateway.forbidden': 'Your account has no permission for this. Ask an administrator for a role in the project.',
  'gateway.upstream_unavailable': 'It may be starting or being updated. Try again in a moment.',
  'gateway.upstream_timeout': 'It may be busy. Try again in a moment.',
  'gateway.overloaded': 'Try again in a moment.',
  'gateway.not_recording': 'The gate cannot record requests right now, so it lets none through. Try again in a moment.',
  'gateway.unknown_site': 'Check the address.',
  'perimeter.banned': 'If this is your own network, give the incident number to whoever runs this gate.',
  'perimeter.country_refused': 'If you are travelling, ask whoever runs this gate to let you in.',
  'perimeter.rate_limited': 'Wait a moment, then try again.',
};

/**
 * A refusal as its reader wants it: a calm page for a person who opens one, otherwise RFC 9457 problem+json. Shows the title of the code,
 * the hint and the request id, never the reason.
 */
export function refusalAnswer(
  exchange: Exchange,
  denial: Pick<Denial, 'code' | 'hint' | 'headers' | 'extensions'>,
): ShortAnswer {
  const { status, title } = errorCodes[denial.code];
  const headers = [...own, ...(denial.headers ?? [])];
  const hint = denial.hint ?? advice[denial.code];
  if (denial.extensions === undefined && isNavigation(exchange)) {
    headers.push('content-type', 'text/html; charset=utf-8', 'content-security-policy', pagePolicy);
    return { kind: 'answer', status, headers, body: refusalPage(exchange, { code: denial.code, hint }) };
  }
  headers.push('content-type', 'application/problem+json');
  const detail = hint === undefined ? {} : { detail: hint };
  const problem = { type: `/.sallyport/errors#${denial.code}`, title, status, code: denial.code, ...detail };
  // The number an operator finds the incident by.
  const incident = denial.code.startsWith('perimeter.') ? { incident: exchange.requestId } : {};
  const whole = { ...denial.extensions, ...problem, ...incident, requestId: exchange.requestId };
  return { kind: 'answer', status, headers, body: JSON.stringify(whole) };
}

/** 303 to another page of the gate (RFC 9110 section 15.4.4). */
export function redirectAnswer(location: string): ShortAnswer {
  return { kind: 'answer', status: 303, headers: [...own, 'location', location], body: '' };
}

export function jsonAnswer(status: number, value: unknown, headers: readonly string[] = []): ShortAnswer {
  const all = [...own, 'content-type', 'application/json', ...headers];
  return { kind: 'answer', status, headers: all, body: JSON.stringify(value) };
}

/** Sends a short answer, once: on the connection itself for a WebSocket handshake. A client that has left gets nothing. */
export function send(exchange: Exchange, answer: ShortAnswer): void {
  const body = Buffer.from(answer.body);
  const isBodiless = exchange.inbound.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  const headers = [...answer.headers, 'x-request-id', exchange.requestId];
  if (answer.status !== 204) headers.push('content-length', String(body.length));
  exchange.status = answer.status;
  if (!isBodiless) exchange.bytesOut = body.length;
  if (exchange.socket !== undefined) return sendRaw(exchange, answer.status, headers, body);
  if (!('res' in exchange.inbound)) return;
  const { res } = exchange.inbound;
  if (res.headersSent || res.destroyed || res.writableEnded) return;
  writeHead(exchange, answer.status, headers);
  if (isBodiless) res.end();
  else res.end(body);
}

/** Writes a response head from names and values in turn, for either protocol version. */
export function writeHead(exchange: Exchange, status: number, headers: string[]): void {
  if (!('res' in exchange.inbound)) return;
  const { res, httpVersion } = exchange.inbound;
  if (httpVersion === '2') (res as Http2ServerResponse).writeHead(status, byName(headers));
  else (res as ServerResponse).writeHead(status, headers);
}

/**
 * Ends an answer that will not come to its end so that the client cannot take it for whole: a closed connection, or a stream reset with an
 * error (RFC 9113 section 8.1).
 */
export function breakOff(exchange: Exchange): void {
  if (!('res' in exchange.inbound)) return;
  const { res } = exchange.inbound;
  if ('stream' in res) res.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else res.destroy();
}

/** HTTP/2 wants one member per name; only Set-Cookie may not be joined (RFC 9110 section 5.3). */
function byName(headers: readonly string[]): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (let at = 0; at < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    const value = headers[at + 1] ?? '';
    const before = all[name];
    if (before === undefined) all[name] = value;
    else if (name === 'set-cookie') all[name] = Array.isArray(before) ? [...before, value] : [before, value];
    else all[name] = `${String(before)}, ${value}`;
  }
  return all;
}

function sendRaw(exchange: Exchange, status: number, headers: readonly string[], body: Buffer): void {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\nconnection: close\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  exchange.socket?.end(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body]));
}
