import type { UseQueryOptions } from '@tanstack/react-query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CallInput } from '../../../src/admin/client.ts';
import type { Operation, OperationOutput } from '../../../src/admin/contract/contract.ts';
import { call } from './api.ts';

type Options<O extends Operation> = Omit<UseQueryOptions<OperationOutput<O>>, 'queryKey' | 'queryFn'>;

/** Reads through the API; the cache key is the operation and its input. */
export function useApi<O extends Operation>(operation: O, input?: CallInput<O>, options: Options<O> = {}) {
  return useQuery({
    queryKey: [operation, input],
    queryFn: ({ signal }) => call(operation, input, { signal }),
    ...options,
  });
}

export interface ActionOptions<O extends Operation> {
  /** What is read anew when it succeeds: every cached answer of these operations. */
  readonly refreshes?: readonly Operation[];
  readonly onDone?: (result: OperationOutput<O>) => void;
  readonly timeoutMs?: number;
}

/** Changes something through the API, then has read anew what it changed. */
export function useAction<O extends Operation>(operation: O, options: ActionOptions<O> = {}) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: CallInput<O>) =>
      call(operation, input, options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    onSuccess: async result => {
      options.onDone?.(result);
      await Promise.all((options.refreshes ?? []).map(name => queries.invalidateQueries({ queryKey: [name] })));
    },
  });
}

export type Me = OperationOutput<'me.get'>;

/** Who is signed in. The shell renders no page before it is known. */
export function useMe(): Me {
  const { data } = useApi('me.get', undefined, { staleTime: 60_000 });
  if (data === undefined) throw new Error('Cannot use a page outside the shell: nobody is known to be signed in');
  return data;
}

/** Whether the person's global role grants a permission: decides only what is shown, the API decides what is done. */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}
