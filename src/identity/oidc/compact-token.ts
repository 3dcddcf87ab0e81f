import { errors } from 'jose';

const tokenCharsMax = 65_536;
const offers = ['jku', 'jwk', 'x5c', 'x5u'] as const;

/**
 * Refuses, before anything is looked up, what is no JWS in compact form, and a token that brings its own key or says where to fetch one (RFC
 * 8725 section 3.10). Throws `JWTInvalid`.
 */
export function refuseOwnKeys(token: string): void {
  const parts = token.split('.');
  if (token.length > tokenCharsMax || parts.length !== 3 || parts.some(part => !/^[A-Za-z0-9_-]+$/.test(part))) {
    throw new errors.JWTInvalid('not a signed token in compact form');
  }
  const text = Buffer.from(parts[0] ?? '', 'base64url').toString('utf8');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new errors.JWTInvalid('the header is not JSON');
  }
  if (typeof header !== 'object' || header === null || hasTwice(text)) {
    throw new errors.JWTInvalid('the header is not an object of different members');
  }
  const offered = offers.find(name => Object.hasOwn(header, name));
  if (offered !== undefined) throw new errors.JWTInvalid(`the header brings a key of its own (${offered})`);
}

/** RFC 7515 section 4: header names are unique. Counts members of a flat header; a nested one has more, and none is wanted here. */
function hasTwice(text: string): boolean {
  const names = [...text.matchAll(/("(?:[^"\\]|\\.)*")\s*:/g)].map(([, name = '""']) => String(JSON.parse(name)));
  return new Set(names).size !== names.length;
}
