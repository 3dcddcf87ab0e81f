import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Access, AccessHands, AccessTables, RosterEntry, RosterGroup } from '../access/access.ts';
import { createAccess, createRoster, globalRoleOf } from '../access/access.ts';
import type { Admin } from '../admin/admin.ts';
import { createAdmin } from '../admin/admin.ts';
import type { Client } from '../admin/client.ts';
import { createClient } from '../admin/client.ts';
import { SallyportError } from '../core/errors.ts';
import { systemPrincipal } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import type { AssertionKeys, ControlHandler, GatewayTables } from '../gateway/gateway.ts';
import { createAssertionKeys, createSites } from '../gateway/gateway.ts';
import type { Identity, IdentityTables, UserRole } from '../identity/identity.ts';
import { createIdentity } from '../identity/identity.ts';
import { openBreachedList } from './breached-list.ts';
import type { LoadedConfig } from './config.ts';
import type { ControlPlane } from './control-plane.ts';
import { createControlPlane, toRosterGroup } from './control-plane.ts';
import type { DataPlane } from './data-plane.ts';
import { openDataPlane } from './data-plane.ts';
import { hasCoreRules } from './firewalls.ts';
import type { Foundation, Seams } from './foundation.ts';
import { layFoundation } from './foundation.ts';
import { createInTurn } from './in-turn.ts';
import { createMetrics, listenForMetrics } from './metrics.ts';
import { listenOnSocket, socketPath } from './operator-socket.ts';
import { createPerimeterSide } from './perimeter-side.ts';
import { createPlaneEars } from './plane-ears.ts';
import { createPlatformSide } from './platform-side.ts';
import { refusals } from './profile.ts';
import { siteOrigins } from './site-address.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const planeTimeoutMs = 5000;
const sweepEveryMs = 60_000;
/** What is due at identity providers is looked for so often. */
const hourMs = 3_600_000;
const refreshEveryMs = 5000;
const keyAgeMaxMs = 30 * 86_400_000;

/** What Sallyport is, for whoever started it. */
export interface Sallyport extends AsyncDisposable {
  readonly portalOrigin: string;
  readonly metricsPort: number;
  /** The API as the local operator: everything a person could do, recorded as done at the machine. */
  readonly operator: Client;
  /** Finishes what is under way, writes the log to its end, closes everything. A second call waits for the first. */
  stop(reason: string): Promise<void>;
}

/** The version in package.json. */
export function readVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return version;
}

/**
 * Builds the house floor by floor and opens the gate. Everything opened is closed in reverse, also when a later floor fails. Throws
 * `server.insecure` with every reason when the profile refuses the settings.
 */
export async function startSallyport(loaded: LoadedConfig, seams: Seams): Promise<Sallyport> {
  const reasons = refusals(loaded);
  if (reasons.length > 0) {
    const message = `Refusing to start with profile "${loaded.config.profile}":\n${reasons.map(reason => `  ${reason}`).join('\n')}`;
    throw new SallyportError('server.insecure', message, { detail: message, extensions: { reasons } });
  }
  await using stack = new AsyncDisposableStack();
  const house = await layFoundation(loaded, seams, stack);
  const built = await build(loaded, house, stack);
  await house.audit.append({
    type: 'gate.started',
    outcome: 'success',
    principal: systemPrincipal,
    action: 'gate.start',
    data: { version: readVersion(), profile: loaded.config.profile },
  });
  const open = stack.move();
  let stopped: Promise<void> | undefined;
  return {
    ...built,
    stop: reason => (stopped ??= stop({ plane: built.plane, house, open }, reason)),
    [Symbol.asyncDispose]: () => stopped ?? open[Symbol.asyncDispose](),
  };
}

/** Whatever fails on the way, everything is closed; the first failure is then thrown. */
async function stop(
  what: { plane: DataPlane; house: Foundation; open: AsyncDisposableStack },
  reason: string,
): Promise<void> {
  try {
    await what.plane.drain();
    await what.house.audit.append({
      type: 'gate.stopped',
      outcome: 'success',
      principal: systemPrincipal,
      action: 'gate.stop',
      data: { reason },
    });
  } finally {
    await what.open[Symbol.asyncDispose]();
  }
}

type Built = Omit<Sallyport, 'stop' | keyof AsyncDisposable> & { readonly plane: DataPlane };

