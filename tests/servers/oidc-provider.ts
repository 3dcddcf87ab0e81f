import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Provider } from 'oidc-provider';
import { Agent, fetch as dial } from 'undici';
import { createOidcRows } from './oidc-rows.ts';

/** A person as the provider has them. Change the fields: the next answer says what they then are. */
export interface OidcAccount {
  readonly sub: string;
  email: string;
  emailVerified: boolean;
  name: string;
  groups: string[];
  isDisabled: boolean;
  amr: string[];
}

export interface OidcClient {
  readonly clientId: string;
  /** Left out with `jwks` or for public clients. */
  readonly clientSecret?: string;
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  readonly backchannelLogoutUri?: string;
  /** Public keys of a client with `private_key_jwt`. */
  readonly jwks?: { readonly keys: readonly object[] };
  readonly idTokenAlg?: 'RS256' | 'ES256' | 'EdDSA' | 'PS256';
}

/** Sees and may change what the provider answers, by path: `/token`, `/me`, `/jwks`, `/.well-known/openid-configuration`. */
export type Rewrite = (path: string, body: unknown) => unknown;

/** A real OpenID provider on a loopback port, whose sign-in asks for a name and believes it. */
export interface OidcProviderServer extends AsyncDisposable {
  readonly issuer: string;
  readonly accounts: Map<string, OidcAccount>;
  /** Method and path of every request that came. */
  readonly requests: string[];
  /** The private keys it signs with, as JWKs. */
  readonly keys: readonly Record<string, unknown>[];
  rewrite: Rewrite | undefined;
  /** Answers a request before the provider does, where it returns true. */
  intercept: ((req: IncomingMessage, res: ServerResponse) => boolean) | undefined;
  add(account: Partial<OidcAccount> & { sub: string }): OidcAccount;
  /** Ends the person's sessions there, and tells clients by back-channel logout. Returns how many were told. */
  endSessions(sub: string): Promise<number>;
  /** Walks an authorization address as a browser would and signs in as the person; gives the callback address it ends at. */
  signIn(address: string, sub: string): Promise<URL>;
}

const scopes = { openid: ['sub', 'sid', 'auth_time', 'acr', 'amr'], email: ['email', 'email_verified'] };
const about = ['name', 'groups', 'realm_access'];

