import { hash, randomBytes } from 'node:crypto';

/** Remembers values that were judged and found to hold nothing, for as long as there is room; bounded, and exact but for its forgetting. */
export interface Memory {
  /** Names a value at its place for `has` and `add`. */
  key(place: string, text: string): string;
  has(key: string): boolean;
  add(key: string): void;
}

const generationMax = 16_384;

/**
 * Two generations: what is met again moves to the younger one, and when that is full the older one is dropped, so a flood of new values
 * costs no more than forgetting. Digests under a random key stand for the values, which may be secrets and must not stay in memory.
 */
export function createMemory(): Memory {
  const salt = randomBytes(16).toString('hex');
  let young = new Set<string>();
  let old = new Set<string>();
  function add(key: string): void {
    if (young.size >= generationMax) {
      old = young;
      young = new Set();
    }
    young.add(key);
  }
  return {
    key: (place, text) => hash('sha256', `${salt}${place}\0${text}`, 'base64url'),
    has(key) {
      if (young.has(key)) return true;
      if (!old.has(key)) return false;
      add(key);
      return true;
    },
    add,
  };
}
