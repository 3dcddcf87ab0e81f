import type { Place, Problem } from '../waf.ts';
import { type BytesValue, createBytesValue } from './bytes-value.ts';
import { placeNameCharsMax } from './field.ts';
import { createPairs } from './pairs.ts';
import { percentBytes, percentReadings } from './percent.ts';
import { overlapChars, type Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';

/** A pair longer than this is not kept until its end but told as it comes. */
const pairCharsMax = 48 * 1024;

/**
 * Reads `application/x-www-form-urlencoded` from bytes (one character each), holding no more than one pair of 48 KiB. The value of a longer
 * pair is told in windows; its further readings (`%u`, a loose `%`) are told for each stretch with what stood before it.
 */
export function createFormReader(teller: Teller, method: string | undefined): TextReader {
  const pairs = createPairs(teller, { zone: 'form', isBytes: true, method });
  let rest = '';
  let long: LongValue | undefined;

  function write(text: string): Problem | undefined {
    let start = 0;
    for (let end = text.indexOf('&'); end >= 0; end = text.indexOf('&', start)) {
      const piece = text.slice(start, end);
      start = end + 1;
      const refusal = finish(piece);
      if (refusal !== undefined) return refusal;
    }
    const piece = start === 0 ? text : text.slice(start);
    if (long !== undefined) long.write(piece);
    else {
      rest += piece;
      if (rest.length > pairCharsMax) begin();
    }
    return teller.problem;
  }

  /** The pair that began earlier ends with `piece`. */
  function finish(piece: string): Problem | undefined {
    if (long === undefined) {
      const pair = rest === '' ? piece : rest + piece;
      rest = '';
      if (pair.length <= pairCharsMax) return pairs.pair(pair);
      rest = pair;
      begin();
    } else long.write(piece);
    long?.end();
    long = undefined;
    return teller.problem;
  }

  function begin(): void {
    const equals = rest.indexOf('=');
    const isNamed = equals >= 0 && equals <= teller.limits.nameCharsMax;
    const name = isNamed ? (percentReadings(rest.slice(0, equals), { isForm: true, isBytes: true })[0] ?? '') : '';
    const place: Place = { zone: 'form', name: name.slice(0, placeNameCharsMax), part: 'value' };
    if (isNamed) teller.tell({ ...place, part: 'name' }, name);
    long = createLongValue(teller, place);
    long.write(isNamed ? rest.slice(equals + 1) : rest);
    rest = '';
  }

  return {
    write,
    end: () => finish('') ?? pairs.end(),
  };
}

interface LongValue {
  write(raw: string): void;
  end(): void;
}

/** Decodes a long value stretch by stretch, never cutting an escape. */
function createLongValue(teller: Teller, place: Place): LongValue {
  const value: BytesValue = createBytesValue(teller, place);
  const stretchChars = 16 * 1024;
  let held = '';
  let before = '';

  function flush(raw: string): void {
    value.write(percentBytes(raw, true));
    const isOdd = raw.includes('%u') || raw.includes('%U') || hasLooseEnd(raw);
    if (isOdd) {
      const [, ...others] = percentReadings(before + raw, { isForm: true, isBytes: true });
      for (const other of others) teller.tell(place, other);
    }
    before = raw.slice(-overlapChars);
  }

  return {
    write(raw) {
      held += raw;
      if (held.length < stretchChars) return;
      let start = 0;
      while (held.length - start >= stretchChars) {
        const end = cut(held, start + stretchChars);
        flush(held.slice(start, end));
        start = end;
      }
      held = held.slice(start);
    },
    end() {
      flush(held);
      held = '';
      value.end();
    },
  };
}

/** The last place up to `end` that stands within no escape. */
function cut(text: string, end: number): number {
  const percent = text.lastIndexOf('%', end - 1);
  return percent >= end - 6 && percent > 0 ? percent : end;
}

function hasLooseEnd(raw: string): boolean {
  return /[0-9A-Za-z]%(?![0-9a-fA-F]{2})/.test(raw);
}
