import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from './problem-notice.tsx';
import { SkeletonRows } from './skeleton-rows.tsx';

export interface AnswerProps<T> {
  readonly query: UseQueryResult<T>;
  /** Stands where the answer will stand, in its size. */
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** The answer of a query, or its skeleton, or its problem with a way to try again. */
export function Answer<T>({ query, skeleton, children }: AnswerProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton ?? <SkeletonRows rows={5} />}</>;
}
