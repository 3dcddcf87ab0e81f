import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';

export type Incident = OperationOutput<'perimeter.incidents'>['incidents'][number];
export type IncidentDetail = OperationOutput<'perimeter.incident'>;
export type Match = IncidentDetail['matches'][number];

const layers: ReadonlyMap<string, string> = new Map([
  ['firewall', 'Firewall'],
  ['forward', 'Firewall, in the body'],
  ['bans', 'Bans and lists'],
  ['limits', 'Rate limits'],
  ['path', 'Path reading'],
  ['origin', 'Origin check'],
  ['same_origin', 'Foreign pages'],
  ['cors', 'Foreign pages (CORS)'],
  ['site', 'Unknown host name'],
  ['connection', 'Connection'],
  ['framing', 'HTTP framing'],
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

/** Why a request was an incident, in one line. */
export function whyWords(incident: Pick<Incident, 'matches' | 'problem' | 'by'>): string {
  if (incident.problem !== null) return `Cannot be read in one way: ${incident.problem}`;
  const worst = worstOf(incident.matches);
  if (worst === undefined) return 'Many weak signs together';
  return incident.by === 'shield' ? worst.title : `Looks like ${worst.title}`;
}

const regions = new Intl.DisplayNames('en-GB', { type: 'region' });

/** `NL` → `Netherlands`. */
export function countryWords(code: string): string {
  return regions.of(code) ?? code;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
