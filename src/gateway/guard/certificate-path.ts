import type { X509Certificate } from 'node:crypto';
import type { PeerChain } from '../transport/peer-chain.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';
const stepsMax = 8;

/** The time in which every certificate of a path is valid. */
export interface PathLife {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Whether the chain leads to one of exactly these authorities at this moment (RFC 5280 section 6): every signature, name, lifetime and
 * authority flag is checked here; lengths, constraints and unknown critical extensions were checked by OpenSSL in the handshake, without
 * which nothing is accepted. Undefined when it does not.
 */
export function findPath(
  chain: PeerChain,
  authorities: readonly X509Certificate[],
  nowMs: number,
): PathLife | undefined {
  const { leaf } = chain;
  if (!chain.isSound || (leaf.keyUsage !== undefined && !leaf.keyUsage.includes(clientAuth))) return undefined;
  const left = new Set(chain.issuers);
  let life: PathLife = { fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER };
  let at = leaf;
  for (let step = 0; step < stepsMax; step++) {
    life = within(life, at);
    const current = at;
    const signs = (issuer: X509Certificate) =>
      issuer.ca &&
      isAlive(within(life, issuer), nowMs) &&
      current.checkIssued(issuer) &&
      current.verify(issuer.publicKey);
    const anchor = authorities.find(signs);
    if (anchor !== undefined) return within(life, anchor);
    const above = [...left].find(signs);
    if (above === undefined) return undefined;
    left.delete(above);
    at = above;
  }
  return undefined;
}

/** True while every certificate of the path is valid. */
export const isAlive = (life: PathLife, nowMs: number): boolean => nowMs >= life.fromMs && nowMs <= life.untilMs;

function within(life: PathLife, certificate: X509Certificate): PathLife {
  return {
    fromMs: Math.max(life.fromMs, certificate.validFromDate.getTime()),
    untilMs: Math.min(life.untilMs, certificate.validToDate.getTime()),
  };
}
