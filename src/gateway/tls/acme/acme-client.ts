import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { SallyportError } from '../../../core/errors.ts';
import type { AcmeAnswer, AcmeHttp } from './acme-http.ts';
import { pause } from './acme-http.ts';
import { bindExternalAccount, jwkOf, keyAuthorization, signMessage } from './jws.ts';

const nonceTriesMax = 12;
const pollMsMax = 10_000;
const pollForMs = 180_000;
const badNonce = 'urn:ietf:params:acme:error:badNonce';

/** How control over a name is shown. */
export type ChallengeType = 'http-01' | 'tls-alpn-01';

/** One challenge to answer: `keyAuthorization` at `token`, for `host`. */
export interface PendingChallenge {
  readonly host: string;
  readonly type: ChallengeType;
  readonly token: string;
  readonly keyAuthorization: string;
}

/** The server said no, or something that is not ACME. `retryAfterMs` is what it asks for. */
export interface AcmeRefusal {
  readonly problem: string;
  readonly retryAfterMs: number | undefined;
}

export interface AcmeAccount {
  readonly directoryUrl: string;
  readonly key: KeyObject;
  readonly email: string | undefined;
  readonly external: { readonly keyId: string; readonly macKey: Buffer } | undefined;
}

/** One account at one ACME server (RFC 8555). Calls are made one after another. */
export interface AcmeClient {
  /**
   * Orders a certificate for the name, shows control over it by `type`, and resolves with the chain (PEM, leaf first). `present` resolves
   * once the challenge can be answered and returns how to take it away, which is always called. Throws `gateway.acme_failed`.
   */
  order(input: {
    readonly host: string;
    readonly type: ChallengeType;
    readonly request: Buffer;
    readonly present: (challenge: PendingChallenge) => Promise<() => void>;
    readonly signal: AbortSignal;
  }): Promise<string>;
}

const link = z.url({ protocol: /^https$/ }).max(2000);
const directory = z.object({
  newNonce: link,
  newAccount: link,
  newOrder: link,
  meta: z.object({ externalAccountRequired: z.boolean().optional() }).optional(),
});
const problem = z.object({ type: z.string().max(300).optional(), detail: z.string().max(4000).optional() });
const order = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  authorizations: z.array(link).max(100),
  finalize: link,
  certificate: link.optional(),
  error: problem.optional(),
});
const authorization = z.object({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: z.object({ type: z.string(), value: z.string().max(255) }),
  challenges: z
    .array(
      z.object({
        type: z.string(),
        url: link,
        // RFC 8555 section 8.3: the base64url alphabet; it becomes part of a path.
        token: z
          .string()
          .regex(/^[A-Za-z0-9_-]{16,128}$/)
          .optional(),
        error: problem.optional(),
      }),
    )
    .max(20),
});

type Directory = z.infer<typeof directory>;

/** What a server's refusal says, for a caller that waits and tries again. */
export function refusalOf(error: unknown): AcmeRefusal {
  const given = error instanceof SallyportError ? error.extensions : {};
  const { retryAfterMs } = given;
  return {
    problem: error instanceof Error ? error.message : String(error),
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  };
}

/** Asks nothing yet: directory and account are looked up with the first order and kept. */
export function createAcmeClient(account: AcmeAccount, http: AcmeHttp): AcmeClient {
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
  /** Asks until the thing is no longer as it was, as often as the server wants to be asked. */
  const poll = async <T extends { status: string }>(
    schema: z.ZodType<T>,
    url: string,
    until: { readonly unlike: readonly string[]; readonly signal: AbortSignal },
  ): Promise<T> => {
    let waitMs = 250;
    for (let spentMs = 0; spentMs <= pollForMs; ) {
      const answer = await post(url, undefined, until.signal);
      const found = read(schema, answer, url);
      if (!until.unlike.includes(found.status)) return found;
      const nextMs = Math.max(waitMs, Math.min(answer.retryAfterMs ?? 0, pollMsMax));
      await pause(nextMs, until.signal);
      spentMs += nextMs;
      waitMs = Math.min(waitMs * 2, pollMsMax);
    }
    throw failed(`Cannot wait for "${url}" any longer: want an end within ${pollForMs / 1000} seconds`);
  };
  const prove = async (url: string, input: Parameters<AcmeClient['order']>[0]): Promise<void> => {
    const { host, type, signal } = input;
    const found = read(authorization, await post(url, undefined, signal), url);
    if (found.status === 'valid') return;
    if (found.identifier.value.toLowerCase() !== host)
      throw failed(`Cannot show control over "${found.identifier.value}": want an authorization for "${host}"`);
    const challenge = found.challenges.find(one => one.type === type);
    if (found.status !== 'pending' || challenge?.token === undefined)
      throw failed(`Cannot show control over "${host}": want a pending challenge "${type}"`);
    const { token } = challenge;
    const withdraw = await input.present({ host, type, token, keyAuthorization: keyAuthorization(token, jwk) });
    try {
      await post(challenge.url, {}, signal);
      const end = await poll(authorization, url, { unlike: ['pending'], signal });
      if (end.status === 'valid') return;
      const why = end.challenges.find(one => one.error !== undefined)?.error;
      throw failed(`Cannot show control over "${host}" by ${type}: ${textOf(why) ?? end.status}`);
    } finally {
      withdraw();
    }
  };

  return {
    async order(input) {
      const { host, request, signal } = input;
      await register(signal);
      const { newOrder } = await find(signal);
      const answer = await post(newOrder, { identifiers: [{ type: 'dns', value: host }] }, signal);
      const url = answer.header('location');
      if (url === undefined) throw refused('order', newOrder, answer);
      const begun = read(order, answer, newOrder);
      for (const one of begun.authorizations) await prove(one, input);
      const ready = await poll(order, url, { unlike: ['pending'], signal });
      if (ready.status === 'ready') await post(ready.finalize, { csr: request.toString('base64url') }, signal);
      const made = await poll(order, url, { unlike: ['pending', 'ready', 'processing'], signal });
      if (made.status !== 'valid' || made.certificate === undefined)
        throw failed(`Cannot get a certificate for "${host}": ${textOf(made.error) ?? `the order is ${made.status}`}`);
      return (await post(made.certificate, undefined, signal)).body;
    },
  };
}

function read<T>(schema: z.ZodType<T>, answer: AcmeAnswer, url: string): T {
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

function textOf(given: z.infer<typeof problem> | undefined): string | undefined {
  if (given === undefined) return undefined;
  // From outside, and on its way to a log and a page: one line, not too long.
  return [given.type?.replace('urn:ietf:params:acme:error:', ''), given.detail]
    .filter(part => part !== undefined)
    .join(': ')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, 500);
}

function refused(act: string, url: string, answer: AcmeAnswer): SallyportError {
  const why = textOf(problemOf(answer)) || 'no reason given';
  return failed(`Cannot ${act} at "${url}": status ${answer.status}, ${why}`, answer.retryAfterMs);
}

function failed(message: string, retryAfterMs?: number): SallyportError {
  return new SallyportError('gateway.acme_failed', message, {
    detail: message,
    ...(retryAfterMs !== undefined && { extensions: { retryAfterMs } }),
  });
}
