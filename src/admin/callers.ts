import type { Subject } from '../access/access.ts';
import type { PrincipalRef } from '../core/events.ts';
import { Secret } from '../core/secret.ts';
import type { ControlContext } from '../gateway/gateway.ts';
import type { Session, SignInContext, User } from '../identity/identity.ts';
import type { PersonCaller } from './api/handler.ts';
import { readCookie, sessionCookie } from './cookies.ts';
import type { AdminDeps } from './deps.ts';
import type { Destination } from './return-to.ts';

/** Who a request's session cookie belongs to; undefined when there is no live session for this host. */
export async function findCaller(
  deps: Pick<AdminDeps, 'identity' | 'clock' | 'roster'>,
  request: Request,
  control: ControlContext,
): Promise<PersonCaller | undefined> {
  const token = readCookie(request, sessionCookie);
  if (token === undefined) return undefined;
  const found = await deps.identity.findSession(new Secret(token), hostOf(control.origin));
  if (found === undefined || found.user.disabled) return undefined;
  return toCaller(deps, found.session, found.user);
}

/** The host a session is bound to: without port, as cookies know none. */
export function hostOf(origin: string): string {
  return new URL(origin).hostname;
}

/** Where a sign-in comes from, and where it leads to. */
export function signInContext(request: Request, control: ControlContext, toward?: Destination): SignInContext {
  return {
    clientIp: control.clientIp,
    userAgent: (request.headers.get('user-agent') ?? '').slice(0, 300),
    host: hostOf(control.origin),
    requestId: control.requestId,
    ...(toward?.site === undefined ? {} : { site: toward.site.name, platform: toward.site.platform }),
  };
}

export function principalOf(user: User): PrincipalRef {
  return { kind: 'user', id: user.id, name: user.email };
}

function toCaller(deps: Pick<AdminDeps, 'clock' | 'roster'>, session: Session, user: User): PersonCaller {
  // By groups and for a time too. Who is not in the roster yet holds what their account says, in no project.
  const subject: Subject = deps.roster.entry(user.id) ?? {
    ...{ id: user.id, globalRole: user.role, disabled: user.disabled },
    ...{ projects: new Map(), elevations: [] },
  };
  return {
    kind: 'person',
    user,
    session,
    principal: principalOf(user),
    subject,
    now: deps.clock.now(),
    roles: deps.roster.customRoles,
  };
}
