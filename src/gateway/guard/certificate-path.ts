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
  let life = lifeOf(leaf);
  let at = leaf;
  for (let step = 0; step < stepsMax; step++) {
    const current = at;
    const signs = (issuer: X509Certificate) =>
      issuer.ca &&
      isAlive(within(life, issuer), nowMs) &&
      current.checkIssued(issuer) &&
      current.verify(issuer.publicKey);
    const anchor = authorities.find(signs);
    if (anchor !== undefined) return within(life, anchor);
    const above = [...left].find(signs);
    if (above === undefined) break;
    left.delete(above);
    at = above;
    life = within(life, above);
  }
  return provenByHandshake(chain, authorities, nowMs);
}

/**
 * Where the intermediates are not shown to us but OpenSSL saw them: its word is enough when every authority it was asked to accept is one of
 * these. The intermediates' lifetimes are then those of the handshake.
 */
function provenByHandshake(
  { leaf, askedFor }: PeerChain,
  authorities: readonly X509Certificate[],
  nowMs: number,
): PathLife | undefined {
  const own = new Set(authorities.map(one => one.toString()));
  if (askedFor.length === 0 || !askedFor.every(pem => own.has(pem))) return undefined;
  const lives = authorities.map(one => within(lifeOf(leaf), one)).filter(life => isAlive(life, nowMs));
  return lives[0];
}

/** True while every certificate of the path is valid. */
export const isAlive = (life: PathLife, nowMs: number): boolean => nowMs >= life.fromMs && nowMs <= life.untilMs;

const lifeOf = (leaf: X509Certificate): PathLife => ({
  fromMs: leaf.validFromDate.getTime(),
  untilMs: leaf.validToDate.getTime(),
});

function within(life: PathLife, certificate: X509Certificate): PathLife {
  return {
    fromMs: Math.max(life.fromMs, certificate.validFromDate.getTime()),
    untilMs: Math.min(life.untilMs, certificate.validToDate.getTime()),
  };
}
