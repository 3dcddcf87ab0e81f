import type { Rule } from '../../waf.ts';

/** What the SQL detector can say. */
export const sqlRules = [
  { id: 'sqli.tautology', title: 'a SQL condition that is always true or always false', points: 5, paranoia: 1 },
  { id: 'sqli.breakout', title: 'a value that ends its quotes and goes on as SQL', points: 5, paranoia: 1 },
  {
    id: 'sqli.comment_end',
    title: 'a value that ends its quotes and comments out the rest of a SQL statement',
    points: 5,
    paranoia: 1,
  },
  { id: 'sqli.condition', title: 'a number or name that goes on as a SQL condition', points: 5, paranoia: 1 },
  { id: 'sqli.union', title: 'a second SQL query joined to the first', points: 5, paranoia: 1 },
  { id: 'sqli.stacked', title: 'a second SQL statement after a semicolon', points: 5, paranoia: 1 },
  { id: 'sqli.statement', title: 'a whole SQL statement', points: 5, paranoia: 1 },
  { id: 'sqli.delay', title: 'a SQL call that makes the database wait', points: 5, paranoia: 1 },
  {
    id: 'sqli.function',
    title: 'a SQL function that reads data out through errors, files or the network',
    points: 5,
    paranoia: 1,
  },
  { id: 'sqli.procedure', title: 'a call of a dangerous database procedure', points: 5, paranoia: 1 },
  { id: 'sqli.order_probe', title: 'a probe for the columns of a SQL query', points: 5, paranoia: 1 },
  { id: 'sqli.file', title: 'a SQL query that writes to or reads from a file', points: 5, paranoia: 1 },
  { id: 'sqli.building', title: 'text built from character codes in SQL', points: 5, paranoia: 1 },
  { id: 'sqli.version_comment', title: 'SQL hidden in an executable comment', points: 5, paranoia: 1 },
  { id: 'sqli.weak_breakout', title: 'a quote followed by something that could be SQL', points: 3, paranoia: 1 },
  {
    id: 'sqli.weak_condition',
    title: 'a number followed by something that could be a SQL condition',
    points: 3,
    paranoia: 1,
  },
  { id: 'sqli.weak_function', title: 'the call of a database function', points: 3, paranoia: 1 },
  { id: 'sqli.inner_statement', title: 'a SQL statement inside a text', points: 2, paranoia: 1 },
  { id: 'sqli.catalogue', title: 'the name of a table in which a database describes itself', points: 2, paranoia: 1 },
  { id: 'sqli.likely_statement', title: 'words that could be a SQL statement', points: 3, paranoia: 2 },
  { id: 'sqli.quote_then_operator', title: 'a quote followed by a SQL operator', points: 3, paranoia: 2 },
  { id: 'sqli.any_comment', title: 'a SQL comment', points: 3, paranoia: 3 },
  { id: 'sqli.any_quote', title: 'an unpaired quote', points: 3, paranoia: 4 },
] as const satisfies readonly Rule[];

/** One of them. */
export type SqlRule = (typeof sqlRules)[number]['id'];
