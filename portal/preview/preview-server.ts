import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Operation } from '../../src/admin/contract/contract.ts';
import { contract } from '../../src/admin/contract/contract.ts';
import type { Route } from '../../src/admin/contract/route.ts';
import { createPortalFiles } from '../../src/admin/portal-files.ts';
import { SallyportError, toProblem } from '../../src/core/errors.ts';
import { createMockApi } from './mock-api.ts';

const apiBase = '/.sallyport/api/v1';
const portalBase = '/.sallyport/portal/';
const files = createPortalFiles(path.join(import.meta.dirname, '..', 'dist'));

/** Serves the built portal under the policy of the real server, and answers the contract from memory. Loopback only. */
export async function startPreview(port: number): Promise<{ origin: string; server: Server }> {
  const api = createMockApi(Date.now());
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    const answer = url.pathname.startsWith(apiBase) ? answerApi(api, req, url) : answerFile(url.pathname);
    answer.then(
      response => send(res, response),
      (error: unknown) => res.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function answerFile(pathname: string): Promise<Response> {
  if (!pathname.startsWith(portalBase)) return new Response('Not of the portal', { status: 404 });
  const found = (await files.find(pathname.slice(portalBase.length))) ?? (await files.index());
  return found ?? new Response('Build the portal first: npm run build --workspace portal', { status: 503 });
}

async function answerApi(api: ReturnType<typeof createMockApi>, req: IncomingMessage, url: URL): Promise<Response> {
  try {
    const { operation, route, params } = match(req.method ?? 'GET', url.pathname.slice(apiBase.length));
    if (route.method !== 'GET' && req.headers['sallyport-csrf'] !== '1')
      throw new SallyportError('admin.csrf', 'No header');
    if (route.stepUp && !api.isProved()) throw new SallyportError('admin.step_up', 'Sample');
    const query = parse(route.query, 'query', Object.fromEntries(url.searchParams));
    const body = route.body ? parse(route.body, 'body', JSON.parse(await text(req))) : {};
    const handler = api.answers[operation] as ((given: object) => unknown) | undefined;
    if (handler === undefined) throw new SallyportError('admin.not_found', 'No sample');
    return Response.json(route.response.parse(handler({ params, query, body })));
  } catch (error) {
    const problem = toProblem(error, '01995b3e-7c10-7b90-8f00-2c9a51d0e7f4');
    if (problem.code === 'internal') process.stderr.write(`${String(error)}\n`);
    return Response.json(problem, { status: problem.status, headers: { 'content-type': 'application/problem+json' } });
  }
}

function match(
  method: string,
  pathname: string,
): { operation: Operation; route: Route; params: Record<string, string> } {
  for (const [operation, route] of Object.entries<Route>(contract)) {
    const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const found = route.method === method ? pattern.exec(pathname) : null;
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { operation: operation as Operation, route, params: Object.fromEntries(params) as Record<string, string> };
  }
  throw new SallyportError('admin.not_found', `No operation "${method} ${pathname}"`);
}

function parse(schema: Route['query'], part: string, value: unknown): unknown {
  const parsed = schema?.safeParse(value);
  if (parsed === undefined) return value;
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(issue => ({
    path: [part, ...issue.path.map(String)].join('.'),
    message: issue.message,
  }));
  throw new SallyportError('core.invalid_input', 'Sample', { extensions: { errors } });
}

async function send(res: ServerResponse, response: Response): Promise<void> {
  const headers = Object.fromEntries(response.headers);
  const policy = headers['content-security-policy'];
  // Stricter than the real policy where the portal already keeps it: no data: images, and no text may become markup or script.
  if (policy !== undefined) {
    headers['content-security-policy'] =
      `${policy.replace(' data:', '')}; require-trusted-types-for 'script'; trusted-types 'none'`;
  }
  res.writeHead(response.status, headers).end(Buffer.from(await response.arrayBuffer()));
}
