import type { OperationOutput } from '../../../src/admin/contract/contract.ts';
import { methodLabel } from '../components/method-label.ts';

export type AuditEvent = OperationOutput<'audit.search'>['events'][number];

type Sentence = (event: AuditEvent) => string;

const text = (event: AuditEvent, name: string): string => {
  const value = event.data[name];
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
};

const thing = (event: AuditEvent): string => event.resource?.name ?? event.resource?.id ?? '';
/** By its name; a platform that tells a run by the id of its workflow alone leaves only that, and it is said to be one. */
const workflow = (event: AuditEvent): string => {
  const name = text(event, 'workflowName') || (event.resource?.name ?? '');
  const id = text(event, 'workflowId') || (event.resource?.id ?? '');
  if (name !== '' && name !== id) return quoted(name);
  return id === '' ? '' : `with the id ${id}`;
};
const quoted = (value: string): string => (value === '' ? '' : `“${value}”`);

/** What happened, as a person would say it, by event type; the type itself is the truth beside it. */
const sentences: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ['gate.started', event => `started the gate, version ${text(event, 'version')}`],
  ['gate.stopped', event => `stopped the gate (${text(event, 'reason')})`],
  ['audit.recovered', event => `recovered the log after a crash, ${text(event, 'cutBytes')} torn bytes cut`],
  ['session.opened', event => `signed in with ${methods(event)}`],
  ['session.renewed', event => `renewed the session: ${words(text(event, 'reason'))}`],
  ['session.ended', event => `session ended: ${words(text(event, 'reason'))}`],
  ['auth.failed', event => `failed to sign in as ${text(event, 'login')} (${methodLabel(text(event, 'factor'))})`],
  ['auth.locked', event => `locked out ${text(event, 'login')} (${text(event, 'scope')})`],
  ['user.created', event => `invited ${text(event, 'email')} as ${text(event, 'role')}`],
  ['user.updated', event => `changed ${words(text(event, 'changed'))} of ${thing(event)}`],
  ['user.role_changed', event => `made ${thing(event)} ${text(event, 'to')}, was ${text(event, 'from')}`],
  ['user.disabled', event => `disabled ${text(event, 'email')}`],
  ['user.enabled', event => `enabled ${text(event, 'email')}`],
  ['user.deleted', event => `deleted ${text(event, 'email')}`],
  ['user.password_changed', () => 'changed the password'],
  [
    'user.mfa_enrolled',
    event => (event.data['method'] === 'passkey' ? 'added a passkey' : 'enrolled an authenticator app'),
  ],
  [
    'user.mfa_removed',
    event => `removed ${event.data['method'] === 'passkey' ? 'a passkey' : 'the authenticator app'} of ${thing(event)}`,
  ],
  ['user.passkey_suspected', event => `a passkey of ${thing(event)} may have been copied`],
  ['policy.changed', () => 'changed who needs a second factor'],
  ['user.recovery_codes_made', event => `made ${text(event, 'count')} recovery codes`],
  ['api_key.created', event => `made the API key ${quoted(thing(event))}`],
  ['api_key.rotated', event => `put a new key in place of the API key ${quoted(thing(event))}`],
  ['api_key.revoked', event => `revoked the API key ${quoted(thing(event))}`],
  ['service_account.created', event => `made the service account ${quoted(thing(event))}`],
  [
    'service_account.updated',
    event => `changed ${words(text(event, 'changed'))} of the service account ${quoted(thing(event))}`,
  ],
  [
    'client_credential.created',
    event => `gave a service account the client ${text(event, 'kind')} ${quoted(thing(event))}`,
  ],
  ['client_credential.revoked', event => `revoked the client ${text(event, 'kind')} ${quoted(thing(event))}`],
  [
    'token.issued',
    event => (event.data['grant'] === 'subject_token' ? 'let a program act in their name' : 'got an access token'),
  ],
  ['token.revoked', () => 'revoked an access token'],
  ['link.issued', event => `issued a ${words(text(event, 'purpose'))} link for ${text(event, 'email')}`],
  ['link.used', event => `used a ${words(text(event, 'purpose'))} link`],
  ['project.created', event => `made the project ${quoted(text(event, 'name'))}`],
  ['project.updated', event => `changed the project ${quoted(thing(event))}`],
  ['project.deleted', event => `deleted the project ${quoted(text(event, 'name'))}`],
  ['project.member_changed', memberSentence],
  ['project.resource_assigned', event => `put a ${text(event, 'resourceKind')} into ${quoted(thing(event))}`],
  ['site.created', event => `protected the site ${text(event, 'name')}`],
  ['site.updated', event => `changed ${words(text(event, 'changed'))} of the site ${thing(event)}`],
  ['site.deleted', event => `stopped protecting the site ${text(event, 'name')}`],
  ['request.finished', requestSentence],
  ['firewall.matched', matchedSentence],
  ['exclusion.created', event => `let the rule ${text(event, 'rule')} not count at ${text(event, 'endpoint')}`],
  ['exclusion.deleted', event => `let the rule ${text(event, 'rule')} count again at ${text(event, 'endpoint')}`],
  ['ban.created', event => `banned ${text(event, 'network')}: ${text(event, 'reason')}`],
  ['ban.lifted', event => `lifted the ban of ${text(event, 'network')}`],
  ['ban.withheld', event => `made ${text(event, 'count')} bans not, as there were too many at once`],
  ['workflow.created', event => `created the workflow ${workflow(event)}`],
  ['workflow.updated', event => `saved the workflow ${workflow(event)}`],
  ['workflow.deleted', event => `deleted the workflow ${workflow(event)}`],
  ['workflow.activated', event => `activated the workflow ${workflow(event)}`],
  ['workflow.deactivated', event => `deactivated the workflow ${workflow(event)}`],
  ['execution.started', event => `started the workflow ${workflow(event)} (${text(event, 'mode')})`],
  ['execution.finished', event => `finished the workflow ${workflow(event)}`],
  ['execution.failed', event => `the workflow ${workflow(event)} failed: ${text(event, 'error')}`],
  ['credential.accessed', event => `used the credential ${quoted(text(event, 'credential'))}`],
  ['credential.changed', event => `${text(event, 'how')} the credential ${quoted(text(event, 'credential'))}`],
  ['data_source.accessed', event => `used the data source ${quoted(text(event, 'dataSource'))}`],
  ['platform.signed_in', event => `was signed in to the platform as ${text(event, 'account')}`],
  ['platform.sign_in_failed', event => `could not be signed in to the platform: ${text(event, 'reason')}`],
  ['platform.account_created', event => `got the platform account ${text(event, 'account')}`],
]);

