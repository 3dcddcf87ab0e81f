import { isSallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { printable } from '../email.ts';
import type { Ground } from '../ground.ts';
import * as clients from './clients.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './definitions.ts';
import type { ListQuery } from './listing.ts';
import { project, readListQuery } from './listing.ts';
import type { Json } from './match.ts';
import { memberOf } from './match.ts';
import { notFound, problemAnswer, ScimProblem } from './problem.ts';
import type { Scim, ScimAnswer, ScimRequest } from './scim.ts';
import * as groups from './scim-groups.ts';
import type { ScimCall } from './scim-users.ts';
import * as users from './scim-users.ts';

/** SCIM 2.0 over the tables of this room. */
export function createScim(ground: Ground): Scim {
  return {
    listClients: () => clients.listClients(ground),
    createClient: (by, input) => clients.createClient(ground, by, input),
    rotateClient: (by, input) => clients.rotateClient(ground, by, input),
    deleteClient: (by, id) => clients.deleteClient(ground, by, id),
    answer: (token, request) => answer(ground, token, request),
  };
}

/** Answers in the protocol's own words. What fails on our side is thrown. */
async function answer(ground: Ground, token: Secret | undefined, request: ScimRequest): Promise<ScimAnswer> {
  try {
    const client = await clients.findClient(ground, token);
    if (!client) throw new ScimProblem(401, 'The token is unknown or has expired');
    const call: ScimCall = {
      client,
      by: { kind: 'platform', id: client.id, name: `SCIM ${client.name}` },
      baseUrl: `${ground.portalOrigin()}/.sallyport/scim/v2`,
      ifMatch: request.ifMatch,
    };
    return await route(ground, call, request);
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    const { method, path, requestId } = request;
    ground.log.info('scim.refused', {
      ...{ method, path: printable(path, 200), status: problem.status, scimType: problem.scimType },
      ...{ detail: printable(problem.message, 300), requestId },
    });
    return problemAnswer(problem);
  }
}

/** What identity says in its own words, in the protocol's. */
function problemOf(error: unknown): ScimProblem | undefined {
  if (error instanceof ScimProblem) return error;
  if (!isSallyportError(error)) return undefined;
  const { code, detail } = error;
  if (code === 'identity.user_exists' || code === 'store.conflict') {
    return new ScimProblem(409, detail ?? 'It conflicts with what is stored', 'uniqueness');
  }
  if (code === 'identity.user_not_found' || code === 'identity.group_not_found') return notFound();
  if (code === 'access.denied' || code === 'access.last_owner') {
    return new ScimProblem(403, 'This person is managed by Owners only');
  }
  return code === 'core.invalid_input'
    ? new ScimProblem(400, detail ?? 'The value cannot be taken', 'invalidValue')
    : undefined;
}

async function route(ground: Ground, call: ScimCall, request: ScimRequest): Promise<ScimAnswer> {
  const [kind = '', id, ...more] = request.path.replace(/^\/+|\/+$/g, '').split('/');
  if (more.length > 0) throw notFound();
  switch (kind) {
    case 'Users':
      return serve(ground, call, { resources: userResources, request, id });
    case 'Groups':
      return serve(ground, call, { resources: groupResources, request, id });
    case 'ServiceProviderConfig':
      demandGet(request);
      return ok(serviceProviderConfig(call.baseUrl));
    case 'ResourceTypes':
      demandGet(request);
      return definition(resourceTypes(call.baseUrl), id);
    case 'Schemas':
      demandGet(request);
      return definition(schemas(call.baseUrl), id);
    case 'Bulk':
      throw new ScimProblem(501, 'Bulk is not supported');
    default:
      throw notFound();
  }
}

/** What people and groups have in common towards a client. */
interface Resources {
  list(ground: Ground, call: ScimCall, query: ListQuery, given: URLSearchParams): Promise<Json>;
  create(ground: Ground, call: ScimCall, body: unknown): Promise<Json>;
  get(ground: Ground, call: ScimCall, id: string, given: URLSearchParams): Promise<Json>;
  replace(ground: Ground, call: ScimCall, id: string, body: unknown): Promise<Json>;
  patch(ground: Ground, call: ScimCall, id: string, body: unknown): Promise<Json>;
  remove(ground: Ground, call: ScimCall, id: string): Promise<void>;
}

const userResources: Resources = {
  list: users.listScimUsers,
  create: users.createScimUser,
  get: users.getScimUser,
  replace: users.replaceScimUser,
  patch: users.patchScimUser,
  remove: users.deleteScimUser,
};

const groupResources: Resources = {
  list: groups.listScimGroups,
  create: groups.createScimGroup,
  get: groups.getScimGroup,
  replace: groups.replaceScimGroup,
  patch: groups.patchScimGroup,
  remove: groups.deleteScimGroup,
};

async function serve(
  ground: Ground,
  call: ScimCall,
  { resources, request, id }: { resources: Resources; request: ScimRequest; id: string | undefined },
): Promise<ScimAnswer> {
  const { body, method, query } = request;
  if (id === undefined) {
    if (method === 'GET') return page(await resources.list(ground, call, readListQuery(query), query), query);
    if (method === 'POST') return created(await resources.create(ground, call, body), query);
    throw notAllowed();
  }
  switch (method) {
    case 'GET':
      return ok(await resources.get(ground, call, id, query), query);
    case 'PUT':
      return ok(await resources.replace(ground, call, id, body), query);
    case 'PATCH':
      return ok(await resources.patch(ground, call, id, body), query);
    case 'DELETE':
      await resources.remove(ground, call, id);
      return { status: 204, headers: {}, body: undefined };
    default:
      throw notAllowed();
  }
}

const notAllowed = (): ScimProblem => new ScimProblem(405, 'This method is not for this resource');

function demandGet(request: ScimRequest): void {
  if (request.method !== 'GET') throw notAllowed();
}

function definition(all: readonly Json[], id: string | undefined): ScimAnswer {
  if (id === undefined) {
    const schema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
    return ok({ schemas: [schema], totalResults: all.length, itemsPerPage: all.length, startIndex: 1, Resources: all });
  }
  const found = all.find(one => one['id'] === id);
  if (!found) throw notFound();
  return ok(found);
}

function ok(resource: Json, query?: URLSearchParams): ScimAnswer {
  const meta = memberOf(resource, 'meta') as Json | undefined;
  const version = meta?.['version'];
  const headers = typeof version === 'string' ? { etag: version } : {};
  return { status: 200, headers, body: query === undefined ? resource : project(resource, query) };
}

function created(resource: Json, query: URLSearchParams): ScimAnswer {
  const meta = memberOf(resource, 'meta') as Json | undefined;
  const { headers, ...rest } = ok(resource, query);
  return { ...rest, status: 201, headers: { ...headers, location: String(meta?.['location']) } };
}

function page(list: Json, query: URLSearchParams): ScimAnswer {
  const resources = list['Resources'] as readonly Json[];
  return { status: 200, headers: {}, body: { ...list, Resources: resources.map(one => project(one, query)) } };
}
