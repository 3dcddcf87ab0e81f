import type { Clock } from '../../core/clock.ts';
import type { Exchange } from '../exchange.ts';
import { holderOf } from '../layers/project.ts';
import type { Recorder } from '../recorder.ts';
import { renewedSession } from './cookies.ts';

/** Tells the control plane when the platform ended or renewed the session the gate holds. */
export function noticeSession(
  exchange: Exchange,
  answer: { readonly status: number; readonly kept: readonly string[] },
  deps: { readonly clock: Clock; readonly recorder: Recorder },
): void {
  const { platformSession, site } = exchange;
  const userId = holderOf(exchange);
  const { kept, status } = answer;
  if (platformSession === undefined || userId === undefined || site === undefined) return;
  const renewed =
    status === 401 ? null : kept.length > 0 ? renewedSession(platformSession, kept, deps.clock.now()) : undefined;
  if (renewed === undefined) return;
  deps.recorder.tell({ kind: 'platform_session', site: site.policy.id, userId, session: renewed });
}
