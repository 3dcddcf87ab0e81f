import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  /** A list that comes in pages. */
  readonly query: { readonly isFetchingNextPage: boolean; fetchNextPage(): Promise<unknown> };
  /** What the next page holds: `Show older events`. */
  readonly children: ReactNode;
}

/** Fetches the next page of a list, and shows that it does. */
export function MoreButton({ query, children }: Props) {
  return (
    <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {children}
    </Button>
  );
}
