import { SallyportError } from '../../core/errors.ts';
import { openapiCharsMax } from '../api-input.ts';

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

const depthMax = 60;
const nodesMax = 50_000;
const refStepsMax = 16;
/** They name schemas from elsewhere or at run time: a description is read where it stands. */
const refused: ReadonlySet<string> = new Set(['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef']);
/** Keywords that judge the same value again, rather than a part of it. */
const inPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', '$ref', 'dependentSchemas'];

/** An OpenAPI 3.1 document that is whole in itself and bounded. Throws `core.invalid_input` that says what is wrong and where. */
export function parseDocument(text: string): Json {
  if (text.length > openapiCharsMax) throw invalid('', `at most ${openapiCharsMax} characters`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('', 'want JSON');
  }
  if (!isObject(parsed)) throw invalid('', 'want an object');
  if (typeof parsed['openapi'] !== 'string' || !/^3\.1\.\d+$/.test(parsed['openapi']))
    throw invalid('/openapi', 'want "3.1.x"');
  if (!isObject(parsed['paths'])) throw invalid('/paths', 'want an object');
  walk(parsed);
  refuseLoops(parsed);
  return parsed;
}

function walk(root: Json): void {
  let nodes = 0;
  const visit = (value: unknown, at: string, depth: number): void => {
    if (++nodes > nodesMax) throw invalid(at, `at most ${nodesMax} values`);
    if (depth > depthMax) throw invalid(at, `at most ${depthMax} levels`);
    if (Array.isArray(value)) value.forEach((one, i) => visit(one, `${at}/${i}`, depth + 1));
    if (!isObject(value)) return;
    for (const [key, one] of Object.entries(value)) {
      const here = `${at}/${escaped(key)}`;
      if (key === '__proto__') throw invalid(here, 'no such name');
      if (refused.has(key) && typeof one === 'string') throw invalid(here, `${key} is not supported`);
      if (key === '$ref' && typeof one === 'string') {
        if (!one.startsWith('#/'))
          throw invalid(here, 'want a reference into this document, as "#/components/schemas/Order"');
        if (lookUp(root, one) === undefined) throw invalid(here, `there is no "${one.slice(0, 120)}"`);
      }
      visit(one, here, depth + 1);
    }
  };
  visit(root, '', 0);
}

/** A schema that leads to itself without going into its value would be judged for ever. */
function refuseLoops(root: Json): void {
  const done = new Set<object>();
  const visit = (value: unknown, above: readonly object[]): void => {
    if (Array.isArray(value)) {
      for (const one of value) visit(one, above);
      return;
    }
    if (!isObject(value) || done.has(value)) return;
    if (above.includes(value)) throw invalid('', 'a reference that leads back to itself');
    if (above.length > 400) throw invalid('', 'references that lead too far');
    const path = [...above, value];
    for (const key of inPlace) {
      const part = value[key];
      if (key === '$ref' && typeof part === 'string') visit(lookUp(root, part), path);
      else if (key === 'dependentSchemas' && isObject(part)) for (const one of Object.values(part)) visit(one, path);
      else if (key !== '$ref') visit(part, path);
    }
    done.add(value);
  };
  const each = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) each(one);
    if (!isObject(value)) return;
    visit(value, []);
    for (const one of Object.values(value)) each(one);
  };
  each(root);
}

/** What a local reference names (RFC 6901 section 6); undefined where there is nothing. */
export function lookUp(root: Json, reference: string): unknown {
  let found: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = found[Number(key)];
    else if (isObject(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

/** The object itself, or the one it refers to, with the pointer to it. */
export function resolve(root: Json, value: unknown, pointer: string): { value: Json; pointer: string } | undefined {
  let [found, at] = [value, pointer];
  for (let steps = 0; isObject(found) && typeof found['$ref'] === 'string'; steps++) {
    if (steps > refStepsMax) throw invalid(at, 'references that lead too far');
    at = found['$ref'].slice(1);
    found = lookUp(root, found['$ref']);
  }
  return isObject(found) ? { value: found, pointer: at } : undefined;
}

/** One step of a JSON pointer. */
export const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The refusal of a description; `at` is the JSON pointer into it. */
export function invalid(at: string, wanted: string): SallyportError {
  const detail = `openapi${at === '' ? '' : ` at "${at.slice(0, 300)}"`}: ${wanted}`;
  return new SallyportError('core.invalid_input', `Cannot use ${detail}`, { detail });
}
