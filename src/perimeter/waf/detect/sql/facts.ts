/** What an expression was made of. */
export interface Facts {
  /** A comparison of two literals: always true or always false. */
  constants: number;
  /** Of them, those that take no arithmetic and use equality. */
  equalities: number;
  /** A name compared with itself. */
  same: number;
  comparisons: number;
  logic: number;
  /** Calls of functions that only SQL has. */
  strong: number;
  /** Calls of functions SQL shares with others. */
  plain: number;
  /** Calls that only wait. */
  delays: number;
  queries: number;
  catalogues: number;
  operands: number;
  /** Operands that are names. */
  names: number;
}

/** Nothing seen yet. */
export function noFacts(): Facts {
  return {
    constants: 0,
    equalities: 0,
    same: 0,
    comparisons: 0,
    logic: 0,
    strong: 0,
    plain: 0,
    delays: 0,
    queries: 0,
    catalogues: 0,
    operands: 0,
    names: 0,
  };
}
