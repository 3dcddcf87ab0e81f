import type { Answer } from './http.ts';
import type { FakeContext } from './n8n.ts';
import { addUser, type FakeUser, fakeToken, findUser } from './n8n-state.ts';

const cookie = (value: string): string => `n8n-auth=${value}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax`;
const failure = (status: number, message: string): Answer => ({ status, body: { code: status, message } });
const unauthorized: Answer = { status: 401, body: { status: 'error', message: 'Unauthorized' } };

/** Owner set-up, sign-in and out, invitations and password resets. Undefined when the request is about something else. */
export function answerAccounts(context: FakeContext): Answer | undefined {
  const route = `${context.method} /${context.segments.join('/').toLowerCase()}`;
  const handler = handlers.get(route);
  if (handler) return handler(context);
  const [, users, id = '', what] = context.segments;
  if (users?.toLowerCase() === 'users' && what?.toLowerCase() === 'password-reset-link') return resetLink(context, id);
  return undefined;
}

const handlers = new Map<string, (context: FakeContext) => Answer>([
  ['GET /rest/settings', settings],
  ['POST /rest/owner/setup', setUpOwner],
  ['POST /rest/login', signIn],
  ['GET /rest/login', context => (context.user ? { body: { data: publicUser(context.user) } } : unauthorized)],
  ['POST /rest/logout', signOut],
  ['POST /rest/invitations', invite],
  ['POST /rest/invitations/accept', acceptInvitation],
  ['GET /rest/users', listUsers],
  ['POST /rest/change-password', changePassword],
]);

function settings({ state, user }: FakeContext): Answer {
  const isUnclaimed = ![...state.users.values()].some(one => one.role === 'global:owner');
  const shared = {
    userManagement: { authenticationMethod: 'email', showSetupOnFirstLoad: isUnclaimed, passwordMinLength: 8 },
  };
  return user
    ? { body: { data: { settingsMode: 'authenticated', versionCli: '2.41.1', ...shared } } }
    : { body: { data: { settingsMode: 'public', ...shared } } };
}

function setUpOwner({ state, json }: FakeContext): Answer {
  if ([...state.users.values()].some(one => one.role === 'global:owner'))
    return failure(400, 'Instance owner already setup');
  const owner = addUser(state, { email: String(json.email), password: String(json.password), role: 'global:owner' });
  owner.firstName = String(json.firstName);
  owner.lastName = String(json.lastName);
  return opened(state, owner);
}

function signIn({ state, json, tell }: FakeContext): Answer {
  if (state.signInsRefused > 0) {
    state.signInsRefused--;
    return { ...failure(429, 'Too many requests'), headers: { 'retry-after': '1' } };
  }
  const user = findUser(state, String(json.emailOrLdapLoginId));
  if (!user || user.password === null || user.password !== json.password) {
    return failure(401, 'Wrong username or password. Do you have caps lock on?');
  }
  tell('n8n.audit.user.login.success', { userId: user.id, _email: user.email, authenticationMethod: 'email' });
  return opened(state, user);
}

function signOut({ state, user }: FakeContext): Answer {
  if (!user) return unauthorized;
  for (const [token, id] of state.sessions) if (id === user.id) state.sessions.delete(token);
  return { headers: { 'set-cookie': 'n8n-auth=; Max-Age=0; Path=/' }, body: { data: { loggedOut: true } } };
}

function invite({ state, user, body, baseUrl }: FakeContext): Answer {
  if (!user) return unauthorized;
  if (user.role !== 'global:owner') return failure(403, 'User is missing a scope required to perform this action');
  const wanted = JSON.parse(body) as { email: string }[];
  const made = wanted.flatMap(({ email }) => {
    const known = findUser(state, email);
    if (known && known.password !== null) return [];
    const invited = known ?? addUser(state, { email, password: null, role: 'global:member' });
    const token = fakeToken();
    state.tokens.set(token, invited.id);
    const inviteAcceptUrl = `${baseUrl}/signup?token=${token}`;
    return [{ user: { id: invited.id, email, emailSent: false, role: invited.role, inviteAcceptUrl }, error: '' }];
  });
  return { body: { data: made } };
}

function acceptInvitation({ state, json }: FakeContext): Answer {
  const user = state.users.get(state.tokens.get(String(json.token)) ?? '');
  if (!user || user.password !== null) return failure(400, 'Invalid invite URL');
  state.tokens.delete(String(json.token));
  user.firstName = String(json.firstName);
  user.lastName = String(json.lastName);
  user.password = String(json.password);
  return opened(state, user);
}

function listUsers({ state, user, query }: FakeContext): Answer {
  if (!user) return unauthorized;
  const filter = JSON.parse(query.get('filter') ?? '{}') as { email?: string };
  const items = [...state.users.values()].filter(
    one => filter.email === undefined || one.email === filter.email.toLowerCase(),
  );
  return { body: { data: { count: items.length, items: items.map(publicUser) } } };
}

function resetLink({ state, user, baseUrl }: FakeContext, id: string): Answer {
  if (user?.role !== 'global:owner') return failure(403, 'User is missing a scope required to perform this action');
  if (!state.users.has(id)) return failure(404, 'User not found');
  const token = fakeToken();
  state.tokens.set(token, id);
  return { body: { data: { link: `${baseUrl}/change-password?token=${token}&mfaEnabled=false` } } };
}

function changePassword({ state, json }: FakeContext): Answer {
  const user = state.users.get(state.tokens.get(String(json.token)) ?? '');
  if (!user) return failure(404, 'User not found');
  state.tokens.delete(String(json.token));
  user.password = String(json.password);
  return opened(state, user, {});
}

function opened(state: FakeContext['state'], user: FakeUser, body: unknown = { data: publicUser(user) }): Answer {
  const token = fakeToken();
  state.sessions.set(token, user.id);
  return { headers: { 'set-cookie': cookie(token) }, body };
}

function publicUser(user: FakeUser): Record<string, unknown> {
  const { password, ...shown } = user;
  return {
    ...shown,
    isPending: password === null,
    isOwner: user.role === 'global:owner',
    mfaEnabled: false,
    settings: null,
  };
}
