import { useApi } from '../../api/queries.ts';
import { projectRoleChoices } from '../../roles.ts';

/** The roles somebody can have in a project, those made here after those that are built in. */
export function useRoleChoices(): readonly { readonly value: string; readonly label: string }[] {
  const roles = useApi('roles.list', undefined, { staleTime: 60_000 });
  return [...projectRoleChoices, ...(roles.data?.custom ?? []).map(({ id, name }) => ({ value: id, label: name }))];
}
