import { z } from 'zod';
import { SallyportError } from '../core/errors.ts';
import type { ControlContext, ControlHandler } from '../gateway/gateway.ts';

/** Carries what a worker's gateway knows of a control request over the local socket, which only Sallyport itself can open. */
const contextHeader = 'x-sallyport-context';
const controlTimeoutMs = 30_000;

const contextShape = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  requestId: z.string().min(1).max(100),
  clientIp: z.string().max(64),
  origin: z.url({ protocol: /^https?$/ }),
  site: z.string().max(200).optional(),
});

/** A control handler in a worker: what it is asked goes to the main process. The client's own copy of the context header is overwritten. */
export function controlOver(fetch: (url: string, init: RequestInit) => Promise<Response>): ControlHandler {
  return async (request, context) => {
    const headers = new Headers(request.headers);
    headers.set(contextHeader, Buffer.from(JSON.stringify({ ...context, url: request.url })).toString('base64url'));
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(controlTimeoutMs)]);
    return fetch(request.url, { method: request.method, headers, body, signal });
  };
}

/** The request as the worker's gateway saw it, with its context. Throws `core.invalid_input` on anything that a worker would not send. */
export function readContext(received: Request): { request: Request; context: ControlContext } {
  const { url, site, ...rest } = parseContext(received.headers.get(contextHeader));
  const headers = new Headers(received.headers);
  headers.delete(contextHeader);
  headers.delete('host');
  const hasBody = received.method !== 'GET' && received.method !== 'HEAD';
  return {
    request: new Request(url, {
      method: received.method,
      headers,
      signal: received.signal,
      ...(hasBody ? { body: received.body, duplex: 'half' } : {}),
    }),
    context: { ...rest, site },
  };
}

function parseContext(text: string | null): z.output<typeof contextShape> {
  try {
    return contextShape.parse(JSON.parse(Buffer.from(text ?? '', 'base64url').toString()));
  } catch (cause) {
    throw new SallyportError(
      'core.invalid_input',
      'Cannot read the context of a control request: want what a worker sends',
      {
        cause,
      },
    );
  }
}
