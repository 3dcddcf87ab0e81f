import type { NewEvent } from '../../core/events.ts';
import { operatorPrincipal } from '../../core/events.ts';
import type { House } from '../identity.fixture.ts';
import { addPerson } from '../identity.fixture.ts';
import type { User } from '../identity.ts';
import type { MachineScope, ServiceAccount, TokenAnswer } from './machines.ts';

export const issuer = 'https://gate.example.org';
export const tokenUrl = `${issuer}/.sallyport/oauth/token`;
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const dayMs = 86_400_000;

export const wide: MachineScope = {
  sites: ['s1', 's2'],
  paths: ['/'],
  permissions: ['workflow.read', 'workflow.execute', 'data_source.read'],
};

/** A service account with a secret. */
export interface Program {
  readonly account: ServiceAccount;
  readonly secret: string;
}

let names = 0;

export async function addProgram(
  house: House,
  owner: User,
  patch: Partial<MachineScope> = {},
  name = `Bot ${++names}`,
): Promise<Program> {
  const { machines } = house.identity;
  const scope = { ...wide, ...patch };
  const account = await machines.create(operatorPrincipal, { name, ownerId: owner.id, scope });
  const expiresAt = house.clock.wall + 30 * dayMs;
  const made = await machines.createSecret(operatorPrincipal, { userId: account.id, name: 'main', expiresAt });
  return { account, secret: made.secret.reveal() };
}

/** Anna, who owns a program. */
export async function addOwned(house: House): Promise<{ owner: User; program: Program }> {
  const { user: owner } = await addPerson(house, { email: 'anna@example.org' });
  return { owner, program: await addProgram(house, owner) };
}

export const basic = (id: string, text: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(text)}`).toString('base64')}`;

/** One request at the token endpoint; sites are known by their ids. */
export function ask(
  house: House,
  form: Record<string, string> | [string, string][],
  how: { as?: Program; authorization?: string; clientIp?: string } = {},
): Promise<TokenAnswer> {
  const { as, clientIp = '203.0.113.9' } = how;
  return house.identity.machines.answerTokenRequest({
    form: new URLSearchParams(form),
    authorization: how.authorization ?? (as && basic(as.account.id, as.secret)),
    ...{ clientIp, requestId: 'r1', issuer },
    findSite: async named => (['s1', 's2', 's3'].includes(named) ? named : undefined),
  });
}

export const credentials = { grant_type: 'client_credentials' } as const;

export async function tokenOf(house: House, as: Program, more: Record<string, string> = {}): Promise<string> {
  const answer = await ask(house, { ...credentials, ...more }, { as });
  if (answer.status !== 200) throw new Error(`Cannot get a token: ${JSON.stringify(answer.body)}`);
  return String(answer.body['access_token']);
}

/** Makes a person's API key. */
export async function keyOf(house: House, user: User, patch: Partial<MachineScope> = {}): Promise<string> {
  const made = await house.identity.createApiKey(operatorPrincipal, {
    ...{ userId: user.id, name: 'k', ...wide, ...patch, expiresAt: house.clock.wall + dayMs },
  });
  return made.token.reveal();
}

/** Exchanges a token of a person for one in which the program acts. */
export async function exchange(
  house: House,
  as: Program,
  subject: string,
  more: Record<string, string> = {},
): Promise<TokenAnswer> {
  const actor = more['actor_token'] ?? (await tokenOf(house, as));
  return ask(
    house,
    {
      ...{ grant_type: exchangeGrant, subject_token: subject, subject_token_type: accessTokenType },
      ...{ actor_token: actor, actor_token_type: accessTokenType, ...more },
    },
    { as },
  );
}

export function eventsOf<T extends NewEvent['type']>(house: House, type: T): Extract<NewEvent, { type: T }>[] {
  return house.events.filter((event): event is Extract<NewEvent, { type: T }> => event.type === type);
}
