import type { EventType, Outcome, PrincipalRef, SecurityEvent } from './events.ts';

/** The OCSF release the classes and activities below are taken from. */
const ocsfVersion = '1.3.0';

/** The OCSF classes Sallyport speaks, by the name used here. */
const classes = {
  eventLogActivity: { uid: 1008, category: 1, name: 'Event Log Activity' },
  accountChange: { uid: 3001, category: 3, name: 'Account Change' },
  detectionFinding: { uid: 2004, category: 2, name: 'Detection Finding' },
  authentication: { uid: 3002, category: 3, name: 'Authentication' },
  entityManagement: { uid: 3004, category: 3, name: 'Entity Management' },
  userAccess: { uid: 3005, category: 3, name: 'User Access Management' },
  httpActivity: { uid: 4002, category: 4, name: 'HTTP Activity' },
  applicationLifecycle: { uid: 6002, category: 6, name: 'Application Lifecycle' },
  apiActivity: { uid: 6003, category: 6, name: 'API Activity' },
  datastoreActivity: { uid: 6005, category: 6, name: 'Datastore Activity' },
} as const;

type ClassName = keyof typeof classes;

/** `severity_id`: 1 informational, 2 low, 3 medium, 4 high. */
interface Mapping {
  readonly class: ClassName;
  readonly activity: number;
  readonly severity: 1 | 2 | 3 | 4;
  /** What the event tells, for people. */
  readonly tells: string;
}

const is = (name: ClassName, activity: number, severity: Mapping['severity'], tells: string): Mapping => ({
  class: name,
  activity,
  severity,
  tells,
});

/** Activity 99 is OCSF's "Other": the class fits, none of its activities does. */
const other = 99;