async function build(loaded: LoadedConfig, house: Foundation, stack: AsyncDisposableStack): Promise<Built> {
  const { config } = loaded;
  const startedAt = house.clock.now();
  // The rooms tell the control plane of changes and the control plane reads the rooms: it is bound once both are there.
  let control: ControlPlane | undefined;
  let admin: Admin | undefined;
  const handle: ControlHandler = (request, context) =>
    admin
      ? admin.handle(request, context)
      : Promise.resolve(new Response('Starting.\n', { status: 503, headers: { 'retry-after': '1' } }));

  const roster = createRoster();
  const { breachedFile } = config.identity.passwords;
  const breached = breachedFile === null ? undefined : stack.use(await openBreachedList(breachedFile));
  const identity = createIdentity(config.identity, {
    ...house,
    db: house.store.db<IdentityTables>(),
    changed: async change => {
      const gone = change.kind === 'group' && change.group === null ? roster.group(change.groupId) : undefined;
      await control?.identityChanged(change);
      if (gone !== undefined) await access.grants.forgetGroup(systemPrincipal, gone.id, gone.name);
    },
    ...(breached === undefined ? {} : { isBreached: breached.has }),
    portalOrigin: () => plane.portalOrigin,
    roleOf: userId => roleOf(roster.entry(userId), house.clock.now()),
  });
  const access = createAccess({
    ...house,
    db: house.store.db<AccessTables>(),
    config: config.access,
    roster,
    hands: handsOf(identity),
    changed: async change => control?.accessChanged(change),
    siteUsing: async projectId =>
      (await sites.list()).find(site => site.defaultProject === projectId || site.projects.includes(projectId))?.name,
  });
  const platformSide = stack.use(
    await createPlatformSide(loaded, house, {
      changed: async (...change) => control?.platformSessionChanged(...change),
      versionsChanged: async () => control?.perimeterChanged(),
      emailOf: userId => control?.snapshot().people.get(userId)?.email,
    }),
  );
  const perimeterSide = stack.use(
    await createPerimeterSide(loaded, house, {
      changed: async () => control?.perimeterChanged(),
      bansChanged: async change => control?.bansChanged(change),
      version: platformSide.version,
    }),
  );
  const ears = stack.use(
    createPlaneEars({
      ...house,
      identity,
      accounts: platformSide.accounts,
      tellFact: platformSide.tellFact,
      touchUses: uses => access.uses.touch(uses),
      keepHead: perimeterSide.keepHead,
    }),
  );
  const plane = stack.use(await openDataPlane(loaded, house, { handle, take: ears.take }));
  const { portalOrigin } = plane;
  const sites = createSites({
    ...house,
    db: house.store.db<GatewayTables>(),
    portalOrigin,
    changed: async () => sitesChanged(),
  });

  const sitesChanged = createInTurn(async () => {
    const all = await sites.list();
    await plane.setSites(all);
    platformSide.setSites(all);
    perimeterSide.setSites(all);
    await control?.sitesChanged();
  });

  control = await createControlPlane({
    sources: {
      identity: () => identity.load(),
      access: () => access.load(),
      groups: () => loadGroups(identity),
      sites: () => sites.list(),
      platformSessions: () => platformSide.accounts.load(),
      perimeter: perimeterSide.policy,
      bans: perimeterSide.loadBans,
    },
    roster,
    keys: (await renewKeys(house)).keys,
    portalOrigin,
    log: house.log,
    planeTimeoutMs,
  });
  admin = stack.use(
    createAdmin(
      {
        portalOrigin,
        portalDir: path.join(root, 'portal', 'dist'),
        version: readVersion(),
        profile: config.profile,
        mfaCompulsoryFor: config.identity.mfa.compulsoryFor,
      },
      {
        ...house,
        identity,
        access,
        roster,
        sites,
        portalOrigin,
        platforms: platformSide.platforms,
        platformAccounts: platformSide.accounts,
        fetch: globalThis.fetch,
        status: () => ({
          startedAt,
          recording: house.audit.isRecording(),
          store: house.store.dialect,
          health: plane.health(),
          closedPorts: plane.health().closedPorts,
          certificateIsGenerated: config.tls.mode === 'generated',
        }),
        siteOrigins: site => siteOrigins(site, portalOrigin),
        platformVersion: platformSide.version,
        perimeter: {
          ...perimeterSide,
          headsOf: perimeterSide.heads.of,
          hasCoreRules: hasCoreRules(config.perimeter.coreRuleSet),
        },
        printN8nHook: site => platformSide.printN8nHook(site, portalOrigin),
        n8nHook: platformSide.n8nHook,
      },
    ),
  );
  await sitesChanged();
  await plane.open(control);
  const theAdmin = admin;
  stack.use(
    await listenOnSocket(socketPath(loaded.dataDir, 'operator'), request =>
      theAdmin.handleOperator(request, house.newId()),
    ),
  );
  const metrics = stack.use(
    createMetrics({ bus: house.bus, gauges: () => ({ ...plane.health(), recording: house.audit.isRecording() }) }),
  );
  const { port: metricsPort } = stack.use(await listenForMetrics(metrics, config.metrics));
  everyMinute('sessions.sweep_failed', () => identity.sweep(), house, stack);
  every(
    hourMs,
    {
      name: 'inactive.sweep_failed',
      task: async () => identity.disableInactive(new Set((await access.breakGlass.list()).map(({ userId }) => userId))),
    },
    house,
    stack,
  );
  stack.defer(watchBreakGlass(access, house));
  everyMinute('reviews.sweep_failed', () => access.reviews.sweep(), house, stack);
  everyMinute('elevations.sweep_failed', () => access.elevations.sweep(), house, stack);
  const ending = new AbortController();
  stack.defer(() => ending.abort());
  every(
    refreshEveryMs,
    { name: 'federation.refresh_failed', task: () => identity.signOn.refresh(ending.signal) },
    house,
    stack,
  );
  const theControl = control;
  everyMinute(
    'keys.renew_failed',
    async () => {
      const renewed = await renewKeys(house);
      if (renewed.isNew) await theControl.keysChanged(renewed.keys);
    },
    house,
    stack,
  );
  const operator = createClient({
    baseUrl: portalOrigin,
    fetch: (url, init) => theAdmin.handleOperator(new Request(url, init), house.newId()),
  });
  return { portalOrigin, metricsPort, operator, plane };
}

