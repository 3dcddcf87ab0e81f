/** What kind of request it is, as far as limits go. Who classifies says which; `other` is everything without one of its own. */
export const requestClasses = ['sign_in', 'webhook', 'api', 'asset', 'other'] as const;
export type RequestClass = (typeof requestClasses)[number];

/** Whose requests are counted together: an IPv4 address or IPv6 /64, a person, an API key, one route of one site, or both of two. */
export const limitScopes = ['address', 'identity', 'api_key', 'site', 'route', 'address_route'] as const;
export type LimitScope = (typeof limitScopes)[number];

/**
 * In any `windowMs` a key is allowed at most `limit` requests, and beyond them at most `burst` in any ten windows. A request is refused only
 * when so many were allowed within the window and a sixtieth of it before. What is refused is not counted.
 */
export interface LimitRule {
  /** Lower case, digits, `-` and `_`, at most 40: what clients see as the name of the policy. */
  readonly id: string;
  readonly scope: LimitScope;
  readonly limit: number;
  readonly windowMs: number;
  readonly burst?: number;
  readonly appliesTo: 'any' | readonly RequestClass[];
  /** Only requests of people who are not signed in, or only of those who are; both when left out. */
  readonly people?: 'anonymous' | 'signed_in';
  /** Site ids; every site when left out. */
  readonly sites?: readonly string[];
}

/** One request, as the gate knows it. A rule whose key is not known (no identity, no API key) does not apply. */
export interface LimitInput {
  readonly class: RequestClass;
  /** The real client address, canonical. */
  readonly address: string;
  readonly site?: string;
  /** The route pattern, not the path: bounded in number. */
  readonly route?: string;
  /** The id of the signed-in person. */
  readonly identity?: string;
  readonly apiKey?: string;
}

/** `policy` is the rule that refused, or of those that allowed the one with the least share left. */
export interface LimitDecision {
  readonly allowed: boolean;
  readonly policy: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly remaining: number;
  /** Until more of it is available; 0 when all of it is. */
  readonly resetMs: number;
  /** Above 0 exactly when refused. */
  readonly retryAfterMs: number;
}
