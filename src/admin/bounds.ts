import { SallyportError } from '../core/errors.ts';
import type { Counters } from '../store/store.ts';

/** How often something may be done by one caller or one network; beyond it `admin.too_many_requests`. */
export interface Rate {
  readonly name: string;
  readonly max: number;
  readonly windowMs: number;
}

const minuteMs = 60_000;

export const rates = {
  /**
   * Posts of sign-in forms, codes, links and passwords, by network: an office behind one address must get in, and 300 a minute cost a tenth of a
   * core in password hashing. Identity throttles failures besides.
   */
  forms: { name: 'forms', max: 300, windowMs: minuteMs },
  /** Calls of the API by one session. */
  calls: { name: 'calls', max: 900, windowMs: minuteMs },
  /** Calls of the API without a session, by network. */
  strangers: { name: 'strangers', max: 120, windowMs: minuteMs },
  /** SCIM requests, by network: a provider brings thousands of people in one go. */
  provisioning: { name: 'provisioning', max: 3000, windowMs: minuteMs },
  /** Probes of an upstream by one person. */
  probes: { name: 'probes', max: 20, windowMs: minuteMs },
  /** Replays by one person: each judges thousands of heads twice. */
  replays: { name: 'replays', max: 20, windowMs: minuteMs },
  /** Entries of one person into one site: more than a few mean that the platform does not keep the sign-in. */
  entries: { name: 'entries', max: 8, windowMs: 30_000 },
} as const satisfies Record<string, Rate>;

/** Counts one more; throws `admin.too_many_requests` with the seconds to wait. A counter that cannot count refuses too. */
export async function spend(counters: Pick<Counters, 'increment'>, rate: Rate, who: string): Promise<void> {
  const { value, expiresInMs } = await counters.increment(`admin|${rate.name}|${who}`, 1, rate.windowMs);
  if (value <= rate.max) return;
  const retryAfterS = Math.max(1, Math.ceil(expiresInMs / 1000));
  throw new SallyportError(
    'admin.too_many_requests',
    `Refused: more than ${rate.max} "${rate.name}" in ${rate.windowMs} ms`,
    {
      detail: `Try again in ${retryAfterS} seconds.`,
      extensions: { retryAfterS },
    },
  );
}

/** The body as UTF-8 text. Throws `gateway.body_too_large` as soon as it is longer than allowed, whatever length was announced. */
export async function readText(request: Request | Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (request.body === null) return '';
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) {
      const message = `Cannot read body: more than ${bytesMax} bytes`;
      throw new SallyportError('gateway.body_too_large', message, { detail: `At most ${bytesMax} bytes are allowed.` });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new SallyportError('core.invalid_input', 'Cannot read body: it is not UTF-8', {
      cause,
      detail: 'The body is not UTF-8.',
    });
  }
}
