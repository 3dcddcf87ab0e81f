/** Queries that look like SQL and belong to services of metrics, records and skies: told by a clause that every database refuses. */

const longest = 2000;
/** What makes the text no query, or another one: a comment, a second statement, a second query. */
const otherwise = /--|#|\/\*|;\s{0,4}\S|\0|\bunion\b|\binto\b|information_schema/u;
/** CloudWatch Metrics Insights, NRQL, InfluxQL, SOQL, ADQL, S3 Select: literals are taken out before. */
const clauses =
  /\bfrom\s{1,4}(?:schema\s{0,2}\(\s{0,2}"(?:aws\/)?"|"aws\/")|\b(?:since|until)\s{1,4}\d{1,6}\s{1,4}(?:second|minute|hour|day|week|month)s?\s{1,4}ago\b|\bgroup\s{1,4}by\s{1,4}time\s{0,2}\(\s{0,2}\d{1,6}[a-z]{1,2}\s{0,2}[,)]|\b(?:last|next)_n_(?:day|week|month|quarter|year|fiscal_\w{1,8})s?:\d|\bcontains\s{0,2}\(\s{0,2}point\s{0,2}\(\s{0,2}""|\bfrom\s{1,4}s3object(?:\[\*\])?(?:\s{1,4}[a-z]\w{0,8})?\s{1,4}(?:where|limit)\b/u;

/** What metrics of one service are kept under; as the name of a table it stands in no database. */
const namespace = /^\\?"aws\/[a-z\d]{2,24}\\?"$/u;

/** True when the query that begins at `start` has a clause of such a service, which a database takes for a fault and so runs nothing. */
export function isServiceQuery(lower: string, start: number): boolean {
  const query = lower.slice(start, start + longest);
  if (!clauses.test(emptied(query))) return false;
  return !otherwise.test(query);
}

/** Literals lose what they say; a quote that nothing closes stays. */
function emptied(query: string): string {
  return query.replaceAll(/\\?"[^"\\]{0,200}\\?"|'[^'\\]{0,200}'/gu, literal =>
    namespace.test(literal) ? '"aws/"' : '""',
  );
}
