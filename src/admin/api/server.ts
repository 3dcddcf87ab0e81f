import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import { decide } from '../../access/access.ts';
import { SallyportError } from '../../core/errors.ts';
import { operatorPrincipal } from '../../core/events.ts';
import { networkOf } from '../../core/ip.ts';
import type { ControlContext } from '../../gateway/gateway.ts';
import { rates, readText, spend } from '../bounds.ts';
import { findCaller, signInContext } from '../callers.ts';
import type { InputError } from '../client.ts';
import { apiBasePath } from '../client.ts';
import type { Operation } from '../contract/contract.ts';
import { contract } from '../contract/contract.ts';
import type { Route } from '../contract/route.ts';
import { dropCookie, sessionCookie, setCookie } from '../cookies.ts';
import type { AdminDeps } from '../deps.ts';
import { stepUpMs } from '../problems.ts';
import { demandOwnCall } from '../same-origin.ts';
import type { Call, Caller, Handlers } from './handler.ts';
import { demandDecision, denied } from './handler.ts';

/** What Hono hands every route: who asks, as the gateway saw it; absent on the operator's own socket. */
export interface AdminEnv {
  Bindings: { readonly control: ControlContext; readonly isOperator: boolean };
}

export interface ApiDeps extends AdminDeps {
  readonly handlers: Handlers;
}

const bodyBytesMax = 512 * 1024;
const callTimeoutMs = 60_000;

type AnyHandler = (call: Call, input: unknown) => Promise<unknown>;

/**
 * Serves every operation of the contract: origin, rate, session, permission, fresh proof, input, in this order; then the handler, whose
 * answer is held against its schema, so that nothing leaves that the contract does not name.
 */
export function serveContract(app: Hono<AdminEnv>, deps: ApiDeps): void {
  for (const operation of Object.keys(contract) as Operation[]) {
    const route: Route = contract[operation];
    app.on(route.method, `${apiBasePath}${route.path}`, c => serve(deps, operation, c));
  }
}

async function serve(deps: ApiDeps, operation: Operation, c: Context<AdminEnv>): Promise<Response> {
  const route: Route = contract[operation];
  const request = c.req.raw;
  const { control, isOperator } = c.env;
  if (!isOperator) demandOwnCall(request, control.origin);
  const caller: Caller = isOperator ? { kind: 'operator', principal: operatorPrincipal } : await identify(deps, c);
  authorise(caller, operation, route);
  if (route.stepUp && caller.kind === 'person') demandFreshProof(caller.session.authenticatedAt, deps.clock.now());
  const input = await parseInput(route, c);
  const cookies: string[] = [];
  const call: Call = {
    caller,
    context: signInContext(request, control),
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(callTimeoutMs)]),
    setSession: token => cookies.push(token === null ? dropCookie(sessionCookie) : setCookie(sessionCookie, token)),
  };
  // `Handlers` pairs each handler with its own operation; which pair it is cannot be followed through a name known only at run time.
  const result = await (deps.handlers[operation] as AnyHandler)(call, input);
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(JSON.stringify(checkAnswer(operation, route.response, result)), { headers });
}

async function identify(deps: ApiDeps, c: Context<AdminEnv>): Promise<Caller> {
  const { control } = c.env;
  const caller = await findCaller(deps, c.req.raw, control);
  if (caller === undefined) {
    await spend(deps.counters, rates.strangers, networkOf(control.clientIp));
    throw new SallyportError('gateway.unauthenticated', 'Refused: the call has no live session');
  }
  await spend(deps.counters, rates.calls, caller.session.id);
  return caller;
}

function authorise(caller: Caller, operation: Operation, route: Route): void {
  if (caller.kind === 'operator') {
    if (operation.startsWith('me.')) throw denied(operation, 'the local operator is no person with an account.');
    return;
  }
  if (route.need === 'signed_in') return;
  if (route.need === 'operator') throw denied(operation, 'only the command line on the machine itself may do this.');
  demandDecision(
    decide(caller.subject, { permission: route.need, project: undefined }, caller.now, caller.roles),
    route.need,
  );
}

/** RFC 9470: throws `admin.step_up` unless the person proved who they are within the last 15 minutes. */
export function demandFreshProof(authenticatedAt: number, now: number): void {
  // A time in the future (the clock went back) is no proof either.
  if (authenticatedAt <= now && now - authenticatedAt < stepUpMs) return;
  throw new SallyportError('admin.step_up', 'Refused: the last proof is older than 15 minutes', {
    detail: 'This needs a fresh proof: enter your password and code again.',
  });
}

async function parseInput(route: Route, c: Context<AdminEnv>): Promise<unknown> {
  const errors: InputError[] = [];
  const input: Record<string, unknown> = {};
  const take = (part: 'params' | 'query' | 'body', schema: z.ZodObject, value: unknown) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) input[part] = parsed.data;
    else
      for (const issue of parsed.error.issues)
        errors.push({ path: printPath(part, issue.path), message: issue.message });
  };
  if (route.params) take('params', route.params, c.req.param());
  if (route.query) take('query', route.query, readQuery(c.req.raw.url, errors));
  if (route.body) take('body', route.body, await readJson(c.req.raw));
  if (errors.length === 0) return input;
  const shown = errors.slice(0, 100);
  throw new SallyportError('core.invalid_input', `Cannot accept input: ${errors.length} problems`, {
    detail: shown
      .map(error => `${error.path}: ${error.message}`)
      .join('; ')
      .slice(0, 2000),
    extensions: { errors: shown },
  });
}

function printPath(part: string, path: readonly PropertyKey[]): string {
  return [part, ...path.map(String)].join('.');
}

function readQuery(url: string, errors: InputError[]): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URL(url).searchParams) {
    if (query.has(name)) errors.push({ path: `query.${name}`, message: 'given more than once' });
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new SallyportError(
      'core.invalid_input',
      `Cannot read body: content type "${type}", want "application/json"`,
      {
        detail: 'The body must be application/json.',
      },
    );
  }
  const text = await readText(request, bodyBytesMax);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SallyportError('core.invalid_input', 'Cannot read body: it is not JSON', {
      cause,
      detail: 'The body is not JSON.',
    });
  }
}

function checkAnswer(operation: Operation, schema: z.ZodType, result: unknown): unknown {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(issue => `${printPath('response', issue.path)}: ${issue.message}`).join('; ');
  throw new SallyportError('internal', `Cannot answer "${operation}": the result does not fit the contract: ${where}`);
}
