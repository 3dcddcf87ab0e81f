import { createHash } from 'node:crypto';
import { Secret } from '../core/secret.ts';

/** What a token is good for; each kind has its own prefix and its own table, so that none passes for another. */
export const tokenPrefixes = {
  ...{ session: 'sp_s_', pending: 'sp_p_', link: 'sp_l_', handoff: 'sp_h_' },
  /** Of SCIM clients. */
  scim: 'sp_sc_',
  /** Of machines: access token, subject token for an exchange, client secret. */
  ...{ access: 'sp_at_', subject: 'sp_st_', client: 'sp_cs_' },
} as const;
export type TokenKind = keyof typeof tokenPrefixes;

const tokenBytes = 32;
const bodyPattern = /^[A-Za-z0-9_-]{43}$/;

/** A new token of 256 random bits, and what is kept of it. */
export function makeToken(kind: TokenKind, random: (bytes: number) => Buffer): { token: Secret; hash: string } {
  const text = tokenPrefixes[kind] + random(tokenBytes).toString('base64url');
  return { token: new Secret(text), hash: sha256(text) };
}

/** An API key: eight characters that people recognise it by, 256 random bits, and what is kept of it. */
export function makeApiKey(random: (bytes: number) => Buffer): { token: Secret; hash: string; prefix: string } {
  // Five bytes are exactly eight characters of base32.
  const prefix = `sp_${base32(random(prefixBytes))}`;
  const text = `${prefix}_${random(tokenBytes).toString('base64url')}`;
  return { token: new Secret(text), hash: sha256(text), prefix };
}

const prefixBytes = 5;

function base32(bytes: Buffer): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  return bits.toString(32).padStart(8, '0');
}

/** The hash a token of this kind is kept under; undefined for text that cannot be one. */
export function hashToken(kind: TokenKind, token: Secret): string | undefined {
  const text = token.reveal();
  const prefix = tokenPrefixes[kind];
  if (!text.startsWith(prefix) || !bodyPattern.test(text.slice(prefix.length))) return undefined;
  return sha256(text);
}

/** Hex SHA-256 of the UTF-8 text. Enough for values with 120 random bits and more, which nobody can guess through. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
