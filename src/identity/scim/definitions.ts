import type { Json } from './match.ts';
import { groupSchema } from './scim-groups.ts';
import { userSchema } from './user-shape.ts';

const configSchema = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';
const typeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const schemaSchema = 'urn:ietf:params:scim:schemas:core:2.0:Schema';

/** RFC 7643 section 5: what this server can. */
export function serviceProviderConfig(baseUrl: string): Json {
  return {
    schemas: [configSchema],
    documentationUri: 'https://datatracker.ietf.org/doc/html/rfc7644',
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 200 },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [
      {
        ...{ type: 'oauthbearertoken', name: 'Bearer token', primary: true },
        description: 'The token of a SCIM client, shown once when it was made (RFC 6750)',
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** RFC 7643 section 6. */
export function resourceTypes(baseUrl: string): Json[] {
  const one = (name: string, endpoint: string, schema: string): Json => ({
    ...{ schemas: [typeSchema], id: name, name, endpoint, schema, schemaExtensions: [] },
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  });
  return [one('User', '/Users', userSchema), one('Group', '/Groups', groupSchema)];
}

interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference';
  readonly multiValued?: true;
  readonly required?: true;
  readonly uniqueness?: 'server';
  readonly mutability?: 'readOnly' | 'immutable';
  readonly subAttributes?: readonly Attribute[];
}

function describe({ mutability, multiValued, name, required, subAttributes, type, uniqueness }: Attribute): Json {
  return {
    ...{ name, type, multiValued: multiValued === true, required: required === true, caseExact: false },
    ...{ mutability: mutability ?? 'readWrite', returned: 'default', uniqueness: uniqueness ?? 'none' },
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(describe) }),
  };
}

const strings = (...names: string[]): Attribute[] => names.map(name => ({ name, type: 'string' }));

const userAttributes: readonly Attribute[] = [
  { name: 'userName', type: 'string', required: true, uniqueness: 'server' },
  ...strings('externalId', 'displayName', 'title', 'preferredLanguage'),
  { name: 'active', type: 'boolean' },
  { name: 'name', type: 'complex', subAttributes: strings('formatted', 'familyName', 'givenName') },
  {
    ...{ name: 'emails', type: 'complex', multiValued: true },
    subAttributes: [...strings('value', 'type'), { name: 'primary', type: 'boolean' }],
  },
];

const groupAttributes: readonly Attribute[] = [
  { name: 'displayName', type: 'string', required: true, uniqueness: 'server' },
  ...strings('externalId'),
  {
    ...{ name: 'members', type: 'complex', multiValued: true },
    subAttributes: [
      { name: 'value', type: 'string', mutability: 'immutable' },
      { name: '$ref', type: 'reference', mutability: 'immutable' },
      { name: 'type', type: 'string', mutability: 'immutable' },
    ],
  },
];

/** RFC 7643 section 7: what is kept of people and groups. */
export function schemas(baseUrl: string): Json[] {
  const one = (id: string, name: string, attributes: readonly Attribute[]): Json => ({
    ...{ schemas: [schemaSchema], id, name, description: name, attributes: attributes.map(describe) },
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  });
  return [one(userSchema, 'User', userAttributes), one(groupSchema, 'Group', groupAttributes)];
}
