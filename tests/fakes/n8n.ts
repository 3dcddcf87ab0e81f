/** A fake n8n made from the recorded contracts of 2.41: enough for people to sign in, build, run and hook. */
import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import { type Answer, cookieOf, type FakeServer, objectOf, type SeenRequest, startFakeServer } from './http.ts';
import { answerAccounts } from './n8n-accounts.ts';
import { actorFields, addUser, createN8nState, type FakeN8nState, type FakeUser, writeEventLog } from './n8n-state.ts';
import { answerWork } from './n8n-work.ts';

export interface FakeN8n extends FakeServer {
  readonly state: FakeN8nState;
  /** Writes one event to the event log file, when there is one. */
  readonly tell: (eventName: string, payload: Record<string, unknown>) => void;
  /** Every open push connection gets this text. */
  readonly push: (text: string) => void;
}

export interface FakeContext {
  readonly state: FakeN8nState;
  readonly baseUrl: string;
  readonly user: FakeUser | undefined;
  readonly method: string;
  /** Path segments; routing ignores their case, parameters keep it. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly json: Record<string, unknown>;
  readonly body: string;
  /** Writes to the event log as this user. */
  readonly tell: (eventName: string, payload: Record<string, unknown>) => void;
}

/**
 * Starts a fake n8n on a free port. `owner` claims it at once. `eventLogFile` gets the lines n8n would write. The version is in the page,
 * `/metrics` is open and routing ignores case, as on the real one.
 */
export async function startFakeN8n(
  options: { owner?: { email: string; password: string }; eventLogFile?: string; starting?: boolean } = {},
): Promise<FakeN8n> {
  const state = createN8nState();
  state.starting = options.starting ?? false;
  if (options.owner) addUser(state, { ...options.owner, role: 'global:owner' });
  const tell = (eventName: string, payload: Record<string, unknown>): void => {
    if (options.eventLogFile !== undefined) writeEventLog(options.eventLogFile, eventName, payload);
  };
  const sockets = new WebSocketServer({ noServer: true });
  const server: FakeServer = await startFakeServer({
    answer: request => answer(request),
    upgrade: (req, socket, head) => {
      sockets.handleUpgrade(req, socket, head, ws => {
        const reason = pushRefusal(state, req);
        if (reason === undefined) ws.on('message', data => ws.send(data));
        else ws.close(1008, reason);
      });
    },
  });
  function answer(request: SeenRequest): Answer | undefined {
    const url = new URL(request.target, 'http://fake');
    const path = url.pathname.toLowerCase().replace(/(?<=.)\/$/, '');
    if (path === '/healthz') return { body: { status: 'ok' } };
    if (path === '/healthz/readiness')
      return { status: state.starting ? 503 : 200, body: { status: state.starting ? 'error' : 'ok' } };
    if (state.starting) return { body: 'n8n is starting up. Please wait' };
    if (path === '/metrics') {
      return {
        headers: { 'content-type': 'text/plain' },
        body: '# HELP n8n_version_info n8n version\nn8n_version_info{version="v2.41.1"} 1\n',
      };
    }
    const user = sessionUser(state, request.headers);
    const context: FakeContext = {
      state,
      baseUrl: server.baseUrl,
      user,
      method: request.method,
      segments: url.pathname.split('/').filter(segment => segment !== ''),
      query: url.searchParams,
      json: objectOf(request.body),
      body: request.body,
      tell: (eventName, payload) => tell(eventName, { ...actorFields(user), ...payload }),
    };
    return answerAccounts(context) ?? answerWork(context) ?? answerPage(context);
  }
  const close = async (): Promise<void> => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    await server.close();
  };
  return {
    ...server,
    state,
    tell,
    push: text => {
      for (const client of sockets.clients) client.send(text);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function sessionUser(state: FakeN8nState, headers: IncomingMessage['headers']): FakeUser | undefined {
  const token = cookieOf(headers, 'n8n-auth');
  const id = token === undefined ? undefined : state.sessions.get(token);
  return id === undefined ? undefined : state.users.get(id);
}

/** The upgrade is answered with 101 first and refused after it, which is what the real one does. */
function pushRefusal(state: FakeN8nState, req: IncomingMessage): string | undefined {
  if (!(req.url ?? '').toLowerCase().startsWith('/rest/push')) return 'Not found';
  if (!sessionUser(state, req.headers)) return 'Unauthorized';
  const forwarded = req.headers['x-forwarded-host'];
  const host = typeof forwarded === 'string' && forwarded !== '' ? forwarded : req.headers.host;
  const origin = req.headers.origin;
  return origin !== undefined && new URL(origin).host === host ? undefined : 'Invalid origin!';
}

const page = (text: string): Answer => ({
  body: `<!DOCTYPE html><html><head><title>n8n.io - Workflow Automation</title><meta name="n8n:config:sentry" content="${Buffer.from(
    JSON.stringify({ dsn: '', environment: 'development', release: 'n8n@2.41.1' }),
  ).toString('base64')}"></head><body>${text}</body></html>`,
});

function answerPage(context: FakeContext): Answer {
  const [first = ''] = context.segments;
  if (first.toLowerCase() === 'assets') return { headers: { 'content-type': 'text/javascript' }, body: '// asset' };
  if (['rest', 'api', 'types', 'metrics'].includes(first.toLowerCase())) {
    return context.user ? { status: 404, body: { code: 404, message: 'Not found' } } : unauthorized;
  }
  return context.method === 'GET'
    ? page(`path ${context.segments.join('/')}`)
    : { status: 404, body: 'Cannot do that' };
}

export const unauthorized: Answer = { status: 401, body: { status: 'error', message: 'Unauthorized' } };
