import type { Compiled } from '../compiled.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

const notRecording: Verdict = {
  kind: 'deny',
  code: 'gateway.not_recording',
  reason: 'the audit log takes no records',
  type: 'not_ready',
  headers: ['retry-after', '5'],
};

const noSnapshot: Verdict = {
  kind: 'deny',
  code: 'gateway.not_recording',
  reason: 'no policy snapshot has arrived yet',
  type: 'not_ready',
  headers: ['retry-after', '5'],
};

/** Nothing passes unrecorded: while the audit log takes no records, every request is refused. */
export function createRecordingLayer(deps: { isRecording: () => boolean }) {
  return (): Verdict => (deps.isRecording() ? next : notRecording);
}

/** Puts the policy in force under the exchange; without one, everything is refused. */
export function createSnapshotLayer(deps: { policy: () => Compiled | undefined }) {
  return (exchange: Exchange): Verdict => {
    exchange.policy = deps.policy();
    return exchange.policy === undefined ? noSnapshot : next;
  };
}
