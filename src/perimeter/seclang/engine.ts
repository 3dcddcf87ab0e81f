import type { Plan } from './plan.ts';
import { createPlan } from './plan.ts';
import type { BodyProcessor, SecRules } from './rule.ts';
import type { Detectors, SecMatch } from './run.ts';
import { createRunner } from './run.ts';
import { createStore } from './store.ts';
import { createTexts } from './texts.ts';
import type { SecAnswer, SecTransaction } from './transaction.ts';

export interface SecEngineOptions {
  /** Who answers `@detectSQLi` and `@detectXSS`. */
  readonly detectors: Detectors;
  /** Written to TX before the first rule, so that rules which set a default find them set. Names in lower case. */
  readonly presets: ReadonlyMap<string, string>;
  /** False: rules that deny are recorded and the rest still runs. */
  readonly mayStop: boolean;
  /** Arguments, cookies, files and part headers of one request; more is a fault. */
  readonly argumentsMax: number;
}

/** What the rules said so far; grows with every phase. */
export interface SecOutcome {
  readonly matches: readonly SecMatch[];
  readonly denied: { readonly rule: number; readonly status: number } | undefined;
  /** Why the request could not be read whole. Whoever asks must refuse it. */
  readonly fault: string | undefined;
  /** A value of the collection TX. */
  tx(name: string): string | undefined;
  /** How the body was read, and whether an argument of this name came with the target instead. */
  readonly bodyProcessor: BodyProcessor | undefined;
  isInTarget(argument: string): boolean;
}

/** One transaction on its way through the phases; each is asked for once and in order. */
export interface SecInspection {
  head(): SecOutcome;
  /** The whole body; empty when there is none. Phase 2 holds most rules, so it is asked for without a body too. */
  body(bytes: Uint8Array): SecOutcome;
  answer(answer: SecAnswer): SecOutcome;
  answerBody(bytes: Uint8Array): SecOutcome;
  end(): SecOutcome;
}

export interface SecEngine {
  open(transaction: SecTransaction): SecInspection;
}

/** An engine for loaded rules. Memory is shared by all transactions but what each of them holds itself; time is linear in each value. */
export function createSecEngine(rules: SecRules, options: SecEngineOptions): SecEngine {
  const request = createPlan(rules, [1, 2]);
  const answer = createPlan(rules, [3, 4, 5]);
  return { open: transaction => open(request, answer, options, transaction) };
}

function open(request: Plan, answer: Plan, options: SecEngineOptions, transaction: SecTransaction): SecInspection {
  const store = createStore(transaction, options);
  const runner = createRunner(store, options.detectors, options.mayStop);
  for (const [name, value] of options.presets) runner.written.set('TX', name, value);
  const requestTexts = createTexts(request.scan, request.words);
  const answerTexts = createTexts(answer.scan, answer.words);
  const { decisions } = runner;
  const outcome: SecOutcome = {
    matches: decisions.matches,
    get denied() {
      return decisions.denied;
    },
    get fault() {
      return store.fault;
    },
    tx: name => runner.written.get('TX', name),
    get bodyProcessor() {
      return store.bodyProcessor;
    },
    isInTarget: argument => store.all('ARGS_GET').some(entry => entry.key === argument),
  };
  return {
    head() {
      runner.run(1, request, requestTexts);
      return outcome;
    },
    body(bytes) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      if (!decisions.isReleased) store.readBody(text, decisions.bodyProcessor, decisions.isBodyForced);
      runner.run(2, request, requestTexts);
      return outcome;
    },
    answer(head) {
      store.answer(head);
      runner.run(3, answer, answerTexts);
      return outcome;
    },
    answerBody(bytes) {
      store.answerBody(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
      runner.run(4, answer, answerTexts);
      return outcome;
    },
    end() {
      runner.run(5, answer, answerTexts);
      return outcome;
    },
  };
}
