import type { Judgement, Problem } from '../waf/waf.ts';
import type { CoreRuleSetConfig } from './config.ts';
import type { SecInspection } from './engine.ts';
import { createSecEngine } from './engine.ts';
import { toJudgement } from './judge.ts';
import type { RuleSource } from './load.ts';
import { loadSecRules } from './load.ts';
import type { Detectors } from './run.ts';
import type { SecAnswer, SecTransaction } from './transaction.ts';

/** A judge beside the firewall: the same judgements, given by the Core Rule Set. */
export interface CoreRuleSet {
  /** What the loaded files call themselves, for the record: `OWASP_CRS/3.3.4`. */
  readonly signatures: readonly string[];
  readonly rules: number;
  open(transaction: SecTransaction): CoreRuleSetInspection;
}

/** One request on its way; each is asked for at most once and in this order. */
export interface CoreRuleSetInspection {
  head(): Judgement;
  /** The whole body; nothing when there is none. Most rules run here, so it is asked for every request. */
  body(bytes?: Uint8Array): Judgement;
  answer(answer: SecAnswer): Judgement;
  answerBody(bytes: Uint8Array): Judgement;
}

interface CoreRuleSetDeps {
  readonly source: RuleSource;
  readonly detectors: Detectors;
}

const nothing = new Uint8Array(0);

/** Loads the rule set; throws `perimeter.rules_invalid` where anything in its files is not understood. */
export function createCoreRuleSet(config: CoreRuleSetConfig, { source, detectors }: CoreRuleSetDeps): CoreRuleSet {
  const rules = loadSecRules(source, patternsOf(config, source));
  const level = String(config.paranoia);
  const presets = new Map([
    ['paranoia_level', level],
    ['blocking_paranoia_level', level],
    ['inbound_anomaly_score_threshold', String(config.threshold)],
    ['outbound_anomaly_score_threshold', String(config.outboundThreshold)],
    ...Object.entries(config.variables),
  ]);
  const { argumentsMax } = config;
  const engine = createSecEngine(rules, { detectors, presets, mayStop: true, argumentsMax });
  return {
    signatures: rules.signatures,
    rules: rules.steps.filter(step => step.kind === 'rule').length,
    open: transaction => inspectionOf(engine.open(transaction), config),
  };
}

function patternsOf({ dir, files }: CoreRuleSetConfig, source: RuleSource): readonly string[] {
  if (dir === undefined) return files ?? [];
  const setup = `${dir}/crs-setup.conf`;
  return [source.read(setup) === undefined ? `${setup}.example` : setup, `${dir}/rules/*.conf`];
}

function inspectionOf(inspection: SecInspection, config: CoreRuleSetConfig): CoreRuleSetInspection {
  const mode = config.mode === 'block' ? 'block' : 'shadow';
  const tooLarge: Problem = { kind: 'too_large', detail: `a body of more than ${config.bodyBytesMax} bytes` };
  let problem: Problem | undefined;
  return {
    head: () => toJudgement(inspection.head(), mode),
    body(bytes = nothing) {
      if (bytes.length > config.bodyBytesMax) problem = tooLarge;
      return toJudgement(inspection.body(problem === undefined ? bytes : nothing), mode, problem);
    },
    answer: answer => toJudgement(inspection.answer(answer), mode, problem),
    // An answer is never refused for its length: its beginning is judged.
    answerBody: bytes => toJudgement(inspection.answerBody(bytes.subarray(0, config.bodyBytesMax)), mode, problem),
  };
}
