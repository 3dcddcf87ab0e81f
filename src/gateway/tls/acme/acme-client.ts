import { z } from 'zod';
import { SallyportError } from '../../../core/errors.ts';
import type { AcmeHttp } from './acme-http.ts';
import { pause } from './acme-http.ts';
import type { AcmeAccount } from './acme-session.ts';
import { createAcmeSession, failed, link, problem, read, refused, textOf } from './acme-session.ts';
import { jwkOf, keyAuthorization } from './jws.ts';

const pollMsMax = 10_000;
const pollForMs = 180_000;

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
  const { find, post, register } = createAcmeSession(account, http);
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
