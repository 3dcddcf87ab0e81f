import { Navigate, useNavigate } from '@tanstack/react-router';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { foldBars } from '../../components/outcome-bars.ts';
import { OutcomeChart } from '../../components/outcome-chart.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { DeniedByLayer } from './denied-by-layer.tsx';
import { Headline } from './headline.tsx';
import { Numbers } from './numbers.tsx';
import styles from './overview-page.module.css';
import { RecentEvents } from './recent-events.tsx';
import { TodoList } from './todo-list.tsx';

const hourMs = 3_600_000;

/** How the gate stands, in the order in which it matters: is it guarding, what came, what was stopped, what is left to do. */
export function OverviewPage() {
  const maySee = useMay('settings.read');
  return maySee ? <Overview /> : <Navigate to="/sites" replace />;
}

function Overview() {
  const overview = useApi('system.overview', undefined, { refetchInterval: 30_000 });
  const mayReadAudit = useMay('audit.read');
  const navigate = useNavigate();
  return (
    <Page title="Overview">
      <Headline />
      <Answer query={overview} skeleton={<SkeletonRows rows={2} height={48} />}>
        {data => <Numbers overview={data} />}
      </Answer>
      <div className={styles.columns}>
        <Panel title="Requests in the last 24 hours">
          <Answer query={overview} skeleton={<SkeletonRows rows={5} height={24} />}>
            {data => (
              <OutcomeChart
                label="Requests per hour by outcome"
                pickHint="Press a bar to see its events"
                height={196}
                bars={foldBars(data.hours, lastDay())}
                onPick={bar => void navigate({ to: '/audit', search: { from: bar.start, to: bar.end } })}
              />
            )}
          </Answer>
        </Panel>
        <Panel title="To do" note="What would make this gate safer.">
          <Answer query={overview}>{data => <TodoList items={data.todo} />}</Answer>
        </Panel>
      </div>
      <div className={styles.columns}>
        {mayReadAudit && <RecentEvents />}
        <Panel title="Denied, by layer" note="Which wall stopped it, last 24 hours.">
          <Answer query={overview}>{data => <DeniedByLayer layers={data.deniedByLayer} />}</Answer>
        </Panel>
      </div>
    </Page>
  );
}

/** Whole hours, the present one included. */
function lastDay() {
  const to = Math.ceil((Date.now() + 1) / hourMs) * hourMs;
  return { from: to - 24 * hourMs, to, bucketMs: hourMs };
}
