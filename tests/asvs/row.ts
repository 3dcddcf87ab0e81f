/** A test by its file and the very name it has there. */
export interface TestId {
  readonly file: string;
  readonly name: string;
}

/** One requirement of OWASP ASVS 5.0 and what we answer to it. `wants` is said in our own words. */
export interface AsvsRow {
  readonly id: string;
  readonly level: 1 | 2 | 3;
  readonly wants: string;
  readonly answer: 'met' | 'not applicable' | 'deviation';
  /** How it is met, or why it is not. */
  readonly how: string;
  readonly tests: readonly TestId[];
}

type Level = AsvsRow['level'];

/** Names tests of one file. */
export const testsOf =
  (file: string) =>
  (...names: readonly string[]): readonly TestId[] =>
    names.map(name => ({ file, name }));

/** Met, and held by these tests. */
export const met = (at: readonly [string, Level], wants: string, how: string, tests: readonly TestId[]): AsvsRow => ({
  ...{ id: at[0], level: at[1], wants, answer: 'met', how, tests },
});

/** There is nothing here that it could be about. */
export const none = (at: readonly [string, Level], wants: string, how: string): AsvsRow => ({
  ...{ id: at[0], level: at[1], wants, answer: 'not applicable', how, tests: [] },
});

/** Not as it stands, for a reason. */
export const otherwise = (
  at: readonly [string, Level],
  wants: string,
  how: string,
  tests: readonly TestId[],
): AsvsRow => ({
  ...{ id: at[0], level: at[1], wants, answer: 'deviation', how, tests },
});
