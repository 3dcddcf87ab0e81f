import { newAddressWords, readAddress } from '../address.ts';
import { createTextHash } from './hash.ts';
import type { LimitInput, LimitRule, LimitScope } from './rules.ts';

// What no client's /64 begins with (multicast): keys of IPv4 addresses and of names do not meet those of IPv6.
const ipv4Mark = 0xffff_ffff;

/** Turns a request into the key of a rule: two words for the table of this process, and a name that is the same on every node. */
export interface Keys {
  /** Writes the key at `at`; false when the rule has none for this request. */
  write(scope: LimitScope, input: LimitInput, into: Uint32Array, at: number): boolean;
}

/** IPv4 addresses and /64s are their own key, names a seeded hash of 64 bits. */
export function createKeys(seeds: readonly [number, number]): Keys {
  const hash = createTextHash(seeds);
  const words = newAddressWords();
  const scratch = new Uint32Array(2);
  const address = (input: LimitInput, into: Uint32Array, at: number): boolean => {
    const version = readAddress(input.address, words);
    if (version === 0) {
      // What has no address is one key: it is limited, not let through.
      hash('no address', into, at);
      return true;
    }
    into[at] = version === 4 ? ipv4Mark : (words[0] ?? 0);
    into[at + 1] = version === 4 ? (words[0] ?? 0) : (words[1] ?? 0);
    return true;
  };
  const name = (text: string | undefined, into: Uint32Array, at: number): boolean => {
    if (text === undefined) return false;
    hash(text, into, at);
    return true;
  };
  const route = (input: LimitInput): string | undefined =>
    input.route === undefined ? undefined : `${input.site ?? ''}\n${input.route}`;
  return {
    write(scope, input, into, at) {
      switch (scope) {
        case 'address':
          return address(input, into, at);
        case 'identity':
          return name(input.identity, into, at);
        case 'api_key':
          return name(input.apiKey, into, at);
        case 'site':
          return name(input.site, into, at);
        case 'route':
          return name(route(input), into, at);
        case 'address_route': {
          if (!name(route(input), scratch, 0)) return false;
          address(input, into, at);
          into[at] = (into[at] ?? 0) ^ (scratch[0] ?? 0);
          into[at + 1] = (into[at + 1] ?? 0) ^ (scratch[1] ?? 0);
          return true;
        }
        default:
          return scope satisfies never;
      }
    },
  };
}

/** The name of a key in the shared counters; the request is known to have one. */
export function sharedName(rule: LimitRule, input: LimitInput): string {
  const network = networkName(input.address);
  switch (rule.scope) {
    case 'address':
      return `${rule.id}|${network}`;
    case 'identity':
      return `${rule.id}|${input.identity ?? ''}`;
    case 'api_key':
      return `${rule.id}|${input.apiKey ?? ''}`;
    case 'site':
      return `${rule.id}|${input.site ?? ''}`;
    case 'route':
      return `${rule.id}|${input.site ?? ''}|${input.route ?? ''}`;
    case 'address_route':
      return `${rule.id}|${network}|${input.site ?? ''}|${input.route ?? ''}`;
    default:
      return rule.scope satisfies never;
  }
}

function networkName(address: string): string {
  const words = newAddressWords();
  const version = readAddress(address, words);
  if (version === 0) return 'none';
  return version === 4 ? address : `${(words[0] ?? 0).toString(16)}:${(words[1] ?? 0).toString(16)}`;
}