/**
 * Raises the alarm when an account for emergencies signs in. The sign-in itself is recorded before anybody hears of it. Returns the way to
 * stop listening.
 */
function watchBreakGlass({ breakGlass }: Pick<Access, 'breakGlass'>, house: Foundation): () => void {
  return house.bus.subscribe(event => {
    if (event.type !== 'session.opened' || event.principal.kind !== 'user') return;
    const { id: userId, name: email } = event.principal;
    const session = { userId, email, sessionId: event.data.sessionId, clientIp: event.clientIp };
    void breakGlass
      .noteSignIn(session)
      .then(isMarked => isMarked && house.log.error('break_glass.used', { userId, email, clientIp: event.clientIp }))
      .catch(error => house.log.error('break_glass.note_failed', { error }));
  });
}

/** How reviews take away what identity keeps. */
function handsOf(identity: Identity): AccessHands {
  return {
    makeMember: async (by, userId) => void (await identity.setRole(by, userId, 'member')),
    leaveGroup: (by, input) => identity.groups.setMember(by, { ...input, isMember: false }),
    async revokeKey(by, id) {
      if ((await identity.getApiKey(id)).revokedAt !== null) return false;
      await identity.revokeApiKey(by, id);
      return true;
    },
  };
}

/** Every group, page by page, and who is in which. */
async function loadGroups({ groups }: Pick<Identity, 'groups'>) {
  const found: RosterGroup[] = [];
  for (let after: string | undefined; ; ) {
    const page = await groups.list({ limit: 500, ...(after === undefined ? {} : { after }) });
    found.push(...page.map(toRosterGroup));
    after = page.at(-1)?.id;
    if (after === undefined || page.length < 500) break;
  }
  return { groups: found, groupsOf: await groups.load() };
}

/** The global role somebody holds in effect: by themselves, by a group, for a time. */
function roleOf(entry: RosterEntry | undefined, now: number): UserRole | undefined {
  return entry && globalRoleOf(entry, now);
}

/** The signing keys, new ones when the held are older than a month; the former public half stays in the JWKS until the next round. */
async function renewKeys(house: Foundation): Promise<{ keys: AssertionKeys; isNew: boolean }> {
  const parse = (kept: Secret) => JSON.parse(kept.reveal()) as AssertionKeys;
  const { value, isNew } = await house.settings.renew('assertion-keys', keyAgeMaxMs, held =>
    JSON.stringify(createAssertionKeys(held && parse(held))),
  );
  return { keys: parse(value), isNew };
}

function everyMinute(name: string, task: () => Promise<unknown>, house: Foundation, stack: AsyncDisposableStack): void {
  every(sweepEveryMs, { name, task }, house, stack);
}

/** Runs a task again and again until the stack is closed; one that fails is logged and tried again. */
function every(
  ms: number,
  { name, task }: { name: string; task: () => Promise<unknown> },
  house: Foundation,
  stack: AsyncDisposableStack,
): void {
  const timer = setInterval(() => void task().catch(error => house.log.error(name, { error })), ms);
  timer.unref();
  stack.defer(() => clearInterval(timer));
}
