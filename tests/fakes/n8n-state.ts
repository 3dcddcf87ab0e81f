import { randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

export interface FakeUser {
  readonly id: string;
  email: string;
  firstName: string;
  lastName: string;
  password: string | null;
  readonly role: 'global:owner' | 'global:member';
}

export interface FakeWorkflow {
  readonly id: string;
  name: string;
  active: boolean;
  isArchived: boolean;
  versionId: string;
  nodes: readonly unknown[];
  connections: unknown;
  settings: unknown;
}

export interface FakeExecution {
  readonly id: string;
  readonly workflowId: string;
  readonly mode: string;
  status: 'success' | 'error';
}

/** What a fake n8n holds; tests read and change it directly. */
export interface FakeN8nState {
  readonly users: Map<string, FakeUser>;
  /** Cookie value → user id. Clear it to make every session invalid. */
  readonly sessions: Map<string, string>;
  /** Invitation and password-reset tokens → user id. */
  readonly tokens: Map<string, string>;
  readonly workflows: Map<string, FakeWorkflow>;
  readonly credentials: Map<string, { readonly id: string; name: string; readonly type: string }>;
  readonly executions: FakeExecution[];
  /** The stub that answers 200 "n8n is starting up" on every path but readiness. */
  starting: boolean;
  /** Answers 429 to the next this many sign-ins. */
  signInsRefused: number;
}

export function createN8nState(): FakeN8nState {
  return {
    users: new Map(),
    sessions: new Map(),
    tokens: new Map(),
    workflows: new Map(),
    credentials: new Map(),
    executions: [],
    starting: false,
    signInsRefused: 0,
  };
}

/** Sixteen mixed-case characters, as n8n's own ids. */
export function fakeId(): string {
  return randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 16);
}

export function fakeToken(): string {
  return randomBytes(24).toString('base64url');
}

export function addUser(
  state: FakeN8nState,
  user: { email: string; role: FakeUser['role']; password: string | null },
): FakeUser {
  const added: FakeUser = { id: randomUUID(), firstName: '', lastName: '', ...user, email: user.email.toLowerCase() };
  state.users.set(added.id, added);
  return added;
}

export function findUser(state: FakeN8nState, email: string): FakeUser | undefined {
  for (const user of state.users.values()) if (user.email === email.toLowerCase()) return user;
  return undefined;
}

/** Appends one event and its confirmation, in the manner of n8nEventLog.log. */
export function writeEventLog(file: string, eventName: string, payload: Record<string, unknown>): void {
  const id = randomUUID();
  const ts = new Date().toISOString();
  const kind = eventName.startsWith('n8n.audit.') ? 'Audit' : eventName.startsWith('n8n.node.') ? 'Node' : 'Workflow';
  const line = { __type: `$$EventMessage${kind}`, id, ts, eventName, message: eventName, payload };
  const confirm = { __type: '$$EventMessageConfirm', confirm: id, ts, source: { id: '0', name: 'eventBus' } };
  appendFileSync(file, `${JSON.stringify(line)}\n${JSON.stringify(confirm)}\n`);
}

/** How the event log names the one who acted. */
export function actorFields(user: FakeUser | undefined): Record<string, unknown> {
  if (!user) return {};
  return {
    userId: user.id,
    _email: user.email,
    _firstName: user.firstName,
    _lastName: user.lastName,
    globalRole: user.role,
  };
}
