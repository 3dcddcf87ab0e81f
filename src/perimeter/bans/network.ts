import { SallyportError } from '../../core/errors.ts';
import type { Block } from '../address.ts';
import { clearBelow, formatBlock, readBlock } from '../address.ts';
import { isBannable } from './ban-set.ts';

/** A network as people write it. Throws `core.invalid_input`. */
export function parseNetwork(text: string): Block {
  const trimmed = text.trim();
  const read = readBlock(trimmed);
  // People ban an IPv6 address and mean who has it: that is a /64.
  const isWhole = read?.version === 6 && !trimmed.includes('/');
  const block = isWhole ? { ...read, bits: 64 } : read;
  if (isWhole) clearBelow(read.words, 64);
  if (block !== undefined && isBannable(block)) return block;
  const message = `Cannot ban "${text.slice(0, 80)}": want an address, or a block of /8 to /32 (IPv4) or /32 to /128 (IPv6)`;
  throw new SallyportError('core.invalid_input', message, { detail: message });
}

/** The block of so many bits that holds this one; itself when it is as wide. */
export function narrow(block: Block, bits: number): Block {
  if (bits >= block.bits) return block;
  const words = Uint32Array.from(block.words);
  clearBelow(words, bits);
  return { version: block.version, bits, words };
}

/** Every block that may be banned and holds the address; none when this is no address. */
export function networksHolding(text: string): string[] {
  const address = text.includes('/') ? undefined : readBlock(text.trim());
  if (address === undefined) return [];
  const found: string[] = [];
  for (let bits = address.bits; bits >= (address.version === 4 ? 8 : 32); bits--)
    found.push(formatBlock(narrow(address, bits)));
  return found;
}
