import type { Client } from '../../admin/client.ts';
import { SallyportError } from '../../core/errors.ts';

/** The project of this name or id. Throws `access.project_not_found`. */
export async function findProject(client: Client, nameOrId: string) {
  const { projects } = await client('projects.list');
  const project = projects.find(one => one.id === nameOrId || one.name.toLowerCase() === nameOrId.toLowerCase());
  if (!project) {
    const names = projects.map(one => one.name).join(', ') || 'none yet';
    throw new SallyportError('access.project_not_found', `Cannot find project "${nameOrId}"; there are: ${names}`, {
      detail: `"${nameOrId}"; there are: ${names}`,
    });
  }
  return project;
}

/** The service account of this id or name. Throws `identity.service_account_not_found`, also where several have the name. */
export async function findServiceAccount(client: Client, nameOrId: string) {
  const { accounts } = await client('machines.list', { query: { all: 'true' } });
  const found = accounts.filter(one => one.id === nameOrId || one.name.toLowerCase() === nameOrId.toLowerCase());
  const [account] = found;
  if (account !== undefined && found.length === 1) return account;
  const detail = found.length > 1 ? `"${nameOrId}" are ${found.length}; want the id` : `"${nameOrId}"`;
  throw new SallyportError('identity.service_account_not_found', `Cannot find service account ${detail}`, { detail });
}

/** Who can have a role: a person by e-mail address, or a service account by name or id. */
export async function findMember(client: Client, who: string): Promise<{ id: string; email: string }> {
  if (who.includes('@')) return findPerson(client, who);
  const { id, name } = await findServiceAccount(client, who);
  return { id, email: name };
}

/** The person with this e-mail address. Throws `identity.user_not_found`. */
export async function findPerson(client: Client, email: string) {
  const { users } = await client('users.list', { query: { search: email, limit: 500 } });
  const wanted = email.trim().toLowerCase();
  const person = users.find(user => user.email.toLowerCase() === wanted);
  if (!person)
    throw new SallyportError('identity.user_not_found', `Cannot find a person with the e-mail address "${email}"`, {
      detail: `"${email}"`,
    });
  return person;
}

/** The id of a project role by its name or id. Throws `access.role_not_found`. */
export async function findRole(client: Client, nameOrId: string): Promise<string> {
  const { builtIn, custom } = await client('roles.list');
  const found = [...builtIn, ...custom].find(
    role => role.id === nameOrId || role.name.toLowerCase() === nameOrId.toLowerCase(),
  );
  if (found) return found.id;
  const names = [...builtIn, ...custom].map(role => role.name).join(', ');
  const message = `Cannot find role "${nameOrId}"; there are: ${names}`;
  throw new SallyportError('access.role_not_found', message, { detail: message });
}
