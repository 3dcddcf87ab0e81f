import type { Block } from '../address.ts';
import { readBlock } from '../address.ts';

/** The formats lists come in. */
export const listFormats = ['plain', 'csv', 'tor', 'drop_json', 'abuseipdb', 'aws', 'fastly', 'cloudflare'] as const;
export type ListFormat = (typeof listFormats)[number];

export interface ParseOptions {
  /** `csv`: the name of the column with the address; the first one without a head line when left out. */
  readonly column?: string;
  /** `abuseipdb`: entries below this confidence are left out. */
  readonly confidenceMin?: number;
  /** `aws`: only ranges of these services; all when left out. */
  readonly services?: readonly string[];
  readonly entriesMax: number;
  /** The widest block of each version that may stand in the list: one that holds everybody is a broken or hostile list. */
  readonly widest: { readonly v4: number; readonly v6: number };
}

export type Parsed =
  | { readonly ok: true; readonly blocks: Block[] }
  /** `line` is 0 where the format has no lines. */
  | { readonly ok: false; readonly line: number; readonly why: string };

const lineCharsMax = 8192;

class Fault extends Error {
  readonly line: number;
  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

/** Reads a list whole or not at all. An empty list is refused: a feed that lost its content must not open the gate. */
export function parseList(format: ListFormat, text: string, options: ParseOptions): Parsed {
  const blocks: Block[] = [];
  const add = (value: unknown, line: number): void => {
    if (blocks.length >= options.entriesMax) throw new Fault(line, `more than ${options.entriesMax} entries`);
    const block = typeof value === 'string' ? readBlock(value.trim()) : undefined;
    if (block === undefined) throw new Fault(line, `want an address or a block, not "${String(value).slice(0, 60)}"`);
    if (block.bits < (block.version === 4 ? options.widest.v4 : options.widest.v6))
      throw new Fault(line, `"${String(value).trim()}" is too wide for this list`);
    blocks.push(block);
  };
  try {
    parsers[format](text, add, options);
    if (blocks.length === 0) throw new Fault(0, 'the list is empty');
    return { ok: true, blocks };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, line: error.line, why: error.message };
    if (error instanceof SyntaxError) return { ok: false, line: 0, why: 'want JSON' };
    throw error;
  }
}

type Add = (value: unknown, line: number) => void;
type Parser = (text: string, add: Add, options: ParseOptions) => void;

const parsers: Readonly<Record<ListFormat, Parser>> = {
  /** One address or block a line; `#` and `;` begin a comment, as in FireHOL's sets and Spamhaus' DROP. */
  plain(text, add) {
    for (const [line, content] of linesOf(text)) add(content, line);
  },
  csv(text, add, { column }) {
    let at = column === undefined ? 0 : -1;
    for (const [line, content] of linesOf(text, '#')) {
      const cells = cellsOf(content, line);
      if (at < 0) {
        at = cells.findIndex(cell => cell.toLowerCase() === column?.toLowerCase());
        if (at < 0) throw new Fault(line, `want a head line with the column "${column ?? ''}"`);
        continue;
      }
      add(cells[at], line);
    }
  },
  /** The exit lists of the Tor project: plain addresses, or `ExitAddress` among what describes each node. */
  tor(text, add) {
    for (const [line, content] of linesOf(text)) {
      const [word = '', value] = content.split(/\s+/, 2);
      if (['ExitNode', 'Published', 'LastStatus', '@type', 'Downloaded'].includes(word)) continue;
      add(word === 'ExitAddress' ? value : content, line);
    }
  },
  /** JSON lines with `cidr`; the last line describes the list. */
  drop_json(text, add) {
    for (const [line, content] of linesOf(text, undefined)) {
      const entry = objectOf(jsonOf(content, line), line);
      if (entry['type'] === 'metadata') continue;
      add(entry['cidr'], line);
    }
  },
  abuseipdb(text, add, { confidenceMin = 0 }) {
    for (const entry of arrayOf(objectOf(JSON.parse(text), 0)['data'], 'data')) {
      const item = objectOf(entry, 0);
      const score = item['abuseConfidenceScore'] ?? 100;
      if (typeof score !== 'number') throw new Fault(0, 'want a number as "abuseConfidenceScore"');
      if (score >= confidenceMin) add(item['ipAddress'], 0);
    }
  },
  aws(text, add, { services }) {
    const all = objectOf(JSON.parse(text), 0);
    for (const [list, key] of [
      ['prefixes', 'ip_prefix'],
      ['ipv6_prefixes', 'ipv6_prefix'],
    ] as const) {
      for (const entry of arrayOf(all[list], list)) {
        const item = objectOf(entry, 0);
        if (services === undefined || services.includes(String(item['service']))) add(item[key], 0);
      }
    }
  },
  fastly(text, add) {
    const all = objectOf(JSON.parse(text), 0);
    for (const list of ['addresses', 'ipv6_addresses']) for (const value of arrayOf(all[list], list)) add(value, 0);
  },
  cloudflare(text, add) {
    const result = objectOf(objectOf(JSON.parse(text), 0)['result'], 0);
    for (const list of ['ipv4_cidrs', 'ipv6_cidrs']) for (const value of arrayOf(result[list], list)) add(value, 0);
  },
};

/** Lines that hold something, numbered from 1, without comments and outer blanks. */
function* linesOf(text: string, comments: string | undefined = '#;'): Generator<[number, string]> {
  let line = 0;
  let from = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (from < text.length) {
    line++;
    const at = text.indexOf('\n', from);
    const end = at < 0 ? text.length : at;
    if (end - from > lineCharsMax) throw new Fault(line, `the line is longer than ${lineCharsMax} characters`);
    const content = cut(text.slice(from, end), comments).trim();
    if (content !== '') yield [line, content];
    from = end + 1;
  }
}

function cut(line: string, comments: string | undefined): string {
  if (comments === undefined) return line;
  let end = line.length;
  for (const mark of comments) {
    const at = line.indexOf(mark);
    if (at >= 0 && at < end) end = at;
  }
  return line.slice(0, end);
}

/** The cells of one line of CSV (RFC 4180); one that goes on in the next line is refused. */
function cellsOf(content: string, line: number): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let cell = '';
    if (content[at] === '"') {
      for (;;) {
        const quote = content.indexOf('"', at + 1);
        if (quote < 0) throw new Fault(line, 'a quoted cell has no end');
        cell += content.slice(at + 1, quote);
        at = quote + 1;
        if (content[at] !== '"') break;
        cell += '"';
      }
      if (at < content.length && content[at] !== ',') throw new Fault(line, 'want a comma after a quoted cell');
    } else {
      const comma = content.indexOf(',', at);
      const end = comma < 0 ? content.length : comma;
      cell = content.slice(at, end);
      at = end;
    }
    cells.push(cell.trim());
    if (at >= content.length) return cells;
    at++;
  }
}

function jsonOf(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(line, 'want JSON');
  }
}

function objectOf(value: unknown, line: number): Readonly<Record<string, unknown>> {
  // Any object has these as its members, an array too: what is missing is undefined.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Fault(line, 'want a JSON object');
}

function arrayOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Fault(0, `want an array "${name}"`);
}
