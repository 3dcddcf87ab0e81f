import type { Block } from '../address.ts';
import { formatBlock, prefixMask, readBlock } from '../address.ts';

/** Why a block may not be banned, for people; undefined when it may. */
export type Exempt = (block: Block) => string | undefined;

const ofTheHouse: readonly (readonly [string, string])[] = [
  ['127.0.0.0/8', 'this machine'],
  ['::1', 'this machine'],
];

/**
 * What is never banned: this machine itself and every block given, with the words for why (`a trusted proxy`). A block is exempt when it
 * holds, or is held by, any of them: banning all of a proxy's network would ban everybody behind it.
 */
export function createExemptions(entries: readonly { readonly cidr: string; readonly why: string }[]): Exempt {
  const all = [...ofTheHouse, ...entries.map(({ cidr, why }) => [cidr, why] as const)].map(([cidr, why]) => {
    const block = readBlock(cidr);
    if (block === undefined) throw new RangeError(`Cannot read exemption "${cidr}": want an address or a block`);
    return { block, why };
  });
  return wanted => {
    const found = all.find(({ block }) => overlap(block, wanted));
    return found && `"${formatBlock(found.block)}" is ${found.why}`;
  };
}

function overlap(a: Block, b: Block): boolean {
  if (a.version !== b.version) return false;
  const bits = Math.min(a.bits, b.bits);
  for (let i = 0; i < 4; i++) {
    if ((((a.words[i] ?? 0) ^ (b.words[i] ?? 0)) & prefixMask(bits - i * 32)) !== 0) return false;
  }
  return true;
}
