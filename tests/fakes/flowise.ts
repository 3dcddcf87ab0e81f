/** A fake Flowise made from the recorded contracts of 3.1: one account, chatflows, predictions, credentials. */
import { randomUUID } from 'node:crypto';
import { type Answer, cookieOf, type FakeServer, objectOf, type SeenRequest, startFakeServer } from './http.ts';
import { fakeToken } from './n8n-state.ts';

export interface FakeFlowiseState {
  owner: { email: string; password: string; name: string } | undefined;
  readonly tokens: Set<string>;
  readonly chatflows: Map<string, { readonly id: string; name: string; flowData: string; deployed: boolean }>;
  readonly credentials: Map<string, { readonly id: string; name: string }>;
  readonly executions: { readonly id: string; readonly chatflowId: string }[];
}

export interface FakeFlowise extends FakeServer {
  readonly state: FakeFlowiseState;
}

/** Starts a fake Flowise on a free port. Session cookies count only with `x-request-from: internal`; predictions are open to anybody. */
export async function startFakeFlowise(
  options: { owner?: { email: string; password: string } } = {},
): Promise<FakeFlowise> {
  const state: FakeFlowiseState = {
    owner: options.owner && { ...options.owner, name: 'Owner' },
    tokens: new Set(),
    chatflows: new Map(),
    credentials: new Map(),
    executions: [],
  };
  const server = await startFakeServer({ answer: request => answer(state, request) });
  return { ...server, state };
}

function answer(state: FakeFlowiseState, request: SeenRequest): Answer {
  const { pathname } = new URL(request.target, 'http://fake');
  const segments = pathname.split('/').filter(segment => segment !== '');
  if (segments.slice(0, 2).join('/').toLowerCase() !== 'api/v1')
    return { body: '<!DOCTYPE html><html><title>Flowise</title></html>' };
  const [kind = '', id, verb] = segments.slice(2);
  const open = answerOpen(state, request, `${request.method} ${[kind, id].join('/').toLowerCase()}`, id);
  if (open) return open;
  const token = cookieOf(request.headers, 'token');
  const isSignedIn = token !== undefined && state.tokens.has(token) && request.headers['x-request-from'] === 'internal';
  if (!isSignedIn) return { status: 401, body: { error: 'Unauthorized Access' } };
  if (kind.toLowerCase() === 'chatflows') return chatflows(state, request, id);
  if (kind.toLowerCase() === 'credentials') return credentials(state, request, id, verb);
  if (kind.toLowerCase() === 'executions') return { body: { data: state.executions, total: state.executions.length } };
  if (kind.toLowerCase() === 'internal-prediction' && id !== undefined) return predict(state, request, id);
  return { status: 404, body: { statusCode: 404, success: false, message: 'Not found' } };
}

function answerOpen(
  state: FakeFlowiseState,
  request: SeenRequest,
  route: string,
  id: string | undefined,
): Answer | undefined {
  const json = objectOf(request.body);
  switch (route) {
    case 'GET ping/':
      return { headers: { 'content-type': 'text/plain' }, body: 'pong' };
    case 'GET version/':
      return { body: { version: '3.1.4' } };
    case 'GET settings/':
      return { body: { PLATFORM_TYPE: 'open source' } };
    case 'POST auth/resolve':
      return { body: { redirectUrl: state.owner ? '/signin' : '/organization-setup' } };
    case 'POST account/register':
      return register(state, json);
    case 'POST account/logout':
      state.tokens.delete(cookieOf(request.headers, 'token') ?? '');
      return { body: { message: 'logged out' } };
    case 'POST auth/login':
      return signIn(state, json, request.headers['x-forwarded-proto'] === 'https');
    case 'POST auth/refreshtoken':
      if (!state.tokens.has(cookieOf(request.headers, 'refreshToken') ?? ''))
        return { status: 401, body: 'Unauthorized' };
      return { body: { id: 'owner', email: state.owner?.email, name: state.owner?.name, isOrganizationAdmin: true } };
    default:
      return request.method === 'POST' && route.startsWith('POST prediction/') && id !== undefined
        ? predict(state, request, id)
        : undefined;
  }
}

function register(state: FakeFlowiseState, json: Record<string, unknown>): Answer {
  if (state.owner)
    return { status: 400, body: { statusCode: 400, success: false, message: 'You can only have one organization' } };
  const user = json.user as { name: string; email: string; credential: string };
  state.owner = { email: user.email, password: user.credential, name: user.name };
  return { status: 201, body: { user: { id: 'owner', name: user.name, email: user.email } } };
}

function signIn(state: FakeFlowiseState, json: Record<string, unknown>, isBehindTls: boolean): Answer {
  if (!state.owner || json.email !== state.owner.email || json.password !== state.owner.password) {
    return { status: 401, body: { statusCode: 401, success: false, message: 'Incorrect Email or Password' } };
  }
  const token = fakeToken();
  state.tokens.add(token);
  const cookies = [`token=${token}`, `refreshToken=${token}`, ...(isBehindTls ? [`connect.sid=s%3A${token}`] : [])];
  return {
    headers: { 'set-cookie': cookies.map(cookie => `${cookie}; Path=/; HttpOnly; Secure; SameSite=Lax`) },
    body: { id: 'owner', email: state.owner.email, name: state.owner.name, isOrganizationAdmin: true, permissions: [] },
  };
}

function chatflows(state: FakeFlowiseState, request: SeenRequest, id: string | undefined): Answer {
  const json = objectOf(request.body);
  if (id === undefined && request.method === 'POST') {
    const made = {
      id: randomUUID(),
      name: String(json.name),
      flowData: String(json.flowData),
      deployed: json.deployed === true,
    };
    state.chatflows.set(made.id, made);
    return { body: made };
  }
  if (id === undefined) return { body: [...state.chatflows.values()] };
  const found = state.chatflows.get(id);
  if (!found) return { status: 404, body: { statusCode: 404, success: false, message: `Chatflow ${id} not found` } };
  if (request.method === 'PUT' && typeof json.name === 'string') found.name = json.name;
  if (request.method !== 'DELETE') return { body: found };
  state.chatflows.delete(id);
  return { body: { raw: [], affected: 1 } };
}

function credentials(
  state: FakeFlowiseState,
  request: SeenRequest,
  id: string | undefined,
  verb: string | undefined,
): Answer {
  const json = objectOf(request.body);
  if (id === undefined && request.method === 'POST') {
    const made = { id: randomUUID(), name: String(json.name) };
    state.credentials.set(made.id, made);
    return { body: made };
  }
  if (id === undefined) return { body: [...state.credentials.values()] };
  const found = state.credentials.get(id);
  if (!found) return { status: 404, body: { message: 'Not found' } };
  if (request.method === 'DELETE') state.credentials.delete(id);
  return { body: verb === 'reveal' ? { ...found, plainDataObj: {} } : found };
}

function predict(state: FakeFlowiseState, request: SeenRequest, id: string): Answer {
  if (!state.chatflows.has(id))
    return { status: 404, body: { statusCode: 404, success: false, message: `Chatflow ${id} not found` } };
  const execution = { id: randomUUID(), chatflowId: id };
  state.executions.push(execution);
  const text = `echo: ${String(objectOf(request.body).question)}`;
  return {
    body: {
      text,
      question: objectOf(request.body).question,
      chatId: randomUUID(),
      chatMessageId: randomUUID(),
      executionId: execution.id,
    },
  };
}
