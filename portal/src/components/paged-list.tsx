import type { ReactNode } from 'react';
import type { Pages } from '../api/pages.ts';
import { ListEnd } from './list-end.tsx';
import { MoreButton } from './more-button.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import { SkeletonRows } from './skeleton-rows.tsx';

export interface PagedListProps<Item> {
  readonly pages: Pages<Item>;
  /** How many rows are expected. */
  readonly rows?: number;
  /** Stands where nothing was found. */
  readonly empty: ReactNode;
  /** What the next page holds: `Show older events`. */
  readonly more: string;
  /** Said at the end of a list that is all there; nothing where left out. */
  readonly total?: string | undefined;
  /** Stands at the end in place of both. */
  readonly end?: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** The content of a flush panel: a list that comes in pages, that is still loading, that is empty or that could not be read. */
export function PagedList<Item>({ pages, rows = 8, empty, more, total, end, children }: PagedListProps<Item>) {
  const { items, query } = pages;
  const problem = <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (items === undefined) return query.error === null ? <SkeletonRows rows={rows} /> : problem;
  const isEmpty = items.length === 0 && !query.hasNextPage;
  const foot = end ?? (query.hasNextPage ? <MoreButton query={query}>{more}</MoreButton> : total);
  return (
    <>
      {problem}
      {isEmpty ? empty : children(items)}
      {!isEmpty && foot !== undefined && <ListEnd isTold>{foot}</ListEnd>}
    </>
  );
}