/** Starts it; `tls` makes it https. Its sign-in page is one form with the field `login`, so that a browser can use it too. */
export async function startOidcProvider(options: {
  readonly clients: readonly OidcClient[];
  readonly port?: number;
  readonly tls?: { readonly keyPem: string; readonly certPem: string };
  readonly host?: string;
  /** Trusted where it tells clients of a logout. */
  readonly caPem?: string;
  /** Puts profile and e-mail into the ID token as well. */
  readonly hasFullIdToken?: boolean;
}): Promise<OidcProviderServer> {
  const { tls, host = '127.0.0.1' } = options;
  let handle: RequestListener = (_req, res) => res.writeHead(503).end();
  const listen: RequestListener = (req, res) => handle(req, res);
  const server =
    tls === undefined ? createServer(listen) : createTlsServer({ key: tls.keyPem, cert: tls.certPem }, listen);
  const sockets = new Set<Socket>();
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot start the OpenID provider: no port');
  const issuer = `${tls === undefined ? 'http' : 'https'}://${host}:${address.port}`;

  const accounts = new Map<string, OidcAccount>();
  const sessions: { sub: string; uid: string; clientId: string; sid: string }[] = [];
  const keys = makeKeys();
  const provider = new Provider(issuer, configurationOf(options, { accounts, keys }));
  provider.on('authorization.success', ctx => {
    const { client, session } = ctx.oidc ?? {};
    if (client === undefined || session?.accountId === undefined) return;
    const { clientId } = client;
    sessions.push({ sub: session.accountId, uid: session.uid, clientId, sid: session.sidFor(clientId) });
  });
  provider.use(async (ctx, next) => {
    await next();
    if (house.rewrite !== undefined) ctx.body = await house.rewrite(ctx.path, ctx.body);
  });
  const callback = provider.callback();
  const house: OidcProviderServer = {
    ...{ issuer, accounts, keys, requests: [], rewrite: undefined, intercept: undefined },
    add(account) {
      const { sub } = account;
      const made = {
        ...{ email: `${sub}@example.org`, emailVerified: true, name: sub, groups: [], isDisabled: false, amr: ['pwd'] },
        ...account,
      };
      accounts.set(sub, made);
      return made;
    },
    async endSessions(sub) {
      const own = sessions.filter(one => one.sub === sub);
      sessions.splice(0, sessions.length, ...sessions.filter(one => one.sub !== sub));
      let told = 0;
      for (const { clientId, sid, uid } of own) {
        const session = await provider.Session.findByUid(uid);
        await session?.destroy();
        const client = await provider.Client.find(clientId);
        if (client?.backchannelLogoutUri === undefined) continue;
        await client.backchannelLogout(sub, sid);
        told++;
      }
      return told;
    },
    signIn: (start, sub) => walk(start, { sub, issuer, caPem: tls?.certPem }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
  handle = (req, res) => {
    house.requests.push(`${req.method ?? ''} ${(req.url ?? '').split('?')[0]}`);
    if (house.intercept?.(req, res) === true) return;
    if (req.url?.startsWith('/interaction/') === true) interact(provider, req, res).catch(error => res.destroy(error));
    else callback(req, res);
  };
  return house;

  async function interact(at: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method !== 'POST') {
      res.writeHead(200, { 'content-type': 'text/html' });
      res.end('<form method="post"><label>Login <input name="login"></label><button>Sign in</button></form>');
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const login = new URLSearchParams(Buffer.concat(chunks).toString()).get('login') ?? '';
    const account = accounts.get(login);
    if (account === undefined || account.isDisabled) {
      await at.interactionFinished(req, res, { error: 'access_denied', error_description: 'no such account' });
      return;
    }
    const { params } = await at.interactionDetails(req, res);
    const grant = new at.Grant({ accountId: login, clientId: String(params['client_id']) });
    grant.addOIDCScope(String(params['scope']));
    const { amr } = account;
    await at.interactionFinished(req, res, {
      login: { accountId: login, amr },
      consent: { grantId: await grant.save() },
    });
  }
}

function configurationOf(
  options: Parameters<typeof startOidcProvider>[0],
  made: { readonly accounts: Map<string, OidcAccount>; readonly keys: readonly object[] },
): Record<string, unknown> {
  const claimsOf = ({ sub, email, emailVerified, name, groups }: OidcAccount) => ({
    ...{ sub, email, email_verified: emailVerified, name, groups, realm_access: { roles: groups } },
  });
  return {
    adapter: createOidcRows(),
    clients: options.clients.map(clientOf),
    jwks: { keys: made.keys },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { ...scopes, profile: about, groups: about },
    scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
    conformIdTokenClaims: options.hasFullIdToken !== true,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx: { body: string }, form: string) => {
          ctx.body = `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`;
        },
      },
    },
    pkce: { required: () => true },
    interactions: { url: (_ctx: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    ttl: { AccessToken: 600, IdToken: 600, RefreshToken: 3600, Interaction: 600, Session: 3600, Grant: 3600 },
    issueRefreshToken: async (_ctx: unknown, client: { grantTypeAllowed(name: string): boolean }) =>
      client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    findAccount: (_ctx: unknown, sub: string) => {
      const account = made.accounts.get(sub);
      if (account === undefined || account.isDisabled) return undefined;
      return { accountId: sub, claims: () => claimsOf(account) };
    },
    renderError: (ctx: { body: string }, out: { error: string }) => {
      ctx.body = out.error;
    },
    clientBasedCORS: () => false,
    fetch: (url: string, { dispatcher: _none, ...rest }: RequestInit & { dispatcher?: unknown }) => {
      const ca = options.caPem;
      return ca === undefined ? fetch(url, rest) : dialTrusting(url, rest, ca);
    },
  };
}

function clientOf(client: OidcClient): Record<string, unknown> {
  const { authMethod = 'client_secret_basic', backchannelLogoutUri, clientSecret, jwks, idTokenAlg } = client;
  return {
    client_id: client.clientId,
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    ...(jwks === undefined ? {} : { jwks, token_endpoint_auth_signing_alg: 'ES256' }),
    ...(idTokenAlg === undefined ? {} : { id_token_signed_response_alg: idTokenAlg }),
    token_endpoint_auth_method: authMethod,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris ?? [],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...(backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: backchannelLogoutUri, backchannel_logout_session_required: true }),
  };
}

function makeKeys(): Record<string, unknown>[] {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const ed = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return [
    { ...rsa, kid: 'rsa', use: 'sig' },
    { ...ec, kid: 'ec', use: 'sig' },
    { ...ed, kid: 'ed', use: 'sig' },
  ];
}

/** Follows redirects with cookies until the address leaves the provider; posts the login where a form stands. */
async function walk(start: string, by: { sub: string; issuer: string; caPem: string | undefined }): Promise<URL> {
  const cookies = new Map<string, string>();
  const agent = new Agent({ connect: by.caPem === undefined ? {} : { ca: by.caPem } });
  let url = new URL(start);
  let form: string | undefined;
  try {
    for (let steps = 0; steps < 10; steps++) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await dial(url, {
        ...{ redirect: 'manual', dispatcher: agent, method: form === undefined ? 'GET' : 'POST' },
        headers: { cookie, ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
        ...(form === undefined ? {} : { body: form }),
      });
      for (const line of answer.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const at = pair.indexOf('=');
        cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const to = answer.headers.get('location');
      const text = await answer.text();
      if (to === null && answer.status === 200 && form === undefined)
        form = new URLSearchParams({ login: by.sub }).toString();
      else if (to === null) throw new Error(`Cannot sign in at the provider: ${answer.status} ${text.slice(0, 200)}`);
      else {
        form = undefined;
        url = new URL(to, url);
        if (url.origin !== new URL(by.issuer).origin) return url;
      }
    }
    throw new Error('Cannot sign in at the provider: it goes round in circles');
  } finally {
    await agent.close();
  }
}

async function dialTrusting(url: string, rest: RequestInit, ca: string): Promise<{ status: number }> {
  const dispatcher = new Agent({ connect: { ca } });
  try {
    const { body, headers, method = 'GET' } = rest;
    const answer = await dial(url, {
      ...{ dispatcher, method, redirect: 'manual' },
      headers: Object.fromEntries(new Headers(headers)),
      ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
    });
    await answer.arrayBuffer();
    return answer;
  } finally {
    await dispatcher.close();
  }
}
