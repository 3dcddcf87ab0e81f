import type { Problem } from '../waf.ts';
import { problem, quote } from './problem.ts';

/** A Content-Type taken apart: names in lower case, values as they stand. */
export interface MediaType {
  /** `application/json`; empty when there is none or it is no media type. */
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const typeCharsMax = 1024;
const essencePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const namePattern = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const tokenPattern = /[^\s;"\\]+/y;

/**
 * Reads RFC 9110 section 8.3.1. A parameter that stands twice is ambiguous, and so is a list of types; a parameter that is not
 * `name=token` or `name="text"` is malformed, because readers skip it or take it differently.
 */
export function parseMediaType(text: string): MediaType | Problem {
  if (text.length > typeCharsMax) return problem('too_large', 'the Content-Type is too long');
  const semicolon = text.indexOf(';');
  const essence = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  if (essence.includes(',')) return problem('ambiguous', 'several types in one Content-Type');
  if (!essencePattern.test(essence)) return { essence: '', parameters: new Map() };
  const parameters = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  return 'kind' in parameters ? parameters : { essence, parameters };
}

/** Reads `;name=value` any number of times; names come in lower case. */
export function parseParameters(text: string): ReadonlyMap<string, string> | Problem {
  const found = new Map<string, string>();
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 0x20 || code === 0x09) {
      i++;
      continue;
    }
    if (code !== 0x3b) return malformed();
    i = skipBlanks(text, i + 1);
    if (i === text.length || text.charCodeAt(i) === 0x3b) continue;
    const parameter = readParameter(text, i);
    if (parameter === undefined) return malformed();
    if (found.has(parameter.name)) {
      return problem('ambiguous', `the parameter ${quote(parameter.name)} stands twice`);
    }
    found.set(parameter.name, parameter.value);
    i = parameter.end;
  }
  return found;
}

interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly end: number;
}

function readParameter(text: string, start: number): Parameter | undefined {
  namePattern.lastIndex = start;
  const name = namePattern.exec(text)?.[0].toLowerCase();
  if (name === undefined || text.charAt(start + name.length) !== '=') return undefined;
  const at = start + name.length + 1;
  // PHP takes single quotes for quotes, others for themselves.
  if (text.charAt(at) === "'") return undefined;
  if (text.charAt(at) !== '"') {
    tokenPattern.lastIndex = at;
    const value = tokenPattern.exec(text)?.[0];
    return value === undefined ? undefined : { name, value, end: at + value.length };
  }
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"') return { name, value, end: i + 1 };
    // A backslash escapes the next character (RFC 9110 section 5.6.4); browsers send file paths with bare ones.
    if (char === '\\' && (text.charAt(i + 1) === '"' || text.charAt(i + 1) === '\\')) i++;
    value += text.charAt(i);
  }
  return undefined;
}

function skipBlanks(text: string, start: number): number {
  let i = start;
  while (text.charCodeAt(i) === 0x20 || text.charCodeAt(i) === 0x09) i++;
  return i;
}

function malformed(): Problem {
  return problem('malformed', 'a parameter that is not name=value');
}
