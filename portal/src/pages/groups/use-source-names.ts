import { useApi, useMay } from '../../api/queries.ts';

/** The names of identity providers and SCIM clients by id, as far as the person may know them. */
export function useSourceNames(): ReadonlyMap<string, string> {
  const mayRead = useMay('settings.manage');
  const providers = useApi('providers.list', undefined, { enabled: mayRead, staleTime: 60_000 });
  const clients = useApi('scim.listClients', undefined, { enabled: mayRead, staleTime: 60_000 });
  return new Map([
    ...(providers.data?.providers.map(({ id, provider }) => [id, provider.name] as const) ?? []),
    ...(clients.data?.clients.map(({ id, name }) => [id, name] as const) ?? []),
  ]);
}
