/** What the header of a JSON Web Token may not say (RFC 8725 sections 2.1, 3.1 and 3.10): no signature, a key of the sender's own. */

import type { Detector, Rule } from '../waf.ts';

const rules = [
  { id: 'header.token_unsigned', title: 'a token that asks not to be verified', points: 5, paranoia: 1 },
  { id: 'header.token_key', title: 'a token that brings its own key or where to find it', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const headCharsMax = 2048;
const tokensMax = 4;
/** Issuers that really write where their keys are. */
const keyHosts = /^https:\/\/[a-z\d.-]{1,120}\.ondemand\.com\//;

/** Heads that said nothing: every token of one issuer begins with the same. */
const clean = new Set<string>();
const cleanMax = 64;

/** Reads the first part of every token in a value; what is none is left alone. */
export const token: Detector = {
  id: 'header.token',
  rules,
  needles: ['eyj'],
  chars: 0,
  detect({ text, place }, hit) {
    if (place.part === 'name') return;
    let at = text.indexOf('eyJ');
    for (let count = 0; at >= 0 && count < tokensMax; count++) {
      const end = text.indexOf('.', at);
      const isToken = end > at && end - at <= headCharsMax && /^[\w-]{4,}={0,2}$/.test(text.slice(at, end));
      const coded = isToken ? text.slice(at, end) : '';
      if (clean.has(coded)) {
        at = text.indexOf('eyJ', end);
        continue;
      }
      const head = isToken ? Buffer.from(coded, 'base64url').toString('latin1') : '';
      const rule = head.endsWith('}') ? (judgeHead(head) ?? judgeSignature(head, text, end)) : undefined;
      if (rule !== undefined) return hit(rule, at, end);
      if (head.endsWith('}') && coded.length <= 200 && !/"[ep]s\d/i.test(head) && clean.size < cleanMax)
        clean.add(coded);
      at = text.indexOf('eyJ', isToken ? end : at + 3);
    }
  },
};

/** CVE-2022-21449: a signature of nothing but zeros is true to some for any text, whether as two numbers or in DER. */
function judgeSignature(head: string, text: string, end: number): (typeof rules)[number]['id'] | undefined {
  if (!/"alg"\s{0,4}:\s{0,4}"[ep]s\d/i.test(head)) return undefined;
  const from = text.indexOf('.', end + 1) + 1;
  const signature = from === 0 ? '' : (/^[\w-]{0,200}/.exec(text.slice(from, from + 200))?.[0] ?? '');
  return /^(?:MAYCAQACAQA|A{11,})$/.test(signature) ? 'header.token_unsigned' : undefined;
}

function judgeHead(head: string): (typeof rules)[number]['id'] | undefined {
  const lower = head.toLowerCase().replaceAll('\\/', '/');
  const algorithm = /"alg"\s{0,4}:\s{0,4}(?:"([^"]{0,24})"|(null|\[|\{|\d))/.exec(lower);
  if (algorithm !== null && (algorithm[1] === undefined || /^\s{0,4}(?:n[o0]ne)?[\s\0]{0,4}$/.test(algorithm[1])))
    return 'header.token_unsigned';
  const from = /"(?:jku|x5u)"\s{0,4}:\s{0,4}"([^"]{1,400})/.exec(lower)?.[1];
  if (from !== undefined && !keyHosts.test(from)) return 'header.token_key';
  if (/"jwk"\s{0,4}:\s{0,4}\{/.test(lower) && !lower.includes('dpop+jwt')) return 'header.token_key';
  const key = /"kid"\s{0,4}:\s{0,4}"([^"]{1,400})/.exec(lower)?.[1];
  if (
    key !== undefined &&
    /\0|\\u0000|^\/(?:dev|proc|etc|tmp|var|usr|sys)\/|\.\.[/\\]|['|`;]|\$\(|\bunion\b|^file:|^https?:\/\/(?:\d|localhost)/.test(
      key,
    )
  )
    return 'header.token_key';
  return undefined;
}
