import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { createOverloadLayer } from '../layers/overload.ts';
import type { Layer } from '../layers.ts';
import { createRefusalTeller } from '../transport/refusals.ts';
import type { Refused } from '../transport/transport.ts';
import type { LoadLevel, LoadSource } from './gauge.ts';
import { createLoadGauge, createLoadSource, tickMs } from './gauge.ts';
import { createShedder } from './shedder.ts';

/** What the gate does when more is asked of it than it can do. */
export interface Overload extends Disposable {
  readonly judge: Layer['judge'];
  readonly level: () => LoadLevel;
}

/** `onRefused` gets what was turned away: the first few of a network singly, the rest as counts. */
export function createOverload(deps: {
  clock: Clock;
  log: Log;
  requestsRatio: () => number;
  /** Left out: this process, read until it is disposed of. */
  loadSource?: LoadSource;
  onRefused: (refused: Refused) => void;
}): Overload {
  const { clock } = deps;
  using stack = new DisposableStack();
  const source = deps.loadSource ?? stack.use(createLoadSource(deps));
  const gauge = createLoadGauge({ ...deps, source });
  const teller = createRefusalTeller(deps);
  const timer = setInterval(() => {
    gauge.tick();
    teller.flush();
  }, tickMs).unref();
  stack.defer(() => clearInterval(timer));
  const judge = createOverloadLayer({
    clock,
    gauge,
    shedder: createShedder(),
    tellShed({ clientIp, inbound }) {
      teller.tell('overload', { peerIp: clientIp, localPort: inbound.localPort });
    },
  });
  const owned = stack.move();
  return {
    judge,
    level: () => gauge.level,
    [Symbol.dispose]() {
      owned.dispose();
      teller.flush(true);
    },
  };
}
