import type { Json } from './document.ts';
import { escaped, invalid, isObject, parseDocument, resolve } from './document.ts';
import type { Parameter } from './parameters.ts';
import { compileParameters, pathPointer } from './parameters.ts';
import type { Judge } from './schemas.ts';
import { createJudges } from './schemas.ts';

/** What a description says of one method on one route. */
export interface Operation {
  /** Route pattern as the description writes it. */
  readonly route: string;
  readonly parameters: readonly Parameter[];
  readonly body:
    | {
        readonly isRequired: boolean;
        readonly content: readonly { readonly type: string; readonly judge: Judge | undefined }[];
      }
    | undefined;
}

/** A description, compiled: which operation a request is for. */
export interface ApiDescription {
  find(
    method: string,
    path: string,
  ): { readonly operation: Operation; readonly pathValues: ReadonlyMap<string, string> } | undefined;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
const routesMax = 2000;

interface Route {
  readonly segments: readonly (string | { readonly name: string })[];
  readonly byMethod: ReadonlyMap<string, Operation>;
}

/** Throws `core.invalid_input` for a document that is broken, too large, refers elsewhere, or holds what could not be judged. */
export function compileDescription(text: string): ApiDescription {
  const document = parseDocument(text);
  const judgeAt = createJudges(document);
  const paths = Object.entries(isObject(document['paths']) ? document['paths'] : {});
  if (paths.length > routesMax) throw invalid('/paths', `at most ${routesMax} routes`);
  const routes = paths
    .filter(([path]) => path.startsWith('/'))
    .map(([path, item]) => compileRoute(document, { path, item, judgeAt }));
  // OpenAPI 3.1 section 4.8.8.2: concrete routes before templated ones.
  routes.sort((a, b) => templatedIn(a) - templatedIn(b));
  return {
    find(method, path) {
      const given = path.split('/');
      for (const { byMethod, segments } of routes) {
        const pathValues = match(segments, given);
        if (pathValues === undefined) continue;
        const operation = byMethod.get(method) ?? (method === 'HEAD' ? byMethod.get('GET') : undefined);
        if (operation !== undefined) return { operation, pathValues };
      }
      return undefined;
    },
  };
}

interface RouteInput {
  readonly path: string;
  readonly item: unknown;
  readonly judgeAt: (pointer: string) => Judge;
}

function compileRoute(document: Json, { item, judgeAt, path }: RouteInput): Route {
  const at = pathPointer(path);
  const found = resolve(document, item, at);
  if (found === undefined) throw invalid(at, 'want a path item');
  const byMethod = new Map<string, Operation>();
  for (const method of methods) {
    const operation = found.value[method];
    if (operation === undefined) continue;
    const pointer = `${found.pointer}/${method}`;
    if (!isObject(operation)) throw invalid(pointer, 'want an operation');
    const lists = [
      { list: operation['parameters'], pointer: `${pointer}/parameters` },
      { list: found.value['parameters'], pointer: `${found.pointer}/parameters` },
    ];
    byMethod.set(method.toUpperCase(), {
      route: path,
      parameters: compileParameters(document, lists, judgeAt),
      body: compileBody(document, { body: operation['requestBody'], pointer: `${pointer}/requestBody`, judgeAt }),
    });
  }
  return { segments: path.split('/').map(segment => segmentOf(segment, at)), byMethod };
}

function compileBody(
  document: Json,
  { body, judgeAt, pointer }: { body: unknown; pointer: string; judgeAt: (pointer: string) => Judge },
): Operation['body'] {
  if (body === undefined) return undefined;
  const found = resolve(document, body, pointer);
  const content = found?.value['content'];
  if (found === undefined || !isObject(content)) throw invalid(pointer, 'want "content"');
  return {
    isRequired: found.value['required'] === true,
    content: Object.entries(content).map(([type, media]) => {
      const at = `${found.pointer}/content/${escaped(type)}`;
      if (!isObject(media)) throw invalid(at, 'want a media type');
      const essence = type.split(';')[0]?.trim().toLowerCase() ?? '';
      if (!/^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(essence))
        throw invalid(at, 'want a media type as "application/json"');
      return { type: essence, judge: media['schema'] === undefined ? undefined : judgeAt(`${at}/schema`) };
    }),
  };
}

function segmentOf(segment: string, at: string): string | { readonly name: string } {
  if (!/[{}]/.test(segment)) return segment;
  const name = /^\{([^{}]{1,100})\}$/.exec(segment)?.[1];
  if (name === undefined) throw invalid(at, 'want a parameter that is a whole segment, as "/orders/{id}"');
  return { name };
}

function match(segments: Route['segments'], given: readonly string[]): Map<string, string> | undefined {
  if (segments.length !== given.length) return undefined;
  const values = new Map<string, string>();
  for (const [at, segment] of segments.entries()) {
    const part = given[at] ?? '';
    if (typeof segment === 'string') {
      if (segment !== part) return undefined;
    } else if (part === '') return undefined;
    else values.set(segment.name, part);
  }
  return values;
}

const templatedIn = ({ segments }: Route): number => segments.filter(segment => typeof segment !== 'string').length;
