import type { Problem } from '../waf.ts';
import { type Charset, createDecoder } from './charset.ts';
import { problem } from './problem.ts';
import type { TextReader } from './text-reader.ts';

/** Takes a body's bytes as they arrive. */
export interface ByteReader {
  write(bytes: Buffer): Problem | undefined;
  end(): Problem | undefined;
}

/** Feeds a reader of text from bytes in one charset. UTF-16 without its order must begin with a byte order mark (RFC 2781 section 3.3). */
export function fromCharset(reader: TextReader, charset: Charset | undefined): ByteReader {
  if (charset === 'utf-16') return fromMarkedUtf16(reader);
  const decoder = createDecoder(charset ?? 'utf-8');
  return {
    write(bytes) {
      const text = decoder.write(bytes);
      return typeof text === 'string' ? reader.write(text) : text;
    },
    end: () => decoder.end() ?? reader.end(),
  };
}

/** Feeds a reader whose characters stand for bytes. */
export function fromBytes(reader: TextReader): ByteReader {
  return { write: bytes => reader.write(bytes.toString('latin1')), end: () => reader.end() };
}

function fromMarkedUtf16(reader: TextReader): ByteReader {
  let head = '';
  let inner: ByteReader | undefined;
  return {
    write(bytes) {
      if (inner !== undefined) return inner.write(bytes);
      head += bytes.toString('latin1');
      if (head.length < 2) return undefined;
      if (!head.startsWith('\xff\xfe') && !head.startsWith('\xfe\xff')) {
        return problem('ambiguous', 'UTF-16 that does not say its byte order');
      }
      inner = fromCharset(reader, head.startsWith('\xff\xfe') ? 'utf-16le' : 'utf-16be');
      return inner.write(Buffer.from(head.slice(2), 'latin1'));
    },
    end: () => (inner ?? reader).end(),
  };
}
