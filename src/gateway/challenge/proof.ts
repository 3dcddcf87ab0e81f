import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { networkOf } from '../../core/ip.ts';
import type { AssertionKeys } from '../snapshot.ts';

/** Who a challenge is for: its solution and the pass it buys are good for nobody else. */
export interface ProofClient {
  readonly ip: string;
  readonly userAgent: string;
}

/** A task for a browser: find `tasks` nonces whose SHA-256 with the seed begins with `bits` zero bits. */
export interface Challenge {
  readonly text: string;
  readonly seed: string;
  readonly bits: number;
}

/** Makes and checks challenges and passes. Keeps nothing: every gate with the same keys takes what another one made. */
export interface Proofs {
  challenge(client: ProofClient, bits: number, nowMs: number): Challenge;
  /** Whether the nonces solve a challenge that was made for this client in the last five minutes. */
  solves(client: ProofClient, answer: { readonly text: string; readonly nonces: string }, nowMs: number): boolean;
  /** Good for this client for `passLifetimeS`. */
  pass(client: ProofClient, nowMs: number): string;
  holds(client: ProofClient, pass: string, nowMs: number): boolean;
}

/** Several small tasks rather than one: nobody waits ten times as long as another for want of luck. */
export const tasks = 8;
export const nonceChars = 8;
export const passLifetimeS = 30 * 60;
const challengeLifetimeS = 5 * 60;
const macBytes = 16;
const textCharsMax = 64;

/** The key comes from the key of assertions by HKDF (RFC 5869): it changes with it, and tells nothing of it. */
export function createProofs(keys: AssertionKeys): Proofs {
  const secret = Buffer.from(String(keys.privateJwk['d']), 'base64url');
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'sallyport challenge v1', 32));
  const macOf = (purpose: string, payload: Buffer, client: ProofClient): Buffer =>
    createHmac('sha256', key)
      .update(`${purpose}\n${neighbourhoodOf(client.ip)}\n${client.userAgent.length}\n${client.userAgent}\n`)
      .update(payload)
      .digest()
      .subarray(0, macBytes);
  const seal = (purpose: string, payload: Buffer, client: ProofClient): string =>
    Buffer.concat([payload, macOf(purpose, payload, client)]).toString('base64url');
  const open = (purpose: string, text: string, client: ProofClient): Buffer | undefined => {
    if (text.length > textCharsMax) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length !== payloadBytes + macBytes || bytes.toString('base64url') !== text) return undefined;
    const payload = bytes.subarray(0, payloadBytes);
    return timingSafeEqual(bytes.subarray(payloadBytes), macOf(purpose, payload, client)) ? payload : undefined;
  };
  return {
    challenge(client, bits, nowMs) {
      const text = seal('challenge', payloadOf(bits, nowMs), client);
      return { text, seed: seedOf(text), bits };
    },
    solves(client, { text, nonces }, nowMs) {
      if (nonces.length !== tasks * nonceChars) return false;
      const payload = open('challenge', text, client);
      if (payload === undefined || !isFresh(payload, nowMs, challengeLifetimeS)) return false;
      const bits = payload.readUInt8(0);
      for (let task = 0; task < tasks; task++) {
        const nonce = nonces.slice(task * nonceChars, (task + 1) * nonceChars);
        if (zeroBits(hash('sha256', messageOf(nonce, task, seedOf(text)), 'buffer')) < bits) return false;
      }
      return true;
    },
    pass: (client, nowMs) => seal('pass', payloadOf(0, nowMs), client),
    holds(client, pass, nowMs) {
      const payload = open('pass', pass, client);
      return payload !== undefined && isFresh(payload, nowMs, passLifetimeS);
    },
  };
}

/** What is hashed: short enough for one block of SHA-256, so that a browser without a fast library is not far behind. */
export const messageOf = (nonce: string, task: number, seed: string): string => `${nonce}:${task}:${seed}`;

const payloadBytes = 13;

/** Bits, time in seconds, and what makes each one different. */
function payloadOf(bits: number, nowMs: number): Buffer {
  const payload = Buffer.alloc(payloadBytes);
  payload.writeUInt8(bits, 0);
  payload.writeUInt32BE(Math.floor(nowMs / 1000), 1);
  randomBytes(8).copy(payload, 5);
  return payload;
}

function isFresh(payload: Buffer, nowMs: number, lifetimeS: number): boolean {
  const ageS = Math.floor(nowMs / 1000) - payload.readUInt32BE(1);
  // A clock that was set back by a little must not turn anybody away.
  return ageS >= -60 && ageS < lifetimeS;
}

const seedOf = (text: string): string => text.slice(-20);

function zeroBits(digest: Buffer): number {
  const first = digest.readUInt32BE(0);
  return first === 0 ? 32 : Math.clz32(first);
}

/** Phones change their address within their network: IPv4 counts by /24, IPv6 by /64. */
function neighbourhoodOf(ip: string): string {
  return ip.includes(':') ? networkOf(ip) : ip.slice(0, ip.lastIndexOf('.'));
}
