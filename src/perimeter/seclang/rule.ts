import type { Macro } from './macro.ts';
import type { Operator } from './operators.ts';
import type { Regex } from './regex/regex.ts';
import type { Variable } from './variables.ts';

export type Phase = 1 | 2 | 3 | 4 | 5;

/** Which values of a variable: all, those of one name (lower case), or those whose name fits an expression. */
export type Selector = { readonly kind: 'all' } | { readonly kind: 'name'; readonly name: string } | Fits;
interface Fits {
  readonly kind: 'fits';
  readonly source: string;
  readonly regex: Regex;
}

export interface Target {
  readonly variable: Variable;
  readonly selector: Selector;
  /** `&`: how many there are, not what they hold. */
  readonly isCount: boolean;
}

/** What a rule looks at: the values of `include` that are not in `exclude`. */
export interface Targets {
  readonly include: readonly Target[];
  readonly exclude: readonly Target[];
}

export interface SetVariable {
  readonly collection: Variable;
  readonly key: Macro;
  readonly act: 'set' | 'add' | 'subtract' | 'delete';
  readonly value: Macro;
}

/** Changes that a rule makes to the rest of the transaction. */
export type Control =
  | { readonly kind: 'removeById'; readonly first: number; readonly last: number }
  | { readonly kind: 'removeByTag'; readonly tag: string }
  | { readonly kind: 'removeTarget'; readonly by: RuleChoice; readonly target: Target }
  | { readonly kind: 'engine'; readonly value: 'on' | 'off' | 'detectiononly' }
  | { readonly kind: 'bodyProcessor'; readonly value: BodyProcessor }
  | { readonly kind: 'forceBodyVariable'; readonly isOn: boolean }
  /** Only concerns the reference engine's own log. */
  | { readonly kind: 'audit' };

export type RuleChoice = { readonly kind: 'id'; readonly first: number; readonly last: number } | TagChoice;
interface TagChoice {
  readonly kind: 'tag';
  readonly tag: string;
}

export type BodyProcessor = 'URLENCODED' | 'MULTIPART' | 'JSON' | 'XML';
export type Disruption = 'pass' | 'block' | 'deny' | 'drop' | 'allow' | 'redirect';

/** What a rule does when it matches. */
export interface Actions {
  readonly id: number | undefined;
  readonly phase: Phase | undefined;
  readonly transforms: readonly string[];
  readonly disruption: Disruption | undefined;
  readonly status: number | undefined;
  readonly isLogged: boolean | undefined;
  readonly isCapturing: boolean;
  readonly isMultiMatch: boolean;
  readonly isChained: boolean;
  readonly skipAfter: string | undefined;
  readonly skip: number;
  readonly message: Macro | undefined;
  readonly severity: number | undefined;
  readonly tags: readonly string[];
  readonly setVariables: readonly SetVariable[];
  readonly controls: readonly Control[];
}

/** A condition with its actions; a rule is one or more of them. */
export interface Link {
  /** Undefined for SecAction: always true. */
  readonly test: { readonly targets: Targets; readonly operator: Operator } | undefined;
  /** Names in lower case, in order. */
  readonly transforms: readonly string[];
  readonly actions: Actions;
}

export interface SecRule {
  readonly id: number;
  readonly phase: Phase;
  readonly file: string;
  readonly line: number;
  readonly tags: readonly string[];
  /** The disruptive action with `block` replaced by the phase's default. */
  readonly disruption: Exclude<Disruption, 'block'>;
  readonly status: number;
  readonly isLogged: boolean;
  readonly links: readonly [Link, ...Link[]];
}

/** What stands in the files, in order: rules, and the places that `skipAfter` names. */
export type Step =
  | { readonly kind: 'rule'; readonly rule: SecRule }
  | { readonly kind: 'marker'; readonly name: string };

/** Rules ready to run, compiled and checked. */
export interface SecRules {
  readonly steps: readonly Step[];
  /** What the files call themselves, such as `OWASP_CRS/3.3.4`. */
  readonly signatures: readonly string[];
}
