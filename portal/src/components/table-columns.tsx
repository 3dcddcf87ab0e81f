import type { Column } from './data-table.tsx';
import { Moment } from './moment.tsx';

/** The last column, but for its width: what can be done with the row. */
export const actsColumn = { key: 'acts', header: '', align: 'end', narrow: 'bare' } as const;

/** When the thing was last of use to somebody. */
export const lastUsedColumn: Column<{ readonly lastUsedAt: number | null }> = {
  key: 'used',
  header: 'Last used',
  width: '120px',
  cell: ({ lastUsedAt }) => <PastMoment time={lastUsedAt} />,
};

/** When the thing is over. */
export const endsColumn: Column<{ readonly expiresAt: number }> = {
  key: 'ends',
  header: 'Ends',
  width: '120px',
  cell: ({ expiresAt }) => <Moment time={expiresAt} />,
};

/** A moment that may not have come yet. */
export function PastMoment({ time }: { time: number | null }) {
  return time === null ? <span className="quiet">Never</span> : <Moment time={time} />;
}
