import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';

/** How much more is asked of the gate than it can do. */
export type LoadLevel = 'normal' | 'busy' | 'overloaded';

/** What the gauge reads, so that a test can say it. */
export interface LoadSource {
  /** The shortest time that anything ready had to wait for the event loop since this was last asked; in a turn that does not end, its age. */
  delayMs(): number;
  /** Requests under way and heap in use, as shares of what there may be. */
  requestsRatio(): number;
  heapRatio(): number;
  /** Processor time of this process as a share of one core since this was last asked. */
  cpuRatio(): number;
}

/** Says how much must be turned away for what is let in to be answered in time. */
export interface LoadGauge {
  /** 0: nothing. Up to 1 more and more of those who come last, up to 2 of those in the middle, beyond that of everybody. */
  readonly pressure: number;
  /** With hysteresis: it does not change to and fro around a bound. */
  readonly level: LoadLevel;
  /**
   * Reads the source, at most once in `tickMs`. Wants to be called by a timer, and by each request: a turn of the event loop in which thousands
   * of connections are ready lasts for seconds, and no timer comes in it.
   */
  tick(): void;
}

/** How often the source is read. */
export const tickMs = 100;
/** What a request may wait for the event loop before anything is turned away. */
const targetMs = 15;
const pressureMax = 2.9;
/** Full pressure of one class in a third of a second when the wait is far beyond the target; given back in two and a half seconds. */
const riseMax = 0.3;
const fallPerTick = 0.04;
const slowReadEvery = 10;
const calmMs = 3000;
/** Who is idle and yet late waits for other programs on the machine: to turn people away would help nobody. */
const ownWorkMin = 0.6;
const pressureOfOthersMax = 1.9;

/**
 * After CoDel (RFC 8289): what counts is how long a request waits, and of an interval the shortest wait, so that a burst that drains by itself
 * turns nobody away and a queue that stands does. The pressure moves by how far the wait is from its target until the two meet.
 */
export function createLoadGauge(deps: { clock: Clock; log: Log; source: LoadSource }): LoadGauge {
  const { clock, log, source } = deps;
  let pressure = 0;
  let level: LoadLevel = 'normal';
  let calmSinceMs: number | undefined;
  let ticks = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  let floor = 0;

  const settle = (nowMs: number): void => {
    const wanted: LoadLevel = pressure >= 0.5 ? 'overloaded' : pressure >= 0.1 ? 'busy' : 'normal';
    if (rank[wanted] >= rank[level]) {
      calmSinceMs = undefined;
      if (wanted !== level) change(wanted);
      return;
    }
    calmSinceMs ??= nowMs;
    if (nowMs - calmSinceMs >= calmMs) change(wanted);
  };
  const change = (next: LoadLevel): void => {
    log.warn('gateway.load_changed', { from: level, to: next, pressure: Math.round(pressure * 100) / 100 });
    level = next;
    calmSinceMs = undefined;
  };

  return {
    get pressure() {
      return pressure;
    },
    get level() {
      return level;
    },
    tick() {
      const nowMs = clock.monotonicMs();
      // A timer may come a little early.
      if (nowMs - lastMs < tickMs - 2) return;
      lastMs = nowMs;
      if (ticks++ % slowReadEvery === 0) floor = floorOf(source);
      const excess = (source.delayMs() - targetMs) / targetMs;
      const step = excess > 0 ? Math.min(riseMax, excess * 0.1) : Math.max(-1, excess) * fallPerTick;
      const most = source.cpuRatio() < ownWorkMin ? pressureOfOthersMax : pressureMax;
      pressure = Math.min(pressureMax, Math.max(floor, Math.min(most, pressure + step)));
      settle(nowMs);
    },
  };
}

const rank: Readonly<Record<LoadLevel, number>> = { normal: 0, busy: 1, overloaded: 2 };

/** What memory and requests under way ask for, however fast the event loop still is. */
function floorOf(source: LoadSource): number {
  const ratio = Math.max(source.heapRatio(), source.requestsRatio());
  if (ratio >= 0.95) return 2.5;
  if (ratio >= 0.9) return 1.5;
  return ratio >= 0.8 ? 0.9 : 0;
}

const sampleMs = 20;

/** Reads this process: its event loop by a timer's lateness, its heap, and the requests under way. */
export function createLoadSource(deps: { clock: Clock; requestsRatio: () => number }): LoadSource & Disposable {
  let dueMs = deps.clock.monotonicMs() + sampleMs;
  let shortest: number | undefined;
  let usage = process.cpuUsage();
  let usageAtMs = deps.clock.monotonicMs();
  const timer = setInterval(() => {
    const nowMs = deps.clock.monotonicMs();
    const lateMs = Math.max(0, nowMs - dueMs);
    shortest = shortest === undefined ? lateMs : Math.min(shortest, lateMs);
    dueMs = nowMs + sampleMs;
  }, sampleMs).unref();
  return {
    delayMs() {
      const found = shortest ?? Math.max(0, deps.clock.monotonicMs() - dueMs);
      shortest = undefined;
      return found;
    },
    cpuRatio() {
      const spent = process.cpuUsage(usage);
      const nowMs = deps.clock.monotonicMs();
      const ratio = (spent.user + spent.system) / 1000 / Math.max(1, nowMs - usageAtMs);
      usage = process.cpuUsage();
      usageAtMs = nowMs;
      return ratio;
    },
    requestsRatio: deps.requestsRatio,
    heapRatio() {
      const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
      return used / limit;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
