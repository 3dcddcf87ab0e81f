import { isApiProblem } from '../../../src/admin/client.ts';

/** What the API said about one field of the body, for showing it under the field; all of its parts in one text. */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!isApiProblem(error, 'core.invalid_input')) return undefined;
  const path = `body.${field}`;
  const messages = error.errors
    .filter(entry => entry.path === path || entry.path === field || entry.path.startsWith(`${path}.`))
    .map(entry => entry.message);
  return messages.length === 0 ? undefined : [...new Set(messages)].join('; ');
}