const mappings = {
  'gate.started': is('applicationLifecycle', 3, 1, 'Sallyport started'),
  'gate.stopped': is('applicationLifecycle', 4, 1, 'Sallyport stopped'),
  'audit.recovered': is('eventLogActivity', other, 4, 'The audit log went on after a crash or a failed write'),

  'session.opened': is('authentication', 1, 1, 'A person signed in'),
  'session.renewed': is('authentication', other, 1, 'A session got a new id because its rights changed'),
  'session.ended': is('authentication', 2, 1, 'A session ended'),
  'auth.failed': is('authentication', 1, 2, 'A sign-in was refused'),
  'auth.locked': is('accountChange', 9, 3, 'Too many failures locked an account or a network'),

  'user.created': is('accountChange', 1, 2, 'A person was added'),
  'user.updated': is('accountChange', other, 1, 'The profile of a person was changed'),
  'user.role_changed': is('userAccess', 1, 3, 'The global role of a person was changed'),
  'user.disabled': is('accountChange', 5, 2, 'A person was disabled'),
  'user.enabled': is('accountChange', 2, 2, 'A person was enabled again'),
  'user.deleted': is('accountChange', 6, 2, 'A person was deleted'),
  'user.password_changed': is('accountChange', 3, 2, 'A password was set'),
  'api_key.created': is('accountChange', other, 2, 'An API key was made'),
  'api_key.revoked': is('accountChange', other, 2, 'An API key was revoked'),
  'api_key.rotated': is('accountChange', other, 2, 'An API key got a successor'),
  'service_account.created': is('accountChange', 1, 2, 'A service account was made'),
  'service_account.updated': is('accountChange', other, 2, 'A service account was changed'),
  'client_credential.created': is('accountChange', other, 2, 'A service account got a client secret or key'),
  'client_credential.revoked': is('accountChange', other, 2, 'A client secret or key was revoked'),
  'token.issued': is('authentication', 3, 1, 'A program got an access token'),
  'token.revoked': is('authentication', other, 1, 'An access token was revoked'),
  'user.mfa_enrolled': is('accountChange', 10, 1, 'A second factor was enrolled'),
  'user.mfa_removed': is('accountChange', 11, 3, 'A second factor was removed'),
  'user.passkey_suspected': is('authentication', 1, 4, 'A passkey may have been copied'),
  'policy.changed': is('entityManagement', 3, 3, 'A policy was changed'),
  'user.recovery_codes_made': is('accountChange', other, 2, 'New recovery codes replaced the old ones'),
  'link.issued': is('accountChange', other, 2, 'A one-time link was made'),
  'link.used': is('accountChange', other, 2, 'A one-time link was used'),

  'provider.created': is('entityManagement', 1, 3, 'An identity provider was connected'),
  'provider.updated': is('entityManagement', 3, 3, 'An identity provider was changed'),
  'provider.deleted': is('entityManagement', 4, 3, 'An identity provider was disconnected'),
  'account.linked': is('accountChange', other, 3, 'A person can sign in with an account elsewhere'),
  'account.unlinked': is('accountChange', other, 2, 'A person can no longer sign in with an account elsewhere'),
  'group.created': is('entityManagement', 1, 1, 'A group was made'),
  'group.updated': is('entityManagement', 3, 1, 'A group was renamed'),
  'group.deleted': is('entityManagement', 4, 2, 'A group was deleted'),
  'user.groups_changed': is('userAccess', 1, 2, 'A person came into groups or left some'),
  'scim_client.created': is('entityManagement', 1, 3, 'A SCIM client may provision people and groups'),
  'scim_client.rotated': is('entityManagement', 3, 2, 'A SCIM client got a new token'),
  'scim_client.deleted': is('entityManagement', 4, 2, 'A SCIM client was ended'),

  'project.created': is('entityManagement', 1, 1, 'A project was created'),
  'project.updated': is('entityManagement', 3, 1, 'A project was changed'),
  'project.deleted': is('entityManagement', 4, 2, 'A project was deleted'),
  'project.member_changed': is('userAccess', 1, 2, 'A member of a project was added, changed or removed'),
  'project.resource_assigned': is('entityManagement', 3, 2, 'A resource was assigned to a project'),
  'role.created': is('entityManagement', 1, 2, 'A project role was made'),
  'role.updated': is('entityManagement', 3, 3, 'A project role was changed for everybody who has it'),
  'role.deleted': is('entityManagement', 4, 2, 'A project role was deleted'),
  'grant.created': is('userAccess', 1, 3, 'A group was granted a role'),
  'grant.deleted': is('userAccess', 2, 2, 'A grant to a group was taken back'),
  'elevation.asked': is('userAccess', other, 2, 'Somebody asked for a role for a time'),
  'elevation.decided': is('userAccess', 1, 3, 'Somebody else approved or denied a role for a time'),
  'elevation.ended': is('userAccess', 2, 1, 'A role for a time ended'),
  'break_glass.marked': is('accountChange', other, 3, 'An account was marked as one for emergencies'),
  'break_glass.unmarked': is('accountChange', other, 3, 'An account is no longer one for emergencies'),
  'break_glass.used': is('authentication', 1, 4, 'An account for emergencies signed in'),
  'review.created': is('entityManagement', 1, 1, 'An access review began'),
  'review.assigned': is('entityManagement', other, 1, 'Items of an access review were given to a reviewer'),
  'review.answered': is('userAccess', other, 2, 'Access was kept or revoked in a review'),
  'review.closed': is('entityManagement', other, 1, 'An access review was closed; its evidence is unchangeable'),
  'site.created': is('entityManagement', 1, 2, 'A protected site was added'),
  'site.updated': is('entityManagement', 3, 2, 'A protected site was changed'),
  'site.deleted': is('entityManagement', 4, 3, 'A protected site was removed'),

  'request.finished': is('httpActivity', other, 1, 'A request was answered, allowed or denied'),

  'exclusion.created': is('entityManagement', 1, 3, 'A rule of the firewall was switched off at one place'),
  'exclusion.deleted': is('entityManagement', 4, 1, 'A rule of the firewall was switched on again'),
  'ban.created': is('entityManagement', 1, 3, 'An address or a block was banned'),
  'ban.lifted': is('entityManagement', 4, 2, 'A ban was lifted'),
  'ban.withheld': is('entityManagement', other, 4, 'More addresses earned a ban in a minute than are banned in one'),
  'firewall.matched': is('detectionFinding', 1, 3, 'The firewall matched, and stopped or would have stopped a request'),

  'workflow.created': is('entityManagement', 1, 1, 'A workflow was created'),
  'workflow.updated': is('entityManagement', 3, 1, 'A workflow was changed'),
  'workflow.deleted': is('entityManagement', 4, 2, 'A workflow was deleted'),
  'workflow.activated': is('entityManagement', 8, 1, 'A workflow was switched on'),
  'workflow.deactivated': is('entityManagement', 9, 1, 'A workflow was switched off'),
  'execution.started': is('apiActivity', 1, 1, 'A run of a workflow started'),
  'execution.finished': is('apiActivity', 3, 1, 'A run of a workflow finished'),
  'execution.failed': is('apiActivity', 3, 2, 'A run of a workflow failed'),
  'credential.accessed': is('entityManagement', 2, 2, 'A credential was read or used'),
  'credential.changed': is('entityManagement', 3, 3, 'A credential was created, changed or deleted'),
  'data_source.accessed': is('datastoreActivity', 1, 1, 'A data source was read or used'),

  'platform.signed_in': is('authentication', 1, 1, 'The gate signed in to a platform'),
  'platform.sign_in_failed': is('authentication', 1, 3, 'A platform refused the gate'),
  'platform.account_created': is('accountChange', 1, 2, 'The gate made an account on a platform'),
} as const satisfies Record<EventType, Mapping>;

