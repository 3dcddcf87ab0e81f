import { z } from 'zod';
import { errorCodes } from '../core/errors.ts';
import { apiBasePath } from './client.ts';
import { contract } from './contract/contract.ts';
import type { Route } from './contract/route.ts';
import { sessionCookie } from './cookies.ts';

type Json = Readonly<Record<string, unknown>>;

/** The API as an OpenAPI 3.1 document, printed from the contract: the same for everybody, it holds nothing of an installation. */
export function openApiDocument(): Json {
  const paths = new Map<string, Record<string, Json>>();
  for (const [operation, route] of Object.entries<Route>(contract)) {
    const path = `${apiBasePath}${route.path.replace(/:([a-zA-Z]+)/g, '{$1}')}`;
    const item = paths.get(path) ?? {};
    item[route.method.toLowerCase()] = describeOperation(operation, route);
    paths.set(path, item);
  }
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Sallyport control plane',
      version: '1',
      description:
        'Errors are RFC 9457 problem documents; decide on `code`. Calls other than GET carry the header `sallyport-csrf: 1` and come ' +
        'from a page of the same origin. `x-sallyport-need` names the permission an operation asks for.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ session: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: sessionCookie, description: 'Set by signing in.' },
      },
      parameters: {
        csrf: { name: 'sallyport-csrf', in: 'header', required: true, schema: { const: '1' } },
      },
      responses: { problem: problemResponse },
      schemas: { Problem: problemSchema() },
    },
  };
}

const problemResponse: Json = {
  description: 'A problem document',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function problemSchema(): Json {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'code'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { enum: Object.keys(errorCodes) },
      detail: { type: 'string' },
      requestId: { type: 'string', description: 'The reference under which the audit log keeps the request' },
      errors: {
        type: 'array',
        description: 'For core.invalid_input: every problem at once',
        items: {
          type: 'object',
          required: ['path', 'message'],
          properties: { path: { type: 'string' }, message: { type: 'string' } },
        },
      },
    },
  };
}

function describeOperation(operation: string, route: Route): Json {
  const parameters = [
    ...describeParameters('path', route.params),
    ...describeParameters('query', route.query),
    ...(route.method === 'GET' ? [] : [{ $ref: '#/components/parameters/csrf' }]),
  ];
  const needs = route.stepUp ? { 'x-sallyport-step-up': true } : {};
  return {
    operationId: operation,
    summary: route.summary,
    tags: [route.tag],
    'x-sallyport-need': route.need,
    ...needs,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: toSchema(route.body, 'input') } } },
        }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: toSchema(route.response, 'output') } } },
      default: { $ref: '#/components/responses/problem' },
    },
  };
}

function describeParameters(where: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: value,
  }));
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return rest;
}
