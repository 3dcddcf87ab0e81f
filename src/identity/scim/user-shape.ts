import { z } from 'zod';
import { parseEmail, printable } from '../email.ts';
import { speaksFor } from '../federation/link-rule.ts';
import type { User } from '../identity.ts';
import type { Json } from './match.ts';
import type { AttributeNames } from './patch.ts';
import { ScimProblem } from './problem.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

const text = z.string().max(500);
/** Entra ID writes "True". */
const flag = z.union([
  z.boolean(),
  z.stringFormat('flag', /^(?:true|false)$/i).transform(word => /^true$/i.test(word)),
]);
const attributes = z.object({
  userName: z.string().trim().min(1).max(254),
  externalId: z.string().max(500).nullish(),
  active: flag.default(true),
  displayName: text.nullish(),
  title: text.nullish(),
  preferredLanguage: text.nullish(),
  name: z.object({ formatted: text.nullish(), givenName: text.nullish(), familyName: text.nullish() }).nullish(),
  emails: z
    .array(z.object({ value: z.string().max(254), type: z.string().max(40).nullish(), primary: flag.nullish() }))
    .max(20)
    .nullish(),
});

/** What is kept of what a client says of a person. */
export type UserAttributes = z.output<typeof attributes>;

/** The attributes of a person by their lower case. */
export const userAttributeNames: AttributeNames = new Map(
  Object.keys(attributes.shape).map(name => [name.toLowerCase(), name]),
);

/** Reads a whole resource; names are taken in any letter case, what is not kept is left out. Throws `ScimProblem` (`invalidValue`). */
export function readUser(resource: unknown): UserAttributes {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) {
    throw new ScimProblem(400, 'Want a User resource', 'invalidSyntax');
  }
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(resource)) {
    const canonical = userAttributeNames.get(name.toLowerCase());
    if (canonical !== undefined) named[canonical] = value;
  }
  const parsed = attributes.safeParse(named);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ScimProblem(
    400,
    `${issue?.path.join('.') ?? 'resource'}: ${issue?.message ?? 'not valid'}`,
    'invalidValue',
  );
}

/** The address and name of the account, held against the domains the client speaks for. */
export function accountOf(user: UserAttributes, domains: readonly string[]): { email: string; name: string } {
  const emails = user.emails ?? [];
  const primary = emails.find(one => one.primary === true) ?? emails.find(one => one.type === 'work') ?? emails[0];
  const said = primary?.value ?? user.userName;
  if (!speaksFor(domains, said)) {
    const message = 'emails: the primary one (else userName) must be of a domain this client provisions';
    throw new ScimProblem(400, message, 'invalidValue');
  }
  const { formatted, familyName, givenName } = user.name ?? {};
  const joined = [givenName, familyName].filter(part => part).join(' ');
  const name = [user.displayName, formatted, joined, said.split('@')[0]].find(part => part && part.trim() !== '');
  return {
    email: emailOf(said),
    name: printable(name ?? 'Somebody', 120)
      .trim()
      .slice(0, 120),
  };
}

function emailOf(said: string): string {
  try {
    return parseEmail(said).email;
  } catch {
    throw new ScimProblem(400, 'emails: want an e-mail address', 'invalidValue');
  }
}

/** A person as the protocol shows them. */
export function showUser(
  row: { id: string; attributes: UserAttributes; createdAt: number; modifiedAt: number; version: number },
  user: Pick<User, 'disabled'>,
  baseUrl: string,
): Json {
  const { active: _said, ...kept } = row.attributes;
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null && value !== undefined));
  return {
    schemas: [userSchema],
    id: row.id,
    ...present,
    active: !user.disabled,
    meta: metaOf('User', { ...row, location: `${baseUrl}/Users/${row.id}` }),
  };
}

export function metaOf(
  resourceType: 'User' | 'Group',
  about: { createdAt: number; modifiedAt: number; version: number; location: string },
): Json {
  return {
    resourceType,
    created: new Date(about.createdAt).toISOString(),
    lastModified: new Date(about.modifiedAt).toISOString(),
    version: etagOf(about.version),
    location: about.location,
  };
}

export const etagOf = (version: number): string => `W/"${version}"`;