/** True for exactly the event types of `core/events.ts`. */
export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(mappings, type);
}

/** OCSF HTTP Activity, `activity_id` by method. */
const httpActivities = new Map([
  ['CONNECT', 1],
  ['DELETE', 2],
  ['GET', 3],
  ['HEAD', 4],
  ['OPTIONS', 5],
  ['POST', 6],
  ['PUT', 7],
  ['TRACE', 8],
]);

const credentialActivities = { created: 1, updated: 3, deleted: 4 } as const;

/** An event in the words of OCSF. What OCSF has no place for stands in `unmapped`, so nothing is lost. */
export interface OcsfEvent {
  readonly class_uid: number;
  readonly class_name: string;
  readonly category_uid: number;
  readonly activity_id: number;
  readonly activity_name: string;
  readonly type_uid: number;
  readonly severity_id: number;
  readonly status_id: number;
  readonly status: string;
  readonly time: number;
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly actor: { readonly user: OcsfUser };
  readonly unmapped: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

interface OcsfUser {
  readonly uid: string;
  readonly name: string;
  readonly type_id: number;
  readonly type: string;
}

const statuses: Readonly<Record<Outcome, { id: number; name: string }>> = {
  success: { id: 1, name: 'Success' },
  failure: { id: 2, name: 'Failure' },
  denied: { id: 2, name: 'Failure' },
};

/** Maps an event to its OCSF class; every event type has one. Pure: the same event gives the same result. */
export function toOcsf(event: SecurityEvent): OcsfEvent {
  const mapping: Mapping = mappings[event.type];
  const { uid, category, name } = classes[mapping.class];
  const activity = activityOf(event, mapping.activity);
  const status = statuses[event.outcome];
  return {
    class_uid: uid,
    class_name: name,
    category_uid: category,
    activity_id: activity,
    activity_name: event.action,
    type_uid: uid * 100 + activity,
    severity_id: event.outcome === 'denied' ? Math.max(mapping.severity, 2) : mapping.severity,
    status_id: status.id,
    status: status.name,
    time: event.time,
    message: mapping.tells,
    metadata: {
      version: ocsfVersion,
      uid: event.id,
      event_code: event.type,
      product: { name: 'Sallyport', vendor_name: 'Sallyport' },
      profiles: mapping.class === 'httpActivity' ? ['security_control'] : [],
      ...(event.requestId === undefined ? {} : { correlation_uid: event.requestId }),
    },
    actor: { user: userOf(event.principal) },
    ...(event.clientIp === undefined ? {} : { src_endpoint: { ip: event.clientIp } }),
    ...aboutOf(event, mapping.class),
    unmapped: {
      outcome: event.outcome,
      ...given('site', event.site),
      ...given('platform', event.platform),
      ...given('project', event.project),
      ...given('resource', event.resource),
      ...given('apiKey', event.principal.apiKey),
      ...given('actors', event.principal.actors),
      data: event.data,
    },
  };
}

function activityOf(event: SecurityEvent, usual: number): number {
  if (event.type === 'request.finished') return httpActivities.get(event.data.method) ?? other;
  if (event.type === 'credential.changed') return credentialActivities[event.data.how];
  if (event.type === 'project.member_changed' && event.data.to === null) return 2;
  return usual;
}

/** The attributes that a class requires beside the common ones. */
function aboutOf(event: SecurityEvent, name: ClassName): Record<string, unknown> {
  const { resource } = event;
  switch (name) {
    case 'httpActivity':
      return event.type === 'request.finished' ? httpOf(event) : {};
    case 'detectionFinding':
      return event.type === 'firewall.matched' ? findingOf(event) : {};
    case 'entityManagement':
      return {
        entity: { uid: resource?.id ?? event.action, name: resource?.name ?? resource?.id, type: resource?.kind },
      };
    case 'accountChange':
    case 'authentication':
    case 'userAccess':
      return {
        user:
          resource?.kind === 'user'
            ? { uid: resource.id, name: resource.name ?? resource.id }
            : userOf(event.principal),
        ...(name === 'authentication' ? { service: { name: event.site ?? 'sallyport' } } : {}),
        ...(name === 'userAccess' ? { privileges: privilegesOf(event) } : {}),
      };
    case 'apiActivity':
      return {
        api: { operation: event.action, service: { name: event.platform ?? 'sallyport' } },
        ...(resource === undefined
          ? {}
          : { resources: [{ uid: resource.id, name: resource.name, type: resource.kind }] }),
      };
    case 'datastoreActivity':
      return { database: { uid: resource?.id, name: resource?.name ?? resource?.id, type_id: 0 } };
    case 'applicationLifecycle':
      return { app: { name: 'Sallyport', vendor_name: 'Sallyport' } };
    case 'eventLogActivity':
      return { log_name: 'sallyport-audit' };
    default:
      return name satisfies never;
  }
}

function httpOf(event: Extract<SecurityEvent, { type: 'request.finished' }>): Record<string, unknown> {
  const { method, path, status, bytesIn, bytesOut, durationMs, denied } = event.data;
  return {
    http_request: { http_method: method, url: { path, hostname: event.site }, ...given('uid', event.requestId) },
    http_response: { code: status, length: bytesOut },
    dst_endpoint: { svc_name: event.site ?? 'sallyport' },
    traffic: { bytes_in: bytesIn, bytes_out: bytesOut },
    duration: Math.round(durationMs),
    // The security_control profile: 1 allowed, 2 denied; disposition 1 allowed, 2 blocked.
    action_id: denied === undefined ? 1 : 2,
    disposition_id: denied === undefined ? 1 : 2,
    ...(denied === undefined ? {} : { status_detail: `${denied.layer}: ${denied.reason}` }),
  };
}

/** OCSF wants a title and an id of what was found; the disposition says whether it was let through. */
function findingOf(event: Extract<SecurityEvent, { type: 'firewall.matched' }>): Record<string, unknown> {
  const { matches, path, problem, verdict } = event.data;
  const isStopped = verdict === 'block' || verdict === 'redact';
  return {
    finding_info: {
      uid: event.requestId ?? event.id,
      title: matches[0]?.title ?? problem ?? 'firewall match',
      types: [...new Set(matches.map(match => match.rule))],
    },
    resources: [{ uid: path, name: event.site, type: 'url' }],
    action_id: isStopped ? 2 : 1,
    disposition_id: isStopped ? 2 : 1,
  };
}

function privilegesOf(event: SecurityEvent): string[] {
  if (event.type !== 'user.role_changed' && event.type !== 'project.member_changed') return [];
  return [event.data.to ?? event.data.from ?? 'none'];
}

/** OCSF user `type_id`: 1 user, 3 system, 4 service; 99 where none fits. */
function userOf(principal: PrincipalRef): OcsfUser {
  const types = { user: 1, operator: 1, system: 3, platform: 4, anonymous: 99 } as const;
  return { uid: principal.id, name: principal.name, type_id: types[principal.kind], type: principal.kind };
}

function given(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

/** One row per event type, for the printed reference. */
export interface EventDescription {
  readonly type: EventType;
  readonly tells: string;
  readonly classUid: number;
  readonly className: string;
}

/** Every event type with its OCSF class and what it tells, sorted by type. */
export function describeEvents(): EventDescription[] {
  return (Object.entries(mappings) as [EventType, Mapping][])
    .map(([type, { class: name, tells }]) => ({
      type,
      tells,
      classUid: classes[name].uid,
      className: classes[name].name,
    }))
    .toSorted((a, b) => (a.type < b.type ? -1 : 1));
}
