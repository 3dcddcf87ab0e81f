import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const shown = '[secret]';

/** A value that never prints itself: `reveal()` is the only way to read it, and greppable. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Compares in time that depends on the lengths only. */
  equals(other: Secret | string): boolean {
    const a = Buffer.from(this.#value);
    const b = Buffer.from(typeof other === 'string' ? other : other.#value);
    return a.length === b.length && timingSafeEqual(a, b);
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
