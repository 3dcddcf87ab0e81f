import { randomUUID } from 'node:crypto';
import type { Answer } from './http.ts';
import type { FakeContext } from './n8n.ts';
import { type FakeWorkflow, fakeId } from './n8n-state.ts';

const notFound: Answer = { status: 404, body: { code: 404, message: 'Not found' } };
const unauthorized: Answer = { status: 401, body: { status: 'error', message: 'Unauthorized' } };

/** Workflows, runs, executions, credentials and production webhooks. Undefined when the request is about something else. */
export function answerWork(context: FakeContext): Answer | undefined {
  const [first = '', second = '', third = ''] = context.segments.map(segment => segment.toLowerCase());
  if (first === 'webhook' || first === 'form') return runWebhook(context);
  const isPublicApi = first === 'api' && second === 'v1';
  if (first !== 'rest' && !isPublicApi) return undefined;
  const kind = isPublicApi ? third : second;
  if (!['workflows', 'executions', 'credentials'].includes(kind)) return undefined;
  if (!context.user) return unauthorized;
  const rest = context.segments.slice(isPublicApi ? 3 : 2);
  const answer =
    kind === 'workflows'
      ? workflows(context, rest)
      : kind === 'executions'
        ? executions(context, rest)
        : credentials(context, rest);
  // The public API answers without the `data` wrapper of the editor's own.
  if (!isPublicApi || (answer.status ?? 200) >= 300) return answer;
  return { ...answer, body: (answer.body as { data: unknown }).data };
}

function workflows(context: FakeContext, [id, verb]: readonly string[]): Answer {
  const { state, method, json, tell } = context;
  if (id === undefined && method === 'POST') {
    const made: FakeWorkflow = {
      id: fakeId(),
      name: String(json.name),
      active: false,
      isArchived: false,
      versionId: randomUUID(),
      nodes: Array.isArray(json.nodes) ? json.nodes : [],
      connections: json.connections,
      settings: json.settings,
    };
    state.workflows.set(made.id, made);
    tell('n8n.audit.workflow.created', { workflowId: made.id, workflowName: made.name });
    return { body: { data: made } };
  }
  if (id === undefined) return { body: { count: state.workflows.size, data: [...state.workflows.values()] } };
  const workflow = state.workflows.get(id);
  if (!workflow) return notFound;
  if (verb !== undefined) return act(context, workflow, verb.toLowerCase());
  if (method === 'PATCH' || method === 'PUT') {
    if (typeof json.name === 'string') workflow.name = json.name;
    if (Array.isArray(json.nodes)) workflow.nodes = json.nodes;
    workflow.versionId = randomUUID();
    tell('n8n.audit.workflow.updated', { workflowId: id, workflowName: workflow.name });
  } else if (method === 'DELETE') {
    state.workflows.delete(id);
    tell('n8n.audit.workflow.deleted', { workflowId: id });
    return { body: { data: true } };
  }
  return { body: { data: workflow } };
}

function act(context: FakeContext, workflow: FakeWorkflow, verb: string): Answer {
  const about = { workflowId: workflow.id, workflowName: workflow.name };
  if (context.method !== 'POST') return notFound;
  if (verb === 'activate' || verb === 'deactivate') {
    workflow.active = verb === 'activate';
    context.tell(`n8n.audit.workflow.${verb}d`, about);
    return { body: { data: workflow } };
  }
  if (verb === 'archive' || verb === 'unarchive') {
    workflow.isArchived = verb === 'archive';
    context.tell(`n8n.audit.workflow.${verb}d`, { workflowId: workflow.id });
    return { body: { data: workflow } };
  }
  if (verb === 'run') return { body: { data: { executionId: execute(context, workflow, 'manual') } } };
  return notFound;
}

function execute(context: FakeContext, workflow: FakeWorkflow, mode: string): string {
  const id = String(context.state.executions.length + 1);
  const fails = workflow.name.includes('fails');
  context.state.executions.push({ id, workflowId: workflow.id, mode, status: fails ? 'error' : 'success' });
  const about = {
    executionId: id,
    workflowId: workflow.id,
    workflowName: workflow.name,
    mode,
    isManual: mode === 'manual',
  };
  context.tell('n8n.audit.workflow.executed', { ...about, source: mode === 'manual' ? 'user-manual' : mode });
  context.tell('n8n.workflow.started', about);
  if (fails) context.tell('n8n.workflow.failed', { ...about, success: false, errorMessage: 'it was made to fail' });
  else context.tell('n8n.workflow.success', { ...about, success: true });
  return id;
}

function executions(context: FakeContext, [id, verb]: readonly string[]): Answer {
  const { state, method } = context;
  if (id === undefined) return { body: { data: { count: state.executions.length, results: state.executions } } };
  const found = state.executions.find(one => one.id === id);
  const workflow = found && state.workflows.get(found.workflowId);
  if (!found || !workflow) return notFound;
  if (method === 'POST' && verb === 'retry') {
    return { body: { data: { id: execute(context, workflow, 'retry'), workflowId: workflow.id, mode: 'retry' } } };
  }
  return { body: { data: found } };
}

function credentials(context: FakeContext, [id, verb]: readonly string[]): Answer {
  const { state, method, json, tell } = context;
  if (method === 'POST' && (id === 'test' || verb === 'probe'))
    return { body: { data: { status: 'OK', message: 'Connection successful' } } };
  if (id === undefined && method === 'POST') {
    const made = { id: fakeId(), name: String(json.name), type: String(json.type) };
    state.credentials.set(made.id, made);
    tell('n8n.audit.user.credentials.created', { credentialType: made.type, credentialId: made.id });
    return { body: { data: made } };
  }
  if (id === undefined) return { body: { data: [...state.credentials.values()] } };
  const found = state.credentials.get(id);
  if (!found) return notFound;
  if (method === 'PATCH') {
    if (typeof json.name === 'string') found.name = json.name;
    tell('n8n.audit.user.credentials.updated', { credentialType: found.type, credentialId: id });
  } else if (method === 'DELETE') {
    state.credentials.delete(id);
    tell('n8n.audit.user.credentials.deleted', { credentialType: found.type });
    return { body: { data: true } };
  }
  return { body: { data: found } };
}

/** The first active workflow with a webhook node of this path runs and answers with what it was sent. */
function runWebhook(context: FakeContext): Answer {
  const path = context.segments.slice(1).join('/');
  for (const workflow of context.state.workflows.values()) {
    if (!workflow.active || !workflow.nodes.some(node => webhookPath(node) === path)) continue;
    execute({ ...context, user: undefined }, workflow, 'webhook');
    return { body: { got: context.json } };
  }
  const message = `The requested webhook "${context.method} ${path}" is not registered.`;
  return { status: 404, body: { code: 404, message } };
}

function webhookPath(node: unknown): string | undefined {
  const { parameters } = node as { parameters?: { path?: unknown } };
  return typeof parameters?.path === 'string' ? parameters.path : undefined;
}
