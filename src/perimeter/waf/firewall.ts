import { compileExclusions, type IsExcluded } from './exclusions.ts';
import { createJudge, type Judge } from './judge.ts';
import { createMemory, type Memory } from './memory.ts';
import { createBodyReader, type HeadInput, readHead } from './read/read.ts';
import { createRoster } from './roster.ts';
import {
  type AuthoredFields,
  type BodyReader,
  type Detector,
  type FirewallPolicy,
  type Judgement,
  type LeafSink,
  type Problem,
  readLimits,
} from './waf.ts';

/** What the caller knows beside the request itself. */
export interface InspectionContext {
  /** Route pattern as records name it; exclusions are tied to it. */
  readonly endpoint: string;
  readonly authored?: AuthoredFields | undefined;
  readonly nowMs: number;
  /** Shown every name and value as it is read, judged or not. */
  readonly onLeaf?: LeafSink['leaf'] | undefined;
}

/** What is known of a body before it arrives. */
export interface BodyStart {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** The request's method: a form field that overrides it makes the request ambiguous. */
  readonly method?: string | undefined;
}

/** Judges one body as it arrives; memory is bounded whatever its size. */
export interface BodyInspection {
  /** A judgement as soon as the verdict is `block`, the same one ever after; until then undefined. Keeps nothing of `chunk`. */
  feed(chunk: Uint8Array): Judgement | undefined;
  /** The judgement of the whole body. To be called once, when its last byte was fed. */
  end(): Judgement;
  /** `end` in pieces of some milliseconds, for bodies that are read at their end; one of the two is called. */
  endInSteps(): Generator<undefined, Judgement>;
}

/** Judges heads and bodies. No I/O and no clock; what it keeps between requests changes no judgement, only what one costs. */
export interface Firewall {
  inspectHead(head: HeadInput, policy: FirewallPolicy, context: InspectionContext): Judgement;
  openBody(body: BodyStart, policy: FirewallPolicy, context: InspectionContext): BodyInspection;
}

/** What a firewall is made of. */
export interface FirewallDeps {
  readonly detectors: readonly Detector[];
  /** Of values that held nothing; its own where none is given. */
  readonly memory?: Memory;
}

const endpointsMax = 1024;
const passed: Judgement = { verdict: 'pass', scores: {}, matches: [], authored: 0 };

/**
 * Builds a firewall of these detectors, at most 31. A policy is compiled when its object is first seen, so callers keep one object as long
 * as it does not change.
 *
 * @throws SallyportError `internal` when a detector breaks its contract.
 */
export function createFirewall({ detectors, memory = createMemory() }: FirewallDeps): Firewall {
  const roster = createRoster(detectors);
  const compiled = new WeakMap<FirewallPolicy, Map<string, IsExcluded>>();

  function exclusionsOf(policy: FirewallPolicy, endpoint: string): IsExcluded {
    let byEndpoint = compiled.get(policy);
    if (byEndpoint === undefined) {
      byEndpoint = new Map();
      compiled.set(policy, byEndpoint);
    }
    const known = byEndpoint.get(endpoint);
    if (known !== undefined) return known;
    // Endpoints come from route tables and are few; should that ever fail, memory is still bounded.
    if (byEndpoint.size >= endpointsMax) byEndpoint.clear();
    const made = compileExclusions(policy.exclusions, endpoint);
    byEndpoint.set(endpoint, made);
    return made;
  }

  function judgeFor(policy: FirewallPolicy, { endpoint, authored, nowMs, onLeaf }: InspectionContext): Judge {
    return createJudge({ roster, policy, isExcluded: exclusionsOf(policy, endpoint), authored, nowMs, memory, onLeaf });
  }

  return {
    inspectHead(head, policy, context) {
      if (policy.mode === 'off') return passed;
      const judge = judgeFor(policy, context);
      return judge.conclude({ problem: readHead(head, judge, readLimits) });
    },
    openBody(body, policy, context) {
      if (policy.mode === 'off') return { feed: () => undefined, end: () => passed, endInSteps: passedInSteps };
      return inspectBody(body, policy, judgeFor(policy, context));
    },
  };
}

function inspectBody({ contentType, contentEncoding, method }: BodyStart, policy: FirewallPolicy, judge: Judge) {
  const bytesMax = policy.inspectBytesMax;
  let beyond = 0;
  const onBeyond = (bytes: number): void => {
    beyond += bytes;
  };
  const made = createBodyReader({
    contentType,
    contentEncoding,
    sink: judge,
    limits: readLimits,
    ...(method === undefined ? {} : { method }),
    ...(bytesMax === null ? {} : { cut: { bytesMax, onBeyond } }),
  });
  const reader: BodyReader = 'kind' in made ? refusing(made) : made;
  let problem: Problem | undefined;
  let blocked: Judgement | undefined;

  function conclude(): Judgement {
    return judge.conclude({ problem, uninspectedBytes: beyond > 0 ? beyond : undefined });
  }

  function feed(chunk: Uint8Array): Judgement | undefined {
    if (blocked !== undefined) return blocked;
    if (problem !== undefined || judge.problem !== undefined) return undefined;
    problem = reader.feed(chunk);
    const isStopped = problem !== undefined || judge.problem !== undefined || judge.isOver;
    if (policy.mode !== 'block' || !isStopped) return undefined;
    blocked = conclude();
    return blocked;
  }

  function end(): Judgement {
    if (blocked !== undefined) return blocked;
    if (problem === undefined && judge.problem === undefined) problem = reader.end();
    return conclude();
  }

  function* endInSteps(): Generator<undefined, Judgement> {
    const steps = reader.endInSteps?.();
    if (blocked !== undefined || problem !== undefined || judge.problem !== undefined || steps === undefined)
      return end();
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) problem = step.value;
      if (step.done === true || judge.problem !== undefined) return conclude();
      if (policy.mode === 'block' && judge.isOver) return conclude();
      yield;
    }
  }

  return { feed, end, endInSteps };
}

function* passedInSteps(): Generator<undefined, Judgement> {
  yield;
  return passed;
}

/** In place of a reader that there can not be. */
function refusing(problem: Problem): BodyReader {
  return { feed: () => problem, end: () => problem };
}
