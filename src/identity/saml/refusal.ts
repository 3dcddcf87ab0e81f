import type { ExternalRefusal } from '../federation/federation.ts';

/** Why a message is not believed: thrown inside this folder, turned into an `ExternalRefusal` or an error at its door. */
export class SamlRefusal extends Error {
  override readonly name = 'SamlRefusal';
  readonly reason: ExternalRefusal['reason'];

  constructor(message: string, options: { reason?: ExternalRefusal['reason']; cause?: unknown } = {}) {
    super(message.slice(0, 500), options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = options.reason ?? 'invalid';
  }
}

/** Refuses with what was wanted and what came, both quoted and cut so that a message cannot forge lines of a log. */
export function refuseUnless(isSo: boolean, what: string, came?: string | null): asserts isSo {
  if (!isSo) throw new SamlRefusal(came === undefined ? what : `${what}, got ${quoted(came)}`);
}

/** A value out of a message as it may stand in a log line: quoted, escaped, at most 120 characters. */
export function quoted(value: string | null): string {
  if (value === null) return 'nothing';
  return JSON.stringify(value.length > 120 ? `${value.slice(0, 117)}...` : value);
}

/** What a refusal says for an operator; anything else that was thrown is a refusal too, without its inner words. */
export function refusalOf(error: unknown): ExternalRefusal {
  if (error instanceof SamlRefusal) return { reason: error.reason, detail: error.message };
  return { reason: 'invalid', detail: 'Cannot read the message: it broke the reader' };
}
