import type { JWTPayload } from 'jose';
import type { Secret } from '../../core/secret.ts';
import type { ExternalIdentity } from '../federation/federation.ts';
import type { OidcSettings } from '../provider-settings.ts';
import { Refused } from './refused.ts';

type Claims = Readonly<Record<string, unknown>>;

const groupCharsMax = 500;
const depthMax = 5;

/** What a provider said of one person: the newest and best vouched for first. Members of different sources are never mixed in one fact. */
export type Sources = readonly Claims[];

/** Whether the sources leave out anything the settings name. */
export function isLacking(settings: OidcSettings, sources: Sources): boolean {
  const { email, name, groups } = settings.claims;
  const names = [email, name, ...(groups === null ? [] : [groups])];
  return names.some(path => sources.every(source => claimAt(source, path) === undefined));
}

/** The person as the sources have them. Throws `Refused` where groups are said in a way that cannot be read: none would be a guess. */
export function identityOf(
  settings: OidcSettings,
  sources: Sources,
  about: { readonly idToken: JWTPayload; readonly subject: string; readonly keepsake: Secret | null },
): ExternalIdentity {
  const { idToken, keepsake, subject } = about;
  const withEmail = sources.find(source => claimAt(source, settings.claims.email) !== undefined) ?? {};
  const email = textOf(claimAt(withEmail, settings.claims.email), 254);
  const verified = withEmail['email_verified'];
  const { auth_time: authTime, sid } = idToken;
  return {
    subject,
    email: email !== null && /^[^\s@]+@[^\s@]+$/.test(email) ? email : null,
    // Some providers write it as text. It counts for the address it stands beside, and for the standard claim only.
    isEmailVerified:
      settings.trustsEmail || (settings.claims.email === 'email' && (verified === true || verified === 'true')),
    name: textOf(firstOf(sources, settings.claims.name), 120),
    groups: groupsOf(settings, sources),
    isMfa: hasSecondFactor(settings, idToken),
    authenticatedAt: typeof authTime === 'number' && Number.isFinite(authTime) ? authTime * 1000 : null,
    upstreamSession: textOf(sid, 500),
    keepsake,
  };
}

/** A claim by its whole name (names of some are addresses with dots), else the way into one: `realm_access.roles`. Own members only. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path] ?? undefined;
  const steps = path.split('.');
  if (steps.length > depthMax) return undefined;
  let at: unknown = claims;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, step)) return undefined;
    at = (at as Claims)[step];
  }
  return at ?? undefined;
}

const firstOf = (sources: Sources, path: string): unknown =>
  sources.map(source => claimAt(source, path)).find(value => value !== undefined);

function groupsOf(settings: OidcSettings, sources: Sources): readonly string[] {
  const path = settings.claims.groups;
  if (path === null) return [];
  const value = firstOf(sources, path);
  if (value === undefined) {
    refuseElsewhere(path, sources);
    return [];
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const names = new Set<string>();
  for (const one of list) {
    if (typeof one !== 'string' || one === '' || one.length > groupCharsMax || /\p{Cc}/u.test(one)) {
      throw new Refused(`the claim "${path}" wants to be a list of group names of at most ${groupCharsMax} characters`);
    }
    names.add(one);
  }
  if (names.size > settings.groupsMax) {
    throw new Refused(`the claim "${path}" has ${names.size} groups, at most ${settings.groupsMax} are taken`);
  }
  return [...names];
}

/**
 * OpenID Connect Core 1.0 section 5.6.2: a distributed claim says that the groups are to be fetched somewhere else. Entra ID does this to
 * people in more than 200 groups. Taking it for "no groups" would take their roles away; fetching would go where a token says.
 */
function refuseElsewhere(path: string, sources: Sources): void {
  const root = path.split('.')[0] ?? path;
  for (const source of sources) {
    const elsewhere = source['_claim_names'];
    const isNamed =
      typeof elsewhere === 'object' &&
      elsewhere !== null &&
      (Object.hasOwn(elsewhere, path) || Object.hasOwn(elsewhere, root));
    if (isNamed || source['hasgroups'] === true || source['hasgroups'] === 'true') {
      throw new Refused(
        `the claim "${path}" is left out because the person is in too many groups (_claim_sources): let the provider send only groups assigned to the application, or application roles`,
      );
    }
  }
}

/** `amr` (RFC 8176) and `acr` of the signed token only. */
function hasSecondFactor(settings: OidcSettings, idToken: JWTPayload): boolean {
  const { acr, amr } = idToken;
  const said: readonly unknown[] = [...(Array.isArray(amr) ? amr : [amr]), acr];
  return said.some(value => typeof value === 'string' && settings.mfaValues.includes(value));
}

/** A text to keep: trimmed, not empty, without control characters; everything else is null. */
function textOf(value: unknown, charsMax: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.normalize('NFC').trim();
  return text === '' || text.length > charsMax || /\p{Cc}/u.test(text) || !text.isWellFormed() ? null : text;
}