/** The types of event that the portal has words for, in the order of their rooms. */
export const eventTypes: readonly string[] = [...sentences.keys()];

/** What happened, as a person would say it. A type without words of its own is shown as its action. */
export function eventSentence(event: AuditEvent): string {
  return sentences.get(event.type)?.(event) ?? event.action;
}

function memberSentence(event: AuditEvent): string {
  const to = text(event, 'to');
  const project = quoted(thing(event));
  return to === '' ? `took a person out of the project ${project}` : `made a person ${to} of the project ${project}`;
}

const judges: ReadonlyMap<string, string> = new Map([
  ['core_rules', 'Core Rule Set'],
  ['answers', 'answer rules'],
  ['api', 'description of the API'],
]);

function matchedSentence(event: AuditEvent): string {
  const said = { block: 'stopped', would_block: 'would have stopped', redact: 'took something out of the answer to' };
  const verdict = text(event, 'verdict');
  const act = Object.entries(said).find(([name]) => name === verdict)?.[1] ?? 'noticed';
  const by = text(event, 'by');
  return `${text(event, 'method')} ${text(event, 'path')}: the ${judges.get(by) ?? words(by)} ${act} it`;
}

function requestSentence(event: AuditEvent): string {
  const { denied, path, status } = event.data;
  const isDenied = typeof denied === 'object' && denied !== null && 'layer' in denied;
  if (isDenied && path === '') {
    const reason = 'reason' in denied ? words(String(denied.reason)) : String(denied.layer);
    if (status === 0) return `connection cut before a request: ${reason}`;
    return `unreadable request refused with ${text(event, 'status')}: ${reason}`;
  }
  const request = `${text(event, 'method')} ${text(event, 'path')}`;
  return isDenied ? `${request}, stopped by ${String(denied.layer)}` : `${request} → ${text(event, 'status')}`;
}

function methods(event: AuditEvent): string {
  const given = event.data['methods'];
  return Array.isArray(given) ? given.map(method => methodLabel(String(method))).join(' and ') : 'nothing';
}

/** Identifiers as words: `public_route` and `publicRoute` → `public route`. */
function words(value: string): string {
  return value.replaceAll('_', ' ').replaceAll(/(?<=[a-z])[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}
