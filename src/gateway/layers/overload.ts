import type { Clock } from '../../core/clock.ts';
import { networkOf } from '../../core/ip.ts';
import { refusalAnswer, send } from '../answer.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { next, taken } from '../exchange.ts';
import { gatePaths } from '../gate-names.ts';
import type { LoadGauge } from '../overload/gauge.ts';
import type { Priority, Shedder } from '../overload/shedder.ts';

export interface OverloadDeps {
  readonly clock: Clock;
  readonly gauge: Pick<LoadGauge, 'pressure' | 'tick'>;
  readonly shedder: Shedder;
  /** Takes what is counted instead of recorded one by one: a flood must not become a flood of records. */
  readonly tellShed: (exchange: Exchange) => void;
}

const shed: Denial = {
  kind: 'deny',
  code: 'gateway.overloaded',
  reason: 'more is asked of the gate than it can do',
  type: 'overload',
  headers: ['retry-after', '2'],
};

/**
 * Turns requests away with 503 while the event loop makes requests wait: strangers and sign-ins first, what is published next, people who are signed
 * in last, and of everybody some are always let in. Stands after `authenticate`. What is turned away is counted and told as counts; only of people
 * each is recorded.
 */
export function createOverloadLayer(deps: OverloadDeps) {
  const { clock, gauge, shedder, tellShed } = deps;
  return (exchange: Exchange): Verdict => {
    if (exchange.signedIn !== undefined) exchange.inbound.keep?.();
    gauge.tick();
    const { pressure } = gauge;
    if (pressure === 0) return next;
    const priority = priorityOf(exchange);
    const ask = { network: networkOf(exchange.clientIp), pressure, nowMs: clock.monotonicMs() };
    const isAdmitted = shedder.admits(priority, ask);
    if (priority === 'stranger' || priority === 'sign_in')
      exchange.inbound.rest?.(shedder.restMs(pressure, isAdmitted));
    if (isAdmitted) return next;
    if (priority === 'person') return shed;
    exchange.isFinished = true;
    exchange.denied = { layer: 'overload', reason: shed.reason, type: shed.type };
    send(exchange, refusalAnswer(exchange, shed));
    tellShed(exchange);
    return taken;
  };
}

/** Only for the order in which requests are served: what a request really is, later layers judge. */
export function priorityOf(exchange: Exchange): Priority {
  const { inbound, policy, signedIn } = exchange;
  if (signedIn !== undefined) return 'person';
  const path = pathOf(inbound.target);
  if (path.startsWith(gatePaths.signIn)) return 'sign_in';
  const site = policy?.find(inbound.localPort, exchange.hostname);
  if (site === undefined || site === 'portal') return 'stranger';
  return site.isPublic(inbound.method, path) ? 'webhook' : 'stranger';
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}
