import type { Denial, Exchange, StepUp } from './exchange.ts';
import { originOf } from './exchange.ts';
import { gatePaths } from './gate-names.ts';

/** The portal's page that asks for the proof and leads back; undefined before there is a policy. */
export function stepUpPlace(exchange: Exchange, want: StepUp): string | undefined {
  const { policy, request } = exchange;
  if (policy === undefined) return undefined;
  const path = request === undefined ? '/' : request.query === '' ? request.path : `${request.path}?${request.query}`;
  const query = new URLSearchParams({ return_to: `${originOf(exchange)}${path}`, ...parameters(want) });
  return `${policy.snapshot.portalOrigin}${gatePaths.reauthenticate}?${query.toString()}`;
}

/** For the record. */
export function stepUpReason({ acr, maxAgeS }: StepUp): string {
  const age = maxAgeS === undefined ? '' : `, not older than ${maxAgeS} s`;
  return `the session is not proved by "${acr}"${age}`;
}

/** RFC 9470 section 3: 401 with what to ask for, and where a person can do it. */
export function stepUpDenial(want: StepUp, place: string | undefined): Denial {
  const fields = Object.entries({ error: 'insufficient_user_authentication', ...parameters(want) });
  const challenge = fields.map(([name, value]) => `${name}="${value}"`).join(', ');
  return {
    kind: 'deny',
    code: 'gateway.step_up',
    reason: stepUpReason(want),
    type: 'step_up',
    hint: 'Reload the page: the gate then asks you to prove again who you are.',
    headers: ['www-authenticate', `Bearer realm="gate", ${challenge}`],
    extensions: {
      acrValues: want.acr,
      ...(want.maxAgeS === undefined ? {} : { maxAge: want.maxAgeS }),
      ...(place === undefined ? {} : { reauthenticate: place }),
    },
  };
}

function parameters({ acr, maxAgeS }: StepUp): Record<string, string> {
  return { acr_values: acr, ...(maxAgeS === undefined ? {} : { max_age: `${maxAgeS}` }) };
}
