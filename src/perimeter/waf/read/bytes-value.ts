import { isUtf8 } from 'node:buffer';
import type { Place } from '../waf.ts';
import { bytesReadings, hasHigh } from './percent.ts';
import { createValue, type Teller } from './teller.ts';
import { wholeUtf8 } from './utf8.ts';

const stretchBytes = 16 * 1024;

/** A value made of bytes (one character each) of which nobody said how they are encoded. */
export interface BytesValue {
  write(bytes: string): void;
  end(): void;
}

/**
 * Tells bytes as UTF-8, with U+FFFD for what is broken; from the first broken stretch of 16 KiB on also as ISO-8859-1. What is told does not
 * depend on the cuts.
 */
export function createBytesValue(teller: Teller, place: Place): BytesValue {
  const text = createValue(teller, place);
  const latin1 = createValue(teller, place);
  let held = '';
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
      held = held === '' ? bytes : held + bytes;
      if (held.length < stretchBytes) return;
      let start = 0;
      while (held.length - start >= stretchBytes) {
        const stretch = held.slice(start, start + stretchBytes);
        const end = wholeUtf8(stretch);
        decode(end === stretchBytes ? stretch : stretch.slice(0, end));
        start += end;
      }
      held = held.slice(start);
    },
    end() {
      if (held !== '') decode(held);
      held = '';
      text.end();
      latin1.end();
    },
  };
}
