import { isUtf8 } from 'node:buffer';
import type { Place } from '../waf.ts';
import { createBytesValue } from './bytes-value.ts';
import { sniffCharset } from './charset.ts';
import { createValue, type Teller, type ValueWriter } from './teller.ts';
import type { TextReader } from './text-reader.ts';

const sniffedBytes = 1024;
/** How serialised objects of Java, Python, Ruby and .NET begin. */
const objectMagic =
  // oxlint-disable-next-line no-control-regex -- these bytes are the mark
  /^(?:\xac\xed\0\x05[\x70-\x7e]|\x80[\x02-\x05][\x95c\x8c\]}(]|\x04\x08[ocCIeUS[{]|\0\x01\0\0\0\xff\xff\xff\xff)/;
const objectHeadChars = 64;

/** What counts as text within binary content. */
export interface RunOptions {
  readonly place: Place;
  /** Shorter runs of printable characters are the noise of binary content. */
  readonly runCharsMin: number;
}

/** Runs of this length come about by chance a few times in a megabyte of random bytes; the shortest script that does harm is longer. */
export const fileRunCharsMin = 12;
/** Strings of a protocol message stand between length bytes; six characters hold no attack worth the name. */
export const messageRunCharsMin = 6;

/**
 * Tells content of unknown kind: all of it when its beginning is text, else the printable runs in it, each on a line of its own. Content that
 * begins as text and turns binary is told to its end; nothing is left out for its size.
 */
export function createContentReader(teller: Teller, options: RunOptions): TextReader {
  let head = '';
  let inner: TextReader | undefined;
  function decide(): TextReader {
    // Runs of text would leave out by what a serialised object is known.
    if (objectMagic.test(head)) teller.tell(options.place, head.slice(0, objectHeadChars));
    inner = isText(head.slice(0, sniffedBytes))
      ? createTextContent(teller, options.place, head.slice(0, sniffedBytes))
      : createRunReader(teller, options);
    inner.write(head);
    head = '';
    return inner;
  }
  return {
    write(bytes) {
      if (inner !== undefined) return inner.write(bytes);
      head += bytes;
      if (head.length >= sniffedBytes) decide();
      return teller.problem;
    },
    end: () => (inner ?? decide()).end(),
  };
}

/** Tells the printable runs within bytes; a script hidden in a picture is one, compressed pixels are none. */
export function createRunReader(teller: Teller, { place, runCharsMin }: RunOptions): TextReader {
  const value: ValueWriter = createValue(teller, place);
  let run = '';
  let isLong = false;
  function close(): void {
    if (isLong || run.length >= runCharsMin) value.write(`${run}\n`);
    run = '';
    isLong = false;
  }
  return {
    write(bytes) {
      let start = -1;
      for (let i = 0; i < bytes.length; i++) {
        if (isPrintable(bytes.charCodeAt(i))) {
          if (start < 0) start = i;
        } else if (start >= 0 || run !== '' || isLong) {
          if (start >= 0) run += bytes.slice(start, i);
          close();
          start = -1;
        }
      }
      if (start >= 0) run += bytes.slice(start);
      if (run.length >= runCharsMin) {
        value.write(run);
        run = '';
        isLong = true;
      }
      return teller.problem;
    },
    end() {
      close();
      value.end();
      return teller.problem;
    },
  };
}

function createTextContent(teller: Teller, place: Place, head: string): TextReader {
  const sniffed = sniffCharset(head);
  if (sniffed === undefined || sniffed.charset === 'utf-8') {
    const value = createBytesValue(teller, place);
    return {
      write(bytes) {
        value.write(bytes);
        return teller.problem;
      },
      end() {
        value.end();
        return teller.problem;
      },
    };
  }
  const value = createValue(teller, place);
  const decoder = new TextDecoder(sniffed.charset);
  return {
    write(bytes) {
      value.write(decoder.decode(Buffer.from(bytes, 'latin1'), { stream: true }));
      return teller.problem;
    },
    end() {
      value.write(decoder.decode());
      value.end();
      return teller.problem;
    },
  };
}

/** Text has no control characters but blanks, and is UTF-8, UTF-16 by its first bytes, or mostly ASCII. */
function isText(head: string): boolean {
  if (sniffCharset(head) !== undefined) return true;
  let control = 0;
  let high = 0;
  for (let i = 0; i < head.length; i++) {
    const code = head.charCodeAt(i);
    if (code >= 0x80) high++;
    else if (code === 0x7f || (code < 0x20 && (code < 0x08 || code > 0x0d) && code !== 0x1b)) control++;
  }
  if (control > 0) return control * 64 < head.length && high * 4 < head.length;
  return high * 4 < head.length || isUtf8(Buffer.from(head.slice(0, -3), 'latin1'));
}

function isPrintable(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || code === 0x09 || code === 0x0a || code === 0x0d;
}
