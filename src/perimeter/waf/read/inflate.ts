import zlib from 'node:zlib';
import type { BodyReader, Problem, ReadLimits } from '../waf.ts';
import { problem, quote } from './problem.ts';

/** Compressed bodies are held whole until their end, so they may not be longer. */
const compressedBytesMax = 4 * 1024 * 1024;
/** However small a body is, this much may come out of it. */
const inflatedBytesFloor = 64 * 1024;
/** What is read in one step: some milliseconds of work at worst. */
const sliceBytes = 16 * 1024;
const stackMax = 2;

const codings = ['gzip', 'deflate', 'br', 'zstd'] as const;
type Coding = (typeof codings)[number];

/** The codings of a Content-Encoding field (RFC 9110 section 8.4) in the order they were applied; `identity` left out. */
export function parseCodings(field: string | undefined): readonly Coding[] | Problem {
  const found: Coding[] = [];
  for (const item of (field ?? '').split(',')) {
    const name = item
      .trim()
      .toLowerCase()
      .replace(/^x-gzip$/, 'gzip');
    // Signed chunks of an object store: what they frame is text as it stands.
    if (name === '' || name === 'identity' || name === 'aws-chunked') continue;
    // RFC 8188: only who has the key reads what is inside; a message for a browser is kept as it stands.
    if (name === 'aes128gcm') continue;
    const coding = codings.find(known => known === name);
    if (coding === undefined || (coding === 'zstd' && !('zstdDecompressSync' in zlib))) {
      return problem('unsupported', `the content encoding ${quote(name)}`);
    }
    if (found.push(coding) > stackMax) return problem('unsupported', `more than ${stackMax} content encodings`);
  }
  return found;
}

/**
 * Takes Content-Encodings off. The compressed body (at most 4 MiB) is held until its end, because a reader answers at once while zlib's
 * streams answer later, and is read in steps, because much may come out; what comes out is bounded as a whole and for each byte that went in, and a bomb stops at that bound.
 */
export function createInflater(inner: BodyReader, stack: readonly Coding[], limits: ReadLimits): BodyReader {
  const chunks: Uint8Array[] = [];
  let length = 0;
  function* endInSteps(): Generator<undefined, Problem | undefined> {
    let bytes: Buffer = Buffer.concat(chunks.splice(0), length);
    const bytesMax = Math.min(limits.inflatedBytesMax, Math.max(inflatedBytesFloor, length * limits.inflationMax));
    for (const coding of length === 0 ? [] : stack.toReversed()) {
      const out = inflate(coding, bytes, bytesMax);
      if (!Buffer.isBuffer(out)) return out;
      bytes = out;
      yield;
    }
    for (let i = 0; i < bytes.length; i += sliceBytes) {
      const refusal = inner.feed(bytes.subarray(i, i + sliceBytes));
      if (refusal !== undefined) return refusal;
      yield;
    }
    return inner.end();
  }
  return {
    feed(chunk) {
      length += chunk.length;
      if (length > compressedBytesMax) return problem('too_large', 'a compressed body above 4 MiB');
      // The caller may use its buffer again.
      chunks.push(Uint8Array.from(chunk));
      return undefined;
    },
    end() {
      const steps = endInSteps();
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    },
    endInSteps,
  };
}

function inflate(coding: Coding, bytes: Buffer, maxOutputLength: number): Buffer | Problem {
  try {
    const { buffer, engine } = run(coding, bytes, { maxOutputLength, info: true }) as unknown as Inflated;
    if (engine.bytesWritten !== bytes.length) return problem('malformed', `${coding}: bytes after the end`);
    return buffer;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? problem('too_large', `${coding}: more comes out than is allowed`)
      : problem('malformed', `${coding}: the body is not that`);
  }
}

/** What `info: true` makes of the result (Node's documentation of zlib); the types know only the buffer. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function run(coding: Coding, bytes: Buffer, options: zlib.ZlibOptions): Buffer {
  switch (coding) {
    case 'gzip':
      return zlib.gunzipSync(bytes, options);
    case 'deflate':
      return isZlib(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
    case 'br':
      return zlib.brotliDecompressSync(bytes, options);
    case 'zstd':
      return zlib.zstdDecompressSync(bytes, options as zlib.ZstdOptions);
    default:
      throw new Error(`unknown coding ${String(coding satisfies never)}`);
  }
}

/** RFC 1950 section 2.2: `deflate` should be the zlib format, and is raw where its header is missing. */
function isZlib(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
