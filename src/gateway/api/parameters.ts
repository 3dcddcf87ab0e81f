import type { Json } from './document.ts';
import { escaped, invalid, isObject, resolve } from './document.ts';
import type { Judge, Violation } from './schemas.ts';

/** A parameter of an operation (OpenAPI 3.1 section 4.8.12). */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly isRequired: boolean;
  /** Several values: each a parameter of its own, or one separated by commas. */
  readonly list: 'no' | 'repeated' | 'commas';
  readonly types: readonly string[];
  readonly judge: Judge;
}

const places = ['path', 'query', 'header', 'cookie'] as const;
const listMax = 1000;
/** Headers that a description may not speak of (OpenAPI 3.1 section 4.8.12.1). */
const ownHeaders: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);

/** Compiles what stands under `parameters`; those of the operation come before those of its path. */
export function compileParameters(
  document: Json,
  lists: readonly { readonly list: unknown; readonly pointer: string }[],
  judgeAt: (pointer: string) => Judge,
): readonly Parameter[] {
  const all = new Map<string, Parameter>();
  for (const { list, pointer } of lists) {
    if (list === undefined) continue;
    if (!Array.isArray(list) || list.length > listMax) throw invalid(pointer, 'want a list of parameters');
    list.forEach((one, i) => {
      const found = resolve(document, one, `${pointer}/${i}`);
      if (found === undefined) throw invalid(`${pointer}/${i}`, 'want a parameter');
      const made = compileOne(document, found, judgeAt);
      if (made === undefined) return;
      const key = `${made.in}|${made.name}`;
      if (!all.has(key)) all.set(key, made);
    });
  }
  return [...all.values()];
}

function compileOne(
  document: Json,
  { pointer, value }: { pointer: string; value: Json },
  judgeAt: (pointer: string) => Judge,
): Parameter | undefined {
  const place = places.find(one => one === value['in']);
  const { explode, name, schema, style } = value;
  if (place === undefined || typeof name !== 'string' || name === '') throw invalid(pointer, 'want "in" and "name"');
  if (place === 'header' && ownHeaders.has(name.toLowerCase())) return undefined;
  const usual = place === 'query' || place === 'cookie' ? 'form' : 'simple';
  if (style !== undefined && style !== usual) throw invalid(`${pointer}/style`, `only "${usual}" is supported`);
  if (!isObject(schema)) throw invalid(pointer, 'want a schema');
  const types = typesOf(document, schema, `${pointer}/schema`);
  if (types.includes('object')) throw invalid(`${pointer}/schema`, 'objects in parameters are not supported');
  const isList = types.includes('array');
  const inner = isList ? typesOf(document, schema['items'], `${pointer}/schema/items`) : types;
  return {
    name: place === 'header' ? name.toLowerCase() : name,
    in: place,
    isRequired: value['required'] === true || place === 'path',
    list: !isList ? 'no' : usual === 'form' && explode !== false ? 'repeated' : 'commas',
    types: inner,
    judge: judgeAt(`${pointer}/schema`),
  };
}

function typesOf(document: Json, schema: unknown, pointer: string): readonly string[] {
  const type = resolve(document, schema, pointer)?.value['type'];
  return typeof type === 'string' ? [type] : Array.isArray(type) ? type.map(String) : [];
}

/** What is wrong with the values given for a parameter; `given` holds each occurrence as text. */
export function judgeParameter(parameter: Parameter, given: readonly string[]): Violation[] {
  const { isRequired, list, name, types } = parameter;
  const say = (keyword: string): Violation[] => [{ in: parameter.in, at: name, keyword }];
  if (given.length === 0) return isRequired ? say('required') : [];
  if (list !== 'repeated' && given.length > 1) return say('duplicate');
  const [first = ''] = given;
  const texts = list === 'commas' ? first.split(',') : given;
  if (texts.length > listMax) return say('maxItems');
  const value = list === 'no' ? typed(first, types) : texts.map(text => typed(text, types));
  return parameter.judge(value).map(({ keyword }) => ({ in: parameter.in, at: name, keyword }));
}

/** A text as the first of the types it can stand for; itself where it can be none. */
export function typed(text: string, types: readonly string[]): unknown {
  for (const type of types) {
    if (
      (type === 'integer' || type === 'number') &&
      /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/.test(text)
    ) {
      return Number(text);
    }
    if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
    if (type === 'null' && text === '') return null;
  }
  return text;
}

/** `#/paths/~1users` for a key of the document's paths. */
export const pathPointer = (path: string): string => `/paths/${escaped(path)}`;
