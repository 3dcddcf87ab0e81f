import type { Problem } from '../waf.ts';
import { type ByteReader, fromCharset } from './byte-reader.ts';
import { type Charset, parseCharset, sniffCharset } from './charset.ts';
import { problem } from './problem.ts';
import type { TextReader } from './text-reader.ts';

const declarationBytes = 256;
const declaration = /^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']/;

/**
 * Feeds an XML reader in the encoding the body is in (XML 1.0 appendix F, RFC 7303 section 3): byte order mark, then Content-Type, then the
 * declaration. Two of them that disagree are ambiguous, because readers follow different ones.
 */
export function fromXmlEncoding(reader: TextReader, label: Charset | undefined): ByteReader {
  let head: Buffer | undefined;
  let inner: ByteReader | undefined;
  function decide(bytes: Buffer): Problem | undefined {
    const start = bytes.toString('latin1', 0, declarationBytes);
    const chosen = choose(start, label);
    if ('kind' in chosen) return chosen;
    inner = fromCharset(reader, chosen.charset);
    return inner.write(bytes.subarray(chosen.markBytes));
  }
  return {
    write(bytes) {
      if (inner !== undefined) return inner.write(bytes);
      const whole = head === undefined ? bytes : Buffer.concat([head, bytes]);
      if (whole.length >= declarationBytes) return decide(whole);
      head = Buffer.from(whole);
      return undefined;
    },
    end() {
      const refusal = inner === undefined ? decide(head ?? Buffer.alloc(0)) : undefined;
      return refusal ?? (inner ?? reader).end();
    },
  };
}

function choose(start: string, label: Charset | undefined): { charset: Charset; markBytes: number } | Problem {
  const sniffed = sniffCharset(start);
  const text =
    sniffed?.charset.startsWith('utf-16') === true ? start.replaceAll('\0', '').replace(/^[\xfe\xff]+/, '') : start;
  const declared = declaration.exec(text.replace(/^\xef\xbb\xbf/, ''))?.[1];
  const named = declared === undefined ? undefined : parseCharset(declared);
  if (typeof named === 'object') return named;
  const found = [sniffed?.charset, label, named].filter(charset => charset !== undefined);
  const [charset = 'utf-8'] = found;
  const isOne = found.every(other => family(other) === family(charset));
  if (!isOne) return problem('ambiguous', 'XML: mark, Content-Type and declaration name different encodings');
  return { charset, markBytes: sniffed?.markBytes ?? 0 };
}

/** `utf-16` in a declaration goes with either byte order, and US-ASCII is all of the others. */
function family(charset: Charset): string {
  if (charset.startsWith('utf-16')) return 'utf-16';
  return charset === 'us-ascii' ? 'utf-8' : charset;
}
