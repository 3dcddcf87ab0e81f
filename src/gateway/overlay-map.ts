/** How many changes lie over the base before they are folded into a new one: a delta copies at most this many entries. */
const overlaidMax = 256;

const gone = Symbol('gone');

/**
 * An immutable map whose `with` costs the size of the recent changes, not of the map: 10,000 sessions and one sign-in copy at most 256
 * entries. Reads look at the changes first, then at the shared base. Iteration order is the base's, then that of added keys.
 */
export class OverlayMap<V> implements ReadonlyMap<string, V> {
  readonly #base: ReadonlyMap<string, V>;
  readonly #over: ReadonlyMap<string, V | typeof gone>;
  readonly size: number;

  private constructor(base: ReadonlyMap<string, V>, over: ReadonlyMap<string, V | typeof gone>, size: number) {
    this.#base = base;
    this.#over = over;
    this.size = size;
  }

  /** Takes the map as it is: the caller must not change it afterwards. */
  static of<V>(map: ReadonlyMap<string, V>): OverlayMap<V> {
    return map instanceof OverlayMap ? (map as OverlayMap<V>) : new OverlayMap(map, new Map(), map.size);
  }

  /** A new map with these entries set, or taken out where the value is undefined; this one stays as it was. */
  with(changes: Iterable<readonly [string, V | undefined]>): OverlayMap<V> {
    const over = new Map(this.#over);
    let size = this.size;
    for (const [key, value] of changes) {
      const before = over.get(key);
      const held = before === undefined ? this.#base.has(key) : before !== gone;
      if (value === undefined) {
        if (held) size--;
        if (this.#base.has(key)) over.set(key, gone);
        else over.delete(key);
      } else {
        if (!held) size++;
        over.set(key, value);
      }
    }
    if (over.size <= overlaidMax) return new OverlayMap(this.#base, over, size);
    const folded = new Map(this.#base);
    for (const [key, value] of over) {
      if (value === gone) folded.delete(key);
      else folded.set(key, value);
    }
    return new OverlayMap(folded, new Map(), size);
  }

  get(key: string): V | undefined {
    const value = this.#over.get(key);
    if (value === undefined) return this.#base.get(key);
    return value === gone ? undefined : value;
  }

  has(key: string): boolean {
    const value = this.#over.get(key);
    return value === undefined ? this.#base.has(key) : value !== gone;
  }

  *entries(): MapIterator<[string, V]> {
    for (const [key, value] of this.#base) {
      const over = this.#over.get(key);
      if (over === undefined) yield [key, value];
      else if (over !== gone) yield [key, over];
    }
    for (const [key, value] of this.#over) if (value !== gone && !this.#base.has(key)) yield [key, value];
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }
}
