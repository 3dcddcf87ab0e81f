import type { Secret } from '../../core/secret.ts';
import type { ExternalOutcome, ProbeStep } from '../federation/federation.ts';
import type { DirectoryGround } from './authenticate.ts';
import { authenticate, refusalUnasked } from './authenticate.ts';
import type { Connection } from './connection.ts';
import { bindService, openConnection, operatorError } from './connection.ts';
import { isLogin } from './escape.ts';
import { groupsOf } from './groups.ts';
import { findPerson } from './person.ts';

/** What a person typed into "test sign-in"; without a login only the set-up is tested. */
export interface ProbeInput {
  readonly login?: string;
  readonly password?: Secret;
}

/** Goes through a sign-in step by step and says of each how it went and what to change; the first that fails is the last. Never throws. */
export async function probeDirectory(
  ground: DirectoryGround,
  input: ProbeInput,
  signal: AbortSignal,
): Promise<readonly ProbeStep[]> {
  const steps: ProbeStep[] = [];
  try {
    await probeSteps(ground, input, { steps, signal });
  } catch (error) {
    steps.push({ name: currentStep(steps), ok: false, detail: wordsOf(error) });
  }
  return steps;
}

async function probeSteps(
  ground: DirectoryGround,
  input: ProbeInput,
  { steps, signal }: { steps: ProbeStep[]; signal: AbortSignal },
): Promise<void> {
  const { settings, trust, deps } = ground;
  const say = (name: string, detail: string, ok = true): void => void steps.push({ name, ok, detail });
  const opened = await openConnection(settings, trust, signal);
  if (!('bind' in opened)) {
    const isReached = opened.every(fault => fault.step === 'encrypt');
    if (isReached) say('connect', settings.urls.join(', '));
    const faults = opened.map(({ url, text }) => `${url}: ${text}`).join('; ');
    return say(isReached ? 'encrypt' : 'connect', faults, false);
  }
  await using connection = opened;
  say('connect', connection.url);
  say('encrypt', encryptionText(connection));
  if (settings.bind.kind === 'service') {
    await bindService(connection, settings.bind.dn, deps.secret);
    say('bind', settings.bind.dn);
    await probeEntries(ground, connection, { input, say });
  } else if (input.login === undefined || input.password === undefined) {
    return say('bind', 'Give a login and a password: people sign in directly, so there is nobody else to try with');
  }
  if (input.login === undefined || input.password === undefined || !steps.every(step => step.ok)) return;
  const refusal = refusalUnasked(input.login, input.password);
  if (refusal) return say('sign in', `${refusal.reason}: ${refusal.detail}`, false);
  const outcome = await authenticate(ground, { login: input.login, password: input.password }, signal);
  say('sign in', outcomeText(outcome), outcome.kind === 'identity');
}

async function probeEntries(
  { settings }: DirectoryGround,
  connection: Connection,
  { input, say }: { input: ProbeInput; say: (name: string, detail: string, ok?: boolean) => void },
): Promise<void> {
  try {
    const filter = '(objectClass=*)';
    await connection.search({ base: settings.baseDn, scope: 'base', filter, attributes: ['1.1'], max: 1 });
  } catch (error) {
    throw operatorError(error, { act: `read "${settings.baseDn}"` });
  }
  say('search base', settings.baseDn);
  if (input.login === undefined) return;
  if (!isLogin(input.login)) return say('find person', 'Want a name of at most 256 characters, none of control', false);
  const person = await findPerson(connection, settings, input.login);
  if ('reason' in person) return say('find person', `${person.reason}: ${person.detail}`, false);
  say('find person', person.dn);
  const groups = await groupsOf(connection, settings, person);
  if (!Array.isArray(groups)) return say('groups', groups.detail, false);
  say('groups', groups.length === 0 ? 'none' : groups.join(', ').slice(0, 2000));
}

const order = ['connect', 'encrypt', 'bind', 'search base', 'find person', 'groups', 'sign in'] as const;

/** The step after those that are done: the one that was under way. */
function currentStep(steps: readonly ProbeStep[]): string {
  const last = order.findIndex(name => name === steps.at(-1)?.name);
  return order[last + 1] ?? 'sign in';
}

function encryptionText({ encryption }: Connection): string {
  if (encryption === null) return 'none, on loopback';
  return `${encryption.protocol}, certificate of ${encryption.subject}, until ${encryption.expires}`;
}

function outcomeText(outcome: ExternalOutcome): string {
  if (outcome.kind === 'refused') return `${outcome.refusal.reason}: ${outcome.refusal.detail}`;
  const { subject, email, name, groups } = outcome.identity;
  return `${name ?? 'no name'}, ${email ?? 'no e-mail address'}, id ${subject}, ${groups.length} groups`;
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000);
}
