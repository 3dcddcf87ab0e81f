import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { amrOf, assuranceOf } from '../core/assurance.ts';
import type { Clock } from '../core/clock.ts';
import type { NewId } from '../core/ids.ts';
import type { AssertionKeys, PersonPolicy, SessionPolicy, SitePolicy } from './snapshot.ts';

/** Seconds an assertion is good for; upstreams should refuse an older one. */
export const assertionLifetimeS = 120;
const renewBeforeMs = 30_000;
const cachedMax = 20_000;
const groupsToldMax = 50;

/**
 * Makes a new ES256 signing key. With the keys held so far, those that verify stay one round in the JWKS, so that an assertion signed a
 * moment before a rotation still verifies: publish the result, and drop the old half by the next rotation.
 */
export function createAssertionKeys(held?: AssertionKeys): AssertionKeys {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = pair.publicKey.export({ format: 'jwk' });
  // RFC 7638: the thumbprint of the required members in this order is the key id.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  const common = { kid, alg: 'ES256', use: 'sig' };
  return {
    privateJwk: { ...pair.privateKey.export({ format: 'jwk' }), ...common },
    publicJwks: [{ kty, crv, x, y, ...common }, ...(held?.publicJwks.slice(0, 1) ?? [])],
  };
}

/** The public halves as a JWK set (RFC 7517 section 5). Never holds a private member. */
export function toJwks(keys: AssertionKeys): string {
  return JSON.stringify({
    keys: keys.publicJwks.map(({ kty, crv, x, y, kid, alg, use }) => ({ kty, crv, x, y, kid, alg, use })),
  });
}

export interface AssertionInput {
  readonly session: SessionPolicy;
  readonly person: PersonPolicy;
  readonly site: SitePolicy;
  /** Origin of the site as the browser knows it: the audience. */
  readonly audience: string;
  /** Service accounts that act for the person, the one at work first. */
  readonly actors?: readonly PersonPolicy[];
}

/** Signs who a request comes from, for the upstream to verify against the JWKS. */
export interface Assertions {
  /** The same token for the same session, person, site and audience until 30 s before it ends; a change of any makes a new one. */
  sign(input: AssertionInput): string;
}

interface Cached {
  readonly token: string;
  readonly person: PersonPolicy;
  readonly session: SessionPolicy;
  readonly site: SitePolicy;
  readonly audience: string;
  readonly freshUntil: number;
}

/** One signer per key set and issuer; ES256 JWTs (RFC 7515, RFC 7519, RFC 7518 section 3.4). */
export function createAssertions(deps: {
  keys: AssertionKeys;
  issuer: string;
  clock: Clock;
  newId: NewId;
}): Assertions {
  const key = createPrivateKey({ key: { ...deps.keys.privateJwk }, format: 'jwk' });
  const header = encode({ alg: 'ES256', typ: 'JWT', kid: deps.keys.privateJwk['kid'] });
  const cache = new Map<string, Cached>();
  return {
    sign(input) {
      const { session, person, site, audience } = input;
      const now = deps.clock.now();
      const slot = `${session.id}|${site.id}`;
      const held = cache.get(slot);
      if (
        held !== undefined &&
        now < held.freshUntil &&
        // A clock that jumped back must not keep a token for longer than it was made for.
        held.freshUntil - now <= assertionLifetimeS * 1000 &&
        held.person === person &&
        held.session === session &&
        held.site === site &&
        held.audience === audience
      ) {
        return held.token;
      }
      const token = seal(key, header, claimsOf(input, { issuer: deps.issuer, now, jti: deps.newId() }));
      const freshUntil = now + assertionLifetimeS * 1000 - renewBeforeMs;
      cache.delete(slot);
      cache.set(slot, { token, person, session, site, audience, freshUntil });
      if (cache.size > cachedMax) cache.delete(cache.keys().next().value ?? slot);
      return token;
    },
  };
}

/**
 * The groups told to an upstream: the global role, the roles in the site's default project and the groups the person is in, as `global:member`,
 * `project:editor` and `group:Flow builders`. Elevations are not told: what an upstream keeps of them would outlive them. Bounded, so that a person in many projects does not outgrow the upstream's header limit. Never null.
 */
export function groupsOf(person: PersonPolicy, site: SitePolicy): string[] {
  const roles = person.projects.get(site.defaultProject) ?? [];
  const groups = person.groups.slice(0, groupsToldMax);
  return [
    `global:${person.globalRole}`,
    ...roles.slice(0, groupsToldMax).map(role => `project:${role}`),
    ...groups.map(group => `group:${group}`),
  ];
}

function claimsOf(input: AssertionInput, made: { issuer: string; now: number; jti: string }) {
  const { session, person, site } = input;
  const issuedAt = Math.floor(made.now / 1000);
  return {
    iss: made.issuer,
    aud: [input.audience, site.name],
    sub: person.id,
    sid: session.id,
    email: person.email,
    name: person.name,
    ...(input.actors === undefined ? {} : { act: actOf(input.actors) }),
    groups: groupsOf(person, site),
    role: person.globalRole,
    acr: assuranceOf(session.methods),
    amr: amrOf(session.methods),
    auth_time: Math.floor(session.authenticatedAt / 1000),
    iat: issuedAt,
    exp: issuedAt + assertionLifetimeS,
    jti: made.jti,
  };
}

/** RFC 8693 section 4.1: who acts, and in it who acted before. */
function actOf([actor, ...before]: readonly PersonPolicy[]): object | undefined {
  if (actor === undefined) return undefined;
  const act = actOf(before);
  return { sub: actor.id, name: actor.name, ...(act === undefined ? {} : { act }) };
}

function seal(key: KeyObject, header: string, claims: object): string {
  const signed = `${header}.${encode(claims)}`;
  // RFC 7518 section 3.4 wants R and S side by side, not DER.
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
