/**
 * The typed client of the control-plane API, derived from the contract: what portal and CLI call. It holds no server code, so it runs in
 * a browser as it does in Node.
 */
import type { ErrorCode, Problem } from '../core/errors.ts';
import type { Operation, OperationInput, OperationOutput } from './contract/contract.ts';
import { contract } from './contract/contract.ts';
import type { Route } from './contract/route.ts';

export type { OperationInput, OperationOutput };

/** Where the API stands below an origin. */
export const apiBasePath = '/.sallyport/api/v1';

/** Every unsafe call carries this header: a page of another origin cannot send it without asking first. */
export const csrfHeader = 'sallyport-csrf';

/** One thing wrong with an input: where (`body.name`) and what was wanted. */
export interface InputError {
  readonly path: string;
  readonly message: string;
}

/** What the API answered instead of a result (RFC 9457). Decide on `code`, show `title` and `detail`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;
  /** For `core.invalid_input`: every problem at once. */
  readonly errors: readonly InputError[];
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`);
    this.code = problem.code;
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.requestId = problem.requestId;
    this.errors = Array.isArray(problem['errors']) ? problem['errors'].filter(isInputError) : [];
    this.problem = problem;
  }
}

/** True when the value is an ApiProblem, with that code if one is given. */
export function isApiProblem(error: unknown, code?: ErrorCode): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}

export interface ClientOptions {
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Origin of the control plane; the browser's own when left out. */
  readonly baseUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one call may take, 30 s when left out. */
  readonly timeoutMs?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

type EmptyQuery<O extends Operation> =
  OperationInput<O> extends { readonly query: infer Q }
    ? Record<string, never> extends Q
      ? Omit<OperationInput<O>, 'query'> & { readonly query?: Q }
      : OperationInput<O>
    : OperationInput<O>;

/** `OperationInput`, where a `query` of which nothing is required may be left out. */
export type CallInput<O extends Operation> = EmptyQuery<O>;

type Arguments<O extends Operation> =
  Record<string, never> extends CallInput<O>
    ? [input?: CallInput<O>, options?: CallOptions]
    : [input: CallInput<O>, options?: CallOptions];

/**
 * Calls one operation. Throws `ApiProblem` for every answer that is not a success, and for no answer at all (`server.not_running`); a
 * call stopped through its signal rejects with the signal's reason. The result is typed by the contract and not checked again.
 */
export type Client = <O extends Operation>(operation: O, ...rest: Arguments<O>) => Promise<OperationOutput<O>>;

export function createClient(options: ClientOptions = {}): Client {
  const send = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  return async (operation, ...[input, call]) => {
    const route: Route = contract[operation];
    const given = (input ?? {}) as Given;
    const timeout = AbortSignal.timeout(call?.timeoutMs ?? options.timeoutMs ?? 30_000);
    const url = `${options.baseUrl ?? ''}${apiBasePath}${fillPath(route.path, given.params)}${queryText(given.query)}`;
    const init: RequestInit = {
      method: route.method,
      headers: headersFor(route, options.headers),
      credentials: 'same-origin',
      redirect: 'error',
      signal: call?.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
      ...(route.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    };
    const response = await send(url, init).catch((error: unknown) => {
      throw call?.signal?.aborted ? error : unreachable(error);
    });
    // The contract types the answer; the server's tests prove that what it sends parses by the same schema.
    return (await readAnswer(response)) as OperationOutput<typeof operation>;
  };
}

interface Given {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Puts parameters into a route's path, one segment each; throws when one is missing or would climb. */
export function fillPath(path: string, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = params[name];
    if (typeof value !== 'string' || value === '' || value === '.' || value === '..') {
      throw new TypeError(`Cannot call "${path}": parameter "${name}" must be a text that can stand in a path`);
    }
    return encodeURIComponent(value);
  });
}

function queryText(query: Readonly<Record<string, unknown>> = {}): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      text.set(name, `${value}`);
  }
  const printed = text.toString();
  return printed === '' ? '' : `?${printed}`;
}

function headersFor(route: Route, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    ...extra,
    accept: 'application/json, application/problem+json',
    ...(route.method === 'GET' ? {} : { [csrfHeader]: '1' }),
    ...(route.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

async function readAnswer(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body;
  if (isProblem(body)) throw new ApiProblem(body);
  throw new ApiProblem({
    type: 'about:blank',
    title: 'The answer could not be read',
    status: response.status,
    code: 'internal',
    detail: `Sallyport answered with status ${response.status} and no problem document.`,
  });
}

function unreachable(cause: unknown): ApiProblem {
  const problem = new ApiProblem({
    type: 'about:blank',
    title: 'Sallyport does not answer',
    status: 503,
    code: 'server.not_running',
    detail: 'The connection failed or took too long.',
  });
  problem.cause = cause;
  return problem;
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'title' in value &&
    typeof value.title === 'string' &&
    'status' in value &&
    typeof value.status === 'number'
  );
}

function isInputError(value: unknown): value is InputError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    typeof value.path === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
