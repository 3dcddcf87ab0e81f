import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';

export type Incident = OperationOutput<'perimeter.incidents'>['incidents'][number];
export type IncidentDetail = OperationOutput<'perimeter.incident'>;
export type Match = IncidentDetail['matches'][number];

const layers: ReadonlyMap<string, string> = new Map([
  ['firewall', 'Firewall'],
  ['firewall_body', 'Firewall, in the body'],
  ['answers', 'Answer rules'],
  ['forward', 'Forwarding'],
  ['challenge', 'Proof of work'],
  ['client_certificate', 'Client certificate'],
  ['authorize', 'Permissions'],
  ['bans', 'Bans and lists'],
  ['limits', 'Rate limits'],
  ['path', 'Path reading'],
  ['origin', 'Origin check'],
  ['same_origin', 'Foreign pages'],
  ['cors', 'Foreign pages (CORS)'],
  ['site', 'Unknown host name'],
  ['connection', 'Connection'],
  ['framing', 'HTTP framing'],
  ['api', 'API keys'],
  ['api_request', 'API description'],
]);

/** A layer of the gate as people call it. */
export function layerWords(layer: string): string {
  return layers.get(layer) ?? capital(layer.replaceAll('_', ' '));
}

const categories: ReadonlyMap<string, string> = new Map([
  ['sqli', 'SQL injection'],
  ['nosqli', 'NoSQL injection'],
  ['ldap', 'LDAP injection'],
  ['xpath', 'XPath injection'],
  ['xss', 'Script in a page'],
  ['shell', 'Shell command'],
  ['code', 'Program code'],
  ['template', 'Template injection'],
  ['traversal', 'Path traversal'],
  ['ssrf', 'Request to the inside'],
  ['xxe', 'XML entities'],
  ['deserialisation', 'Deserialisation'],
  ['header', 'Header injection'],
  ['lookup', 'Lookup (JNDI)'],
  ['mail', 'Mail injection'],
  ['prototype', 'Prototype pollution'],
  ['upload', 'Dangerous upload'],
  ['scanner', 'Scanner'],
  ['protocol', 'Protocol'],
  ['prompt', 'Prompt injection'],
  ['shield', 'Known advisory'],
  ['malformed', 'Two readings or none'],
  // Of answers.
  ['error', 'Error messages'],
  ['secret', 'Secrets'],
  ['disclosure', 'Inner workings'],
  ['card', 'Payment cards'],
  ['identity', 'Identity numbers'],
]);

/** What an attack aims at, as people call it. */
export function categoryWords(category: string): string {
  return categories.get(category) ?? category;
}

const verdictLabels: ReadonlyMap<string, string> = new Map([
  ['block', 'Stopped'],
  ['would_block', 'Would stop'],
  ['redact', 'Redacted'],
  ['noticed', 'Noticed'],
]);

/** How it ended, in two words at most. */
export function verdictWords(verdict: string): string {
  return verdictLabels.get(verdict) ?? verdict;
}

/** `field q of the query`, `the path`: where a value stood. */
export function placeWords({ name, part, zone }: Pick<Match, 'name' | 'part' | 'zone'>): string {
  const where = zone === 'json' ? 'JSON body' : zone === 'xml' ? 'XML body' : zone;
  if (name === '') return `the ${where}`;
  return part === 'name' ? `the name of a field of the ${where}` : `“${name}” in the ${where}`;
}

/** The match that weighs most. */
export function worstOf(matches: readonly Match[]): Match | undefined {
  return matches.toSorted((a, b) => b.points - a.points)[0];
}

/** What a rule says of what it found. An advisory speaks for itself. */
export function matchWords({ rule, title }: Pick<Match, 'rule' | 'title'>): string {
  const dot = rule.indexOf('.');
  const detail = rule.slice(dot + 1);
  switch (dot === -1 ? '' : rule.slice(0, dot)) {
    case '':
      return title;
    case 'api':
      return `Does not fit the description of the API (${detail})`;
    case 'leak':
      return `The answer held ${title}`;
    case 'crs':
      return `Rule ${detail} of the Core Rule Set`;
    default:
      return `Looks like ${title}`;
  }
}

/** Why a request was an incident, in one line. */
export function whyWords(incident: Pick<Incident, 'matches' | 'problem'>): string {
  if (incident.problem !== null) return `Cannot be read in one way: ${incident.problem}`;
  const worst = worstOf(incident.matches);
  return worst === undefined ? 'Many weak signs together' : matchWords(worst);
}

const regions = new Intl.DisplayNames('en-GB', { type: 'region' });

/** `NL` → `Netherlands`. */
export function countryWords(code: string): string {
  return regions.of(code) ?? code;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
