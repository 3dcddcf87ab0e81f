import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { compileRegex } from '../../perimeter/perimeter.ts';
import type { Json } from './document.ts';
import { invalid, isObject } from './document.ts';

/** One way in which a request does not fit, without any value of it. */
export interface Violation {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body';
  /** JSON pointer into the body, or the name of the parameter. */
  readonly at: string;
  readonly keyword: string;
}

/** Judges a value by the schema at a pointer of the document. */
export type Judge = (value: unknown) => readonly Omit<Violation, 'in'>[];

export const violationsMax = 50;
const patternCharsMax = 2000;
const patternTextMax = 64 * 1024;

/** Words of OpenAPI that say nothing about validity. */
const silent = [
  ...['example', 'discriminator', 'xml', 'externalDocs'],
  // Of the document itself, which is read as a schema with others in it.
  ...['openapi', 'info', 'servers', 'paths', 'webhooks', 'components', 'security', 'tags', 'jsonSchemaDialect'],
];
const extensionsMax = 200;

/** Names that OpenAPI leaves to everybody: `x-…`. */
function extensionsIn(document: Json): string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one);
    if (!isObject(value)) return;
    for (const [name, one] of Object.entries(value)) {
      if (/^x-[\w-]{1,60}$/.test(name) && names.size < extensionsMax) names.add(name);
      visit(one);
    }
  };
  visit(document);
  return [...names];
}

/** Compiles schemas of one document by JSON Schema 2020-12. Unknown keywords and formats are errors, patterns run in linear time. */
export function createJudges(document: Json): (pointer: string) => Judge {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    validateSchema: true,
    addUsedSchema: false,
    messages: false,
    logger: false,
    code: { regExp: linear },
  });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: isUnique });
  addFormats(ajv, { mode: 'full' });
  for (const format of ['int32', 'int64', 'float', 'double', 'password', 'binary', 'byte']) {
    if (ajv.formats[format] === undefined) ajv.addFormat(format, true);
  }
  ajv.addVocabulary([...silent, ...extensionsIn(document)]);
  ajv.addSchema(document, root, undefined, false);
  return pointer => {
    try {
      return judgeOf(ajv.compile({ $ref: `${root}#${pointer}` }));
    } catch (error) {
      throw invalid(pointer, error instanceof Error ? error.message.slice(0, 300) : 'not a schema');
    }
  };
}

/** The package compares objects each with each; a request must not choose how long that takes. */
function isUnique(isWanted: boolean, values: readonly unknown[]): boolean {
  return !isWanted || new Set(values.map(spelled)).size === values.length;
}

/** The same text for the same JSON value (JSON Schema core section 4.2.2). */
function spelled(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).toSorted();
  return `{${names.map(name => `${JSON.stringify(name)}:${spelled(value[name])}`).join()}}`;
}

const root = 'sallyport:api';
// The package's own types name the module where the function is its default export.
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020, options: { mode: 'full' }) => void;

function judgeOf(validate: ValidateFunction): Judge {
  return value => {
    try {
      if (validate(value)) return [];
    } catch (error) {
      // A value nested deeper than the stack is long fits nothing.
      if (error instanceof RangeError) return [{ at: '', keyword: 'depth' }];
      throw error;
    }
    return (validate.errors ?? []).slice(0, violationsMax).map(toViolation);
  };
}

function toViolation({ instancePath, keyword, params }: ErrorObject): Omit<Violation, 'in'> {
  // The name that is missing is of the description; one that is too many is of the request and stays unsaid.
  const missing = keyword === 'required' ? `/${String((params as { missingProperty?: unknown }).missingProperty)}` : '';
  return { at: `${instancePath}${missing}`.slice(0, 300), keyword };
}

/** What an automaton cannot decide would have to try: it is refused when the description comes. */
function linear(pattern: string): { test: (text: string) => boolean; toString: () => string } {
  if (pattern.length > patternCharsMax) throw new RangeError(`a pattern of more than ${patternCharsMax} characters`);
  if (/\(\?(?:[=!]|<[=!])|\\[1-9kpP]/.test(pattern)) {
    throw new RangeError(
      `pattern "${pattern.slice(0, 80)}": looking around, back references and \\p are not supported`,
    );
  }
  const regex = compileRegex(bytesOf(pattern));
  return {
    // The compiler tells patterns apart by their text.
    toString: () => pattern,
    test(text) {
      if (text.length > patternTextMax) return false;
      const bytes = bytesOf(text);
      // `$` of this engine also stands before a last line end; ECMA-262 has it at the end alone.
      return regex.test(bytes.endsWith('\n') ? `${bytes}\n` : bytes);
    },
  };
}
linear.code = 'linear';

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
