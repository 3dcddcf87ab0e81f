/** A whole product with a platform behind it, an Owner who connects identity providers, and people of those providers at work. */
import assert from 'node:assert/strict';
import type { Client } from '../../src/admin/client.ts';
import { createClient } from '../../src/admin/client.ts';
import type { Clock } from '../../src/core/clock.ts';
import { startFakeN8n } from '../fakes/n8n.ts';
import { formOf } from '../servers/simplesamlphp.ts';
import { until } from './main-job.ts';
import type { Product } from './product.ts';
import { createOwner, startProduct, told } from './product.ts';
import type { Seen, Visitor } from './visitor.ts';

export interface SignOnHouse extends AsyncDisposable {
  readonly product: Product;
  /** The API as the portal of the Owner calls it: by session, with the header against forgery. */
  readonly owner: Client;
  readonly ownerVisitor: Visitor;
  /** The address of the platform behind the gate. */
  readonly at: string;
  readonly projectId: string;
  /** Moves the gate's time on: what is due by then is done at the next turn of its timers. */
  advance(ms: number): void;
}

/** Starts it. What the gate believes to be now can be moved on; what providers believe stays. */
export async function openSignOnHouse(config: Record<string, unknown> = {}): Promise<SignOnHouse> {
  await using stack = new AsyncDisposableStack();
  let aheadMs = 0;
  const clock: Clock = { now: () => Date.now() + aheadMs, monotonicMs: () => performance.now() };
  const n8n = stack.use(await startFakeN8n());
  const product = stack.use(await startProduct({ config, clock }));
  const { visitor } = await createOwner(product);
  const { operator } = product.sallyport;
  const site = await operator('sites.create', {
    body: { name: 'n8n', platform: 'n8n', upstreams: [n8n.baseUrl], port: 0 },
  });
  await until(
    () => visitor.open(`${site.address}/`),
    seen => seen.status === 200,
  );
  const [project] = (await operator('projects.list')).projects;
  const owned = stack.move();
  return {
    product,
    owner: apiOf(product, visitor),
    ownerVisitor: visitor,
    at: site.address,
    projectId: project?.id ?? '',
    advance(ms) {
      aheadMs += ms;
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** The typed API in a person's browser, as the scripts of the portal call it. */
export function apiOf(product: Product, visitor: Visitor): Client {
  return createClient({
    baseUrl: product.portal,
    async fetch(url, { body, method = 'GET' }) {
      const given: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
      const seen = await visitor.call(method, url, given);
      const headers = { 'content-type': String(seen.headers['content-type'] ?? '') };
      return new Response(seen.text === '' ? null : seen.text, { status: seen.status, headers });
    },
  });
}

/** Opens the sign-in page and fills in the form. Gives the visitor and where they ended. */
export async function signInByForm(
  product: Product,
  typed: { login: string; password: string },
): Promise<{ visitor: Visitor; page: Seen }> {
  const visitor = product.visitor();
  const form = await visitor.open(`${product.portal}/.sallyport/sign-in`);
  return { visitor, page: await visitor.submit(form, { email: typed.login, password: typed.password }) };
}

/** Whether somebody is signed in at the portal, and as whom. */
export async function whoAmI(product: Product, visitor: Visitor): Promise<string | undefined> {
  const seen = await visitor.call('GET', `${product.portal}/.sallyport/api/v1/me`);
  if (seen.status === 401) return undefined;
  assert.equal(seen.status, 200, told(seen));
  return (seen.json() as { person: { email: string } }).person.email;
}

export const workflow = (name: string) => ({ name, nodes: [], connections: {}, settings: {} });

/** Asks the platform for something, the way its own page does. Only the status is of interest. */
export const statusOf = async (visitor: Visitor, method: string, url: string, body?: unknown): Promise<number> =>
  (await visitor.call(method, url, body)).status;

/**
 * Waits until a request is answered with a status, and says what came when it is another. An answer under way when somebody loses the right
 * to it is broken off: then it is asked again.
 */
export async function becomes(ask: () => Promise<number>, wanted: number, what: string): Promise<void> {
  const orBrokenOff = (error: { readonly code?: string }): number => {
    if (error.code === 'ERR_HTTP2_STREAM_ERROR' || error.code === 'UND_ERR_SOCKET') return 0;
    throw error;
  };
  const last = await until(
    () => ask().catch(orBrokenOff),
    status => status === wanted,
    30_000,
  );
  assert.equal(last, wanted, what);
}

/** Opens the platform as a person, until it has an account for them. */
export async function openPlatform(house: SignOnHouse, visitor: Visitor): Promise<void> {
  const page = await visitor.open(`${house.at}/`);
  assert.equal(page.status, 200, told(page));
}

/** Makes an API key as its owner and gives a way to use it without cookies. */
export async function makeKey(house: SignOnHouse, visitor: Visitor): Promise<() => Promise<number>> {
  const { token } = await apiOf(house.product, visitor)('keys.create', {
    body: {
      ...{ name: 'script', sites: ['n8n'], permissions: ['workflow.read'] },
      expiresAt: Date.now() + 30 * 86_400_000,
    },
  });
  const program = house.product.visitor();
  return async () => (await program.send(`${house.at}/rest/workflows`, { headers: { 'x-api-key': token } })).status;
}

/** Names a provider's group and grants it a role in the project, as the page of the group does: looked at first, then done. */
export async function grantGroup(
  house: SignOnHouse,
  given: { providerId: string; name: string; role: string },
): Promise<void> {
  const group = await house.owner('groups.announce', { body: { providerId: given.providerId, name: given.name } });
  const target = { groupId: group.id, project: house.projectId, role: given.role };
  const preview = await house.owner('grants.preview', { body: { add: [target] } });
  assert.deepEqual(preview.refused, []);
  await house.owner('grants.create', { body: target });
}

/** Why sign-ins failed, oldest first, as the audit log has it. */
export async function failureReasons(house: SignOnHouse): Promise<string[]> {
  const { events } = await house.product.sallyport.operator('audit.search', {
    query: { type: 'auth.failed', limit: 100 },
  });
  return events
    .map(event => event.data as { factor: string; reason: string })
    .map(({ factor, reason }) => `${factor} ${reason}`)
    .reverse();
}

/** Sends the form of a page of somebody else's, with these fields, and follows where it leads. */
export async function sendForm(visitor: Visitor, page: Seen, fields: Record<string, string> = {}): Promise<Seen> {
  const form = formOf(page);
  const seen = await visitor.send(new URL(form.action, page.url).href, {
    method: 'POST',
    headers: {
      accept: 'text/html',
      origin: page.url.origin,
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ ...form.fields, ...fields }).toString(),
  });
  const to = seen.headers['location'];
  return to === undefined ? seen : visitor.open(new URL(String(to), seen.url).href);
}

/** Presses the provider's button on the sign-in page. Gives the page of the provider that asks who it is. */
export async function goToProvider(product: Product, visitor: Visitor, name: string): Promise<Seen> {
  const page = await visitor.open(`${product.portal}/.sallyport/sign-in`);
  const button = new RegExp(`<a class="button[^"]*" href="([^"]+)">Continue with ${name}</a>`).exec(page.text);
  assert.ok(button, told(page));
  return visitor.open(new URL((button[1] ?? '').replaceAll('&amp;', '&'), page.url).href);
}

/** Signs out at the portal and, where it is offered, at the provider too. Gives where that ends. */
export async function signOutEverywhere(product: Product, visitor: Visitor): Promise<Seen> {
  const asked = await visitor.open(`${product.portal}/.sallyport/sign-out`);
  const out = await visitor.submit(asked);
  const there = /<a class="button" href="([^"]+)"[^>]*>Sign out there too<\/a>/.exec(out.text)?.[1];
  assert.ok(there, told(out));
  return visitor.open(there.replaceAll('&amp;', '&'));
}

/** A SCIM client as an identity provider has one: by its token alone. */
export async function provision(house: SignOnHouse, domain: string) {
  const { token } = await house.owner('scim.createClient', {
    body: { name: 'Provisioning', domains: [domain], expiresAt: Date.now() + 30 * 86_400_000 },
  });
  const visitor = house.product.visitor();
  return async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const seen = await visitor.send(`${house.product.portal}/.sallyport/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(seen.status < 300, told(seen));
    return seen.text === '' ? {} : (seen.json() as Record<string, unknown>);
  };
}

/** One change of a SCIM resource (RFC 7644 section 3.5.2). */
export const scimPatch = (...operations: readonly object[]): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
});
