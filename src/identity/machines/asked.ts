import type { Permission } from '../../core/permissions.ts';
import type { MachineScope, TokenRequest } from './machines.ts';
import { OAuthRefusal } from './refusal.ts';
import { readPermissions } from './scope.ts';

/** What a request asks a token for; left out, everything that may be. */
export interface Asked {
  readonly permissions: readonly Permission[] | undefined;
  /** Site ids. */
  readonly sites: readonly string[] | undefined;
}

const targetsMax = 10;

/** Reads `scope`, `resource` and `audience` (RFC 6749 section 3.3, RFC 8707 section 2, RFC 8693 section 2.1). */
export async function readAsked(request: TokenRequest, form: ReadonlyMap<string, string>): Promise<Asked> {
  const scope = form.get('scope');
  const permissions = scope === undefined ? undefined : readPermissions(scope.slice(0, 2000));
  if (scope !== undefined && permissions === undefined) {
    throw new OAuthRefusal('invalid_scope', 'want permissions as "workflow.read workflow.execute"');
  }
  const named = ['resource', 'audience'].flatMap(name => request.form.getAll(name));
  if (named.length > targetsMax) throw new OAuthRefusal('invalid_target', `at most ${targetsMax} resources`);
  if (named.length === 0) return { permissions, sites: undefined };
  const sites: string[] = [];
  for (const name of named) {
    const site = await request.findSite(name.slice(0, 500));
    if (site === undefined) throw new OAuthRefusal('invalid_target', 'a resource or audience is no site of this gate');
    sites.push(site);
  }
  return { permissions, sites };
}

/** What was asked for of what there is. Throws the refusal where nothing is left. */
export function narrow(asked: Asked, most: MachineScope): MachineScope {
  const sites = asked.sites === undefined ? most.sites : most.sites.filter(site => asked.sites?.includes(site));
  const permissions =
    asked.permissions === undefined
      ? most.permissions
      : most.permissions.filter(one => asked.permissions?.includes(one));
  if (sites.length === 0 || most.paths.length === 0) {
    throw new OAuthRefusal('invalid_target', 'no site is left that all of it is for');
  }
  if (permissions.length === 0) throw new OAuthRefusal('invalid_scope', 'no permission is left that all of it allows');
  return { sites, paths: most.paths, permissions };
}
