/**
 * SCIM 2.0 (RFC 7643, RFC 7644): a provisioning client creates, changes and disables people and groups. `active: false` ends sessions and
 * keys before the answer is sent. A client sees and changes only what it made itself; of others it learns at most that an address is taken.
 */
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';

export interface ScimClient {
  readonly id: string;
  readonly name: string;
  /** It may make and change accounts with addresses of these domains; empty: none. */
  readonly domains: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
}

export interface ScimRequest {
  readonly method: string;
  /** Below `/scim/v2`, decoded, as "/Users/2819c223". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON of at most 1 MiB; undefined without a body. */
  readonly body: unknown;
  readonly ifMatch: string | null;
  readonly requestId: string;
  readonly clientIp: string;
}

export interface ScimAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Scim {
  listClients(): Promise<ScimClient[]>;
  /** The token is shown this once; at most a year. */
  createClient(
    by: PrincipalRef,
    input: { name: string; domains: readonly string[]; expiresAt: number },
  ): Promise<{ client: ScimClient; token: Secret }>;
  /** A new token; the old one goes on for `overlapMs`. */
  rotateClient(
    by: PrincipalRef,
    input: { id: string; overlapMs: number; expiresAt: number },
  ): Promise<{ client: ScimClient; token: Secret }>;
  /** What it made stays. */
  deleteClient(by: PrincipalRef, id: string): Promise<void>;
  /** Answers one request in the protocol's own words, errors too (RFC 7644 section 3.12). An unknown token is 401. */
  answer(token: Secret | undefined, request: ScimRequest): Promise<ScimAnswer>;
}
