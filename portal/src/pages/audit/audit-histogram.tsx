import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.ts';
import { Answer } from '../../components/answer.tsx';
import { foldBars } from '../../components/outcome-bars.ts';
import { OutcomeChart } from '../../components/outcome-chart.tsx';
import { Panel } from '../../components/panel.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import type { AuditFilter } from './audit-filter.ts';
import { auditQuery, bucketFor, periodOf } from './audit-filter.ts';
import type { ChangeFilter } from './audit-page.tsx';

const monthMs = 30 * 86_400_000;

/** What the filter finds in the period, by outcome; a bar narrows the period to itself. */
export function AuditHistogram({
  filter,
  onChange,
  isLive,
}: {
  filter: AuditFilter;
  onChange: ChangeFilter;
  isLive: boolean;
}) {
  const query = useQuery({
    queryKey: ['audit.histogram', filter],
    queryFn: async ({ signal }) => {
      const asked = periodOf(filter, Date.now());
      // "All" draws the last 30 days: an empty decade says nothing.
      const period = { to: asked.to, from: Math.min(asked.to, asked.from === 0 ? asked.to - monthMs : asked.from) };
      const bucketMs = bucketFor(period.from, period.to);
      const { buckets } = await call(
        'audit.histogram',
        { query: { ...auditQuery(filter, asked.to), ...period, bucketMs } },
        { signal },
      );
      return foldBars(buckets, { ...period, bucketMs });
    },
    refetchInterval: isLive ? 10_000 : false,
    placeholderData: previous => previous,
  });
  return (
    <Panel>
      <Answer query={query} skeleton={<SkeletonRows rows={3} height={20} />}>
        {bars => (
          <OutcomeChart
            label="Events in this period by outcome"
            pickHint="Press a bar to look only at its span"
            height={88}
            bars={bars}
            onPick={bar => onChange({ from: bar.start, to: bar.end })}
          />
        )}
      </Answer>
    </Panel>
  );
}
