import { SallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { Ground } from '../ground.ts';
import type { SignInContext } from '../identity.ts';
import { getLiveRow } from '../sessions.ts';
import type { Arriving } from './arrive.ts';
import { admit, open, refuseArrival, reopen } from './arrive.ts';
import type { Connection, Connections } from './connections.ts';
import { addressesOf, notOffered } from './connections.ts';
import type { Dispatch, ExternalOutcome } from './federation.ts';
import type { Flow } from './flows.ts';
import { flowMs, keepFlow, newFlowTokens, takeFlow, takeOnce } from './flows.ts';
import { getProviderRow } from './providers.ts';
import { reportOn } from './report.ts';
import type { Arrival, SignOn } from './sign-on.ts';

type Begin = Parameters<SignOn['begin']>[1];
type Answer = Parameters<SignOn['finish']>[1];
type BrowserConnection = Exclude<Connection, { readonly kind: 'ldap' }>;

/** Sends a browser out to a provider. A provider that is switched off can be tested and nothing else. */
export async function begin(
  ground: Ground,
  connections: Connections,
  asked: { slug: string; input: Begin; ctx: SignInContext; signal: AbortSignal },
): Promise<{ dispatch: Dispatch; cookie: Secret }> {
  const { ctx, input, signal, slug } = asked;
  const connection = await connectionOf(ground, connections, slug);
  const { provider } = connection;
  if (!provider.enabled && input.purpose !== 'test') throw notOffered(provider);
  const loginHint = await hintFor(ground, input, ctx);
  const { state, ...made } = newFlowTokens(ground);
  const cookie = input.cookie ?? made.cookie;
  const isForced = input.purpose === 'reauthenticate';
  const went =
    connection.kind === 'oidc'
      ? await connection.party.begin(
          {
            ...{ state, redirectUri: addressesOf(ground, slug).callback, isForced },
            ...(loginHint === undefined ? {} : { loginHint }),
          },
          signal,
        )
      : await connection.partner.begin({ relayState: state, isForced });
  await keepFlow(ground, {
    ...{ providerId: provider.id, state, cookie, ctx, purpose: input.purpose, returnTo: input.returnTo },
    sessionId: input.sessionId,
    requestId: 'requestId' in went ? went.requestId : undefined,
    kept: 'kept' in went ? went.kept : undefined,
  });
  return { dispatch: went.dispatch, cookie };
}

/** Takes a browser that comes back from a provider. Every refusal is recorded with its reason and looks alike to the visitor. */
export async function finish(
  ground: Ground,
  connections: Connections,
  came: { slug: string; answer: Answer; ctx: SignInContext; signal: AbortSignal },
): Promise<Arrival> {
  const { answer, ctx, signal, slug } = came;
  const connection = await connectionOf(ground, connections, slug);
  const { provider } = connection;
  if (connection.kind !== answer.kind) throw notOffered(provider);
  const state = answer.kind === 'oidc' ? onlyState(answer.url) : answer.relayState;
  const flow = await takeFlow(ground, { providerId: provider.id, state, cookie: answer.cookie, host: ctx.host });
  const isUnsolicited = flow === undefined && isWelcomeUnsolicited(connection, answer);
  const isUsable = isUnsolicited || (flow !== undefined && flow.purpose !== 'logout');
  if (!isUsable || (!provider.enabled && flow?.purpose !== 'test')) {
    const why = 'the answer belongs to no sign-in that this browser began here within ten minutes';
    await refuseArrival(ground, { provider, ctx }, 'state', why);
    return refused(flow);
  }
  const outcome = await judge(ground, connection, { answer, flow, state, signal });
  if (flow?.purpose === 'test') {
    const steps = outcome.kind === 'identity' ? [{ name: 'sign-in', ok: true, detail: 'the provider vouched' }] : [];
    return { kind: 'tested', report: await reportOn(ground, provider, { steps, outcome }) };
  }
  if (outcome.kind === 'refused') {
    await refuseArrival(ground, { provider, ctx }, outcome.refusal.reason, outcome.refusal.detail);
    return refused(flow);
  }
  return arrive(ground, { provider, identity: outcome.identity, ctx }, flow);
}

async function arrive(ground: Ground, arriving: Arriving, flow: Flow | undefined): Promise<Arrival> {
  const returnTo = flow?.returnTo ?? null;
  if (flow?.purpose === 'reauthenticate') {
    if (flow.sessionId === undefined) return refused(flow);
    const again = { sessionId: flow.sessionId, startedAt: flow.startedAt };
    return { kind: 'step', step: await reopen(ground, arriving, again), returnTo };
  }
  const user = await admit(ground, arriving);
  if (user === undefined) return refused(flow);
  return { kind: 'step', step: await open(ground, arriving, user), returnTo };
}

/** What the protocol makes of the answer; a SAML assertion counts once, whoever shows it. */
async function judge(
  ground: Ground,
  connection: BrowserConnection,
  given: { answer: Answer; flow: Flow | undefined; state: string; signal: AbortSignal },
): Promise<ExternalOutcome> {
  const { answer, flow, signal, state } = given;
  if (connection.kind === 'oidc' && answer.kind === 'oidc') {
    if (flow?.kept === undefined) return invalid('nothing was kept of the beginning');
    return connection.party.finish({ url: answer.url, state, kept: flow.kept }, signal);
  }
  if (connection.kind !== 'saml' || answer.kind !== 'saml') return invalid('the answer is of another protocol');
  const outcome = await connection.partner.finish({ response: answer.response, requestId: flow?.requestId ?? null });
  if (outcome.kind === 'refused') return outcome;
  const expiresAt = Math.max(outcome.expiresAt, ground.now() + flowMs);
  const isFirst = await takeOnce(ground, `saml:${connection.provider.id}`, outcome.assertionId, expiresAt);
  return isFirst ? { kind: 'identity', identity: outcome.identity } : invalid('the assertion was taken before');
}

/** Only where the operator allows it, and only what claims to answer nothing: an answer to somebody's request never passes for one. */
function isWelcomeUnsolicited(connection: BrowserConnection, answer: Answer): boolean {
  if (connection.kind !== 'saml' || answer.kind !== 'saml') return false;
  return connection.provider.settings.allowsUnsolicited && connection.partner.inResponseTo(answer.response) === null;
}

async function connectionOf(ground: Ground, connections: Connections, slug: string): Promise<BrowserConnection> {
  const connection = connections.of(await getProviderRow(ground.db, { slug }));
  if (connection.kind === 'ldap') throw notOffered(connection.provider);
  return connection;
}

/** For a fresh proof, whose: so that the provider asks the right person. Throws `identity.session_not_found`. */
async function hintFor(ground: Ground, input: Begin, ctx: SignInContext): Promise<string | undefined> {
  if (input.purpose !== 'reauthenticate') return undefined;
  if (input.sessionId === undefined) {
    throw new SallyportError('core.invalid_input', 'Cannot ask for a fresh proof: want the session it is for');
  }
  const row = await getLiveRow(ground.db, input.sessionId, ground.now());
  if (row.host !== ctx.host) throw new SallyportError('identity.session_not_found', 'Cannot prove for another host');
  const user = await ground.db
    .selectFrom('identity_users')
    .select('email')
    .where('id', '=', row.user_id)
    .executeTakeFirst();
  return user?.email;
}

/** Empty when there is none or more than one: nobody can say which is meant. */
function onlyState(url: URL): string {
  const states = url.searchParams.getAll('state');
  return states.length === 1 ? (states[0] ?? '') : '';
}

const refused = (flow: Flow | undefined): Arrival => ({
  kind: 'step',
  step: { state: 'refused' },
  returnTo: flow?.returnTo ?? null,
});

const invalid = (detail: string): ExternalOutcome => ({ kind: 'refused', refusal: { reason: 'invalid', detail } });
