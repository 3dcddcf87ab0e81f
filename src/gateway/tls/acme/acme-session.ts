import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { SallyportError } from '../../../core/errors.ts';
import type { AcmeAnswer, AcmeHttp } from './acme-http.ts';
import { bindExternalAccount, jwkOf, signMessage } from './jws.ts';

const nonceTriesMax = 12;
const badNonce = 'urn:ietf:params:acme:error:badNonce';

/** Who asks, and where. */
export interface AcmeAccount {
  readonly directoryUrl: string;
  readonly key: KeyObject;
  readonly email: string | undefined;
  readonly external: { readonly keyId: string; readonly macKey: Buffer } | undefined;
}

/** An address the server names; only https is followed. */
export const link = z.url({ protocol: /^https$/ }).max(2000);
const directory = z.object({
  newNonce: link,
  newAccount: link,
  newOrder: link,
  meta: z.object({ externalAccountRequired: z.boolean().optional() }).optional(),
});
/** What a refusal is told with. */
export const problem = z.object({ type: z.string().max(300).optional(), detail: z.string().max(4000).optional() });

type Directory = z.infer<typeof directory>;

/** Signed requests of one account (RFC 8555 section 6). */
export interface AcmeSession {
  /** The directory, asked for once. */
  find(signal: AbortSignal): Promise<Directory>;
  /** Signed; `payload` undefined makes a POST-as-GET. Throws `gateway.acme_failed` where the server refuses. */
  post(url: string, payload: unknown, signal: AbortSignal): Promise<AcmeAnswer>;
  /** Finds or makes the account, once. */
  register(signal: AbortSignal): Promise<void>;
}

/** Asks nothing yet. */
export function createAcmeSession(account: AcmeAccount, http: AcmeHttp): AcmeSession {
  const jwk = jwkOf(account.key);
  let places: Directory | undefined;
  let kid: string | undefined;
  let nonce: string | undefined;

  const newNonce = async (from: Directory, signal: AbortSignal) => {
    const answer = await http.head(from.newNonce, signal);
    const made = answer.header('replay-nonce');
    if (made === undefined) throw refused('get a nonce', from.newNonce, answer);
    return made;
  };
  /** Signed; with a fresh nonce where the server takes the old one no more (RFC 8555 section 6.5). */
  const post = async (url: string, payload: unknown, signal: AbortSignal): Promise<AcmeAnswer> => {
    const from = await find(signal);
    for (let tries = 1; ; tries++) {
      const used = nonce ?? (await newNonce(from, signal));
      nonce = undefined;
      const message = signMessage(account.key, { url, nonce: used, ...(kid !== undefined && { kid }) }, payload);
      const answer = await http.post(url, JSON.stringify(message), signal);
      nonce = answer.header('replay-nonce');
      if (answer.status < 400) return answer;
      if (problemOf(answer).type !== badNonce || tries >= nonceTriesMax) throw refused('ask', url, answer);
    }
  };
  const find = async (signal: AbortSignal): Promise<Directory> => {
    if (places !== undefined) return places;
    const answer = await http.get(account.directoryUrl, signal);
    if (answer.status !== 200) throw refused('read the directory', account.directoryUrl, answer);
    places = read(directory, answer, account.directoryUrl);
    return places;
  };
  const register = async (signal: AbortSignal): Promise<void> => {
    if (kid !== undefined) return;
    const { newAccount, meta } = await find(signal);
    const { email, external } = account;
    if (meta?.externalAccountRequired === true && external === undefined)
      throw failed(`Cannot register at "${account.directoryUrl}": want tls.acme.externalAccount, which it asks for`);
    const answer = await post(
      newAccount,
      {
        termsOfServiceAgreed: true,
        ...(email !== undefined && { contact: [`mailto:${email}`] }),
        ...(external && { externalAccountBinding: bindExternalAccount(external, { jwk, url: newAccount }) }),
      },
      signal,
    );
    const made = answer.header('location');
    if (made === undefined || !made.startsWith('https://')) throw refused('register', newAccount, answer);
    kid = made;
  };
  return { find, post, register };
}

/** The answer as what it should be. Throws `gateway.acme_failed`. */
export function read<T>(schema: z.ZodType<T>, answer: AcmeAnswer, url: string): T {
  const parsed = schema.safeParse(parseJson(answer.body));
  if (parsed.success) return parsed.data;
  throw failed(`Cannot read answer of "${url}": ${parsed.error.issues[0]?.message ?? 'it is not as RFC 8555 has it'}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(answer: AcmeAnswer): z.infer<typeof problem> {
  return problem.safeParse(parseJson(answer.body)).data ?? {};
}

/** What a problem document (RFC 9457) says, as one line of at most 500 characters. */
export function textOf(given: z.infer<typeof problem> | undefined): string | undefined {
  if (given === undefined) return undefined;
  // From outside, and on its way to a log and a page: one line, not too long.
  return [given.type?.replace('urn:ietf:params:acme:error:', ''), given.detail]
    .filter(part => part !== undefined)
    .join(': ')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, 500);
}

/** The error for an answer that is a refusal. */
export function refused(act: string, url: string, answer: AcmeAnswer): SallyportError {
  const why = textOf(problemOf(answer)) || 'no reason given';
  return failed(`Cannot ${act} at "${url}": status ${answer.status}, ${why}`, answer.retryAfterMs);
}

/** The error of this folder; `retryAfterMs` is what the server asked for. */
export function failed(message: string, retryAfterMs?: number): SallyportError {
  return new SallyportError('gateway.acme_failed', message, {
    detail: message,
    ...(retryAfterMs !== undefined && { extensions: { retryAfterMs } }),
  });
}
