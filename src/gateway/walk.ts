import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { redirectAnswer, refusalAnswer, send } from './answer.ts';
import type { Denial, Exchange, ShortAnswer, StepUp, Verdict } from './exchange.ts';
import { isNavigation, originOf } from './exchange.ts';
import { gatePaths } from './gate-names.ts';
import type { Layer } from './layers.ts';
import type { Recorder } from './recorder.ts';
import { stepUpDenial, stepUpPlace, stepUpReason } from './step-up.ts';

export interface WalkDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
}

export interface Walk {
  /** Takes an exchange through the layers. Never throws; every way ends in an answer and a record. */
  walk(exchange: Exchange): void;
  /** Refuses for a layer that has taken an exchange over. */
  refuse(exchange: Exchange, layer: string, denial: Denial): void;
}

const nobody = 'nobody is signed in';

const faulty: Denial = { kind: 'deny', code: 'internal', reason: 'the layer failed', type: 'internal' };

/** Faults, not walls: answered and recorded as failures, and not counted as blocked. */
const faults: ReadonlySet<string> = new Set(['internal', 'upstream']);

export function createWalk(layers: readonly Layer[], deps: WalkDeps): Walk {
  const { clock, recorder } = deps;

  function step(exchange: Exchange, from: number): void {
    let startedMs = clock.monotonicMs();
    for (let at = from; at < layers.length; at++) {
      const layer = layers[at];
      if (layer === undefined) return;
      const verdict = layer.judge(exchange);
      if (verdict instanceof Promise) {
        void wait(exchange, { verdict, at, layer, startedMs });
        return;
      }
      const nowMs = clock.monotonicMs();
      exchange.spentMs[at] = nowMs - startedMs;
      startedMs = nowMs;
      if (verdict.kind !== 'next') return settle(exchange, layer.name, verdict);
    }
    settle(exchange, 'forward', faulty);
  }

  async function wait(
    exchange: Exchange,
    held: { verdict: Promise<Verdict>; at: number; layer: Layer; startedMs: number },
  ): Promise<void> {
    try {
      const verdict = await held.verdict;
      exchange.spentMs[held.at] = clock.monotonicMs() - held.startedMs;
      if (verdict.kind === 'next') step(exchange, held.at + 1);
      else settle(exchange, held.layer.name, verdict);
    } catch (error) {
      fault(exchange, error);
    }
  }

  function guarded(exchange: Exchange, from: number): void {
    try {
      step(exchange, from);
    } catch (error) {
      fault(exchange, error);
    }
  }

  function fault(exchange: Exchange, error: unknown): void {
    deps.log.error('gateway.layer_failed', { requestId: exchange.requestId, error });
    refuse(exchange, 'fault', faulty);
  }

  function settle(exchange: Exchange, layer: string, verdict: Exclude<Verdict, { kind: 'next' }>): void {
    switch (verdict.kind) {
      case 'taken':
        return;
      case 'answer':
        return finish(exchange, verdict);
      case 'deny':
        return refuse(exchange, layer, verdict);
      case 'challenge':
        return verdict.how === 'step_up'
          ? stepUp(exchange, layer, verdict.stepUp)
          : challenge(exchange, layer, verdict.how);
      default:
        verdict satisfies never;
    }
  }

  function refuse(exchange: Exchange, layer: string, denial: Denial): void {
    if (exchange.isFinished) return;
    if (!faults.has(denial.type)) exchange.denied = { layer, reason: denial.reason, type: denial.type };
    else deps.log.warn('gateway.fault', { requestId: exchange.requestId, layer, reason: denial.reason });
    finish(exchange, refusalAnswer(exchange, denial));
  }

  /** A person is sent where they can do something about it; a program is told what is missing. */
  function challenge(exchange: Exchange, layer: string, how: 'sign_in' | 'enter'): void {
    if (isNavigation(exchange)) {
      // A stranger sent to sign in has not done what they asked for; a person sent for their platform session may.
      if (how === 'sign_in') exchange.denied = { layer, reason: nobody, type: 'unauthenticated' };
      return finish(exchange, redirectAnswer(placeFor(exchange, how)));
    }
    refuse(exchange, layer, {
      kind: 'deny',
      code: 'gateway.unauthenticated',
      reason: how === 'sign_in' ? nobody : 'the gate holds no platform session for the person',
      type: 'unauthenticated',
      hint: 'Open the site in a browser and sign in.',
      // RFC 9110 section 11.6.1 wants a challenge with every 401; a scheme of our own makes no browser ask for a password.
      headers: ['www-authenticate', 'Sallyport realm="gate"'],
    });
  }

  /** RFC 9470 section 3: a person is sent to prove it and comes back, a program is told what to ask for. */
  function stepUp(exchange: Exchange, layer: string, want: StepUp): void {
    const place = stepUpPlace(exchange, want);
    if (isNavigation(exchange) && place !== undefined) {
      exchange.denied = { layer, reason: stepUpReason(want), type: 'step_up' };
      return finish(exchange, redirectAnswer(place));
    }
    refuse(exchange, layer, stepUpDenial(want, place));
  }

  function finish(exchange: Exchange, answer: ShortAnswer): void {
    send(exchange, answer);
    recorder.finish(exchange);
  }

  return { walk: exchange => guarded(exchange, 0), refuse };
}

function placeFor(exchange: Exchange, how: 'sign_in' | 'enter'): string {
  const { policy, request } = exchange;
  const path = request === undefined ? '/' : request.query === '' ? request.path : `${request.path}?${request.query}`;
  // The platform's own sign-in page would only lead back here.
  const { gate, signedInPath = '/' } = exchange.classification ?? {};
  const back = gate === 'sign_in' ? signedInPath : path;
  if (how === 'enter') return `${gatePaths.enter}?return_to=${encodeURIComponent(back)}`;
  const absolute = `${originOf(exchange)}${back}`;
  return `${policy?.snapshot.portalOrigin ?? ''}${gatePaths.signIn}?return_to=${encodeURIComponent(absolute)}`;
}
