import { isUtf8 } from 'node:buffer';
import type { Place } from '../waf.ts';
import { bytesReadings, hasHigh } from './percent.ts';
import { createValue, type Teller } from './teller.ts';
import { wholeUtf8 } from './utf8.ts';

/** A value made of bytes (one character each) of which nobody said how they are encoded. */
export interface BytesValue {
  write(bytes: string): void;
  end(): void;
}

/**
 * Tells bytes as UTF-8, with U+FFFD for what is broken; from the first broken stretch on also as ISO-8859-1. What is told does not depend on
 * the cuts as long as the bytes are UTF-8.
 */
export function createBytesValue(teller: Teller, place: Place): BytesValue {
  const text = createValue(teller, place);
  const latin1 = createValue(teller, place);
  let carry = '';
  let isBroken = false;

  function decode(bytes: string): void {
    if (!hasHigh(bytes)) {
      text.write(bytes);
      if (isBroken) latin1.write(bytes);
      return;
    }
    const buffer = Buffer.from(bytes, 'latin1');
    text.write(buffer.toString('utf8'));
    if (!isBroken && !isUtf8(buffer)) {
      isBroken = true;
      const overlong = bytesReadings(bytes)[2];
      if (overlong !== undefined) teller.tell(place, overlong);
    }
    if (isBroken) latin1.write(bytes);
  }

  return {
    write(bytes) {
      const whole = carry === '' ? bytes : carry + bytes;
      const end = wholeUtf8(whole);
      carry = whole.slice(end);
      if (end > 0) decode(whole.slice(0, end));
    },
    end() {
      if (carry !== '') decode(carry);
      carry = '';
      text.end();
      latin1.end();
    },
  };
}
