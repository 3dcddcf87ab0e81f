import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { CallInput } from '../../../src/admin/client.ts';
import type { Operation, OperationOutput } from '../../../src/admin/contract/contract.ts';
import { call } from './api.ts';

/** Where a page begins: behind the row with this id, or at this cursor, as the operation has it. */
interface Place {
  readonly after?: string;
  readonly cursor?: string;
}

export interface PagesOptions<O extends Operation, Item> {
  /** What tells this question apart from others to the same operation. */
  readonly key: unknown;
  readonly ask: (place: Place) => CallInput<O>;
  readonly items: (page: OperationOutput<O>) => readonly Item[];
  /** Where the next page begins; undefined after the last. */
  readonly next: (page: OperationOutput<O>) => Place | undefined;
  readonly refetchInterval?: number | false;
  readonly maxPages?: number;
}

/** A list as far as it is read. */
export interface Pages<Item> {
  readonly query: Pick<
    UseInfiniteQueryResult,
    'error' | 'fetchNextPage' | 'hasNextPage' | 'isFetchingNextPage' | 'refetch'
  >;
  /** Undefined before the first answer. */
  readonly items: readonly Item[] | undefined;
}

/** Reads a list page by page through the API. While the answer to another question is on its way, the last one stays. */
export function usePages<O extends Operation, Item>(operation: O, options: PagesOptions<O, Item>) {
  const { ask, items, key, next, ...rest } = options;
  const query = useInfiniteQuery<
    OperationOutput<O>,
    Error,
    InfiniteData<OperationOutput<O>>,
    readonly unknown[],
    Place
  >({
    queryKey: [operation, 'pages', key],
    queryFn: ({ signal, pageParam }) => call(operation, ask(pageParam), { signal }),
    initialPageParam: {},
    getNextPageParam: next,
    placeholderData: keepPreviousData,
    ...rest,
  });
  return { query, items: query.data?.pages.flatMap(items), first: query.data?.pages[0] };
}

const rowsMax = 100;

/** How many rows a page of a list has that goes on behind the last row's id. */
export const pageOf = (place: Place) => ({ limit: rowsMax, ...place });

/** Where a list goes on behind the rows of a full page. */
export function behind(rows: readonly { readonly id: string }[]): Place | undefined {
  const last = rows.length < rowsMax ? undefined : rows.at(-1);
  return last === undefined ? undefined : { after: last.id };
}

/** Where a list goes on that names its own next page. */
export function named({ next }: { readonly next: string | null }): Place | undefined {
  return next === null ? undefined : { cursor: next };
}
