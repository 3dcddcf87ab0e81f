import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import type { CountBar } from '../../components/count-bars.tsx';
import { CountBars } from '../../components/count-bars.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { OutcomeChart } from '../../components/outcome-chart.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { plural } from '../../components/time.ts';
import { BanDialog } from './ban-dialog.tsx';
import styles from './perimeter.module.css';
import { PerimeterPage } from './perimeter-page.tsx';
import { categoryWords, countryWords, layerWords } from './words.ts';

type Summary = OperationOutput<'perimeter.summary'>;

const hourMs = 3_600_000;
const refreshMs = 30_000;

/** What was stopped in the last 24 hours, by whom, and at what. */
export function PerimeterOverviewPage() {
  const summary = useApi('perimeter.summary', {}, { refetchInterval: refreshMs });
  return (
    <PerimeterPage title="Perimeter" lead="What came to do harm in the last 24 hours, and what became of it.">
      <Answer query={summary} skeleton={<PanelSkeleton rows={10} />}>
        {data => <Day summary={data} />}
      </Answer>
    </PerimeterPage>
  );
}

function Day({ summary }: { summary: Summary }) {
  const named = (entries: Summary['byLayer'], words: (name: string) => string): CountBar[] =>
    entries.map(({ name, count }) => ({ key: name, label: words(name), count }));
  return (
    <>
      <div className={styles.columns}>
        <Panel title="Stopped, by hour">
          <StoppedChart hours={summary.hours} />
        </Panel>
        <Panel title="In short">
          <InShort summary={summary} />
        </Panel>
      </div>
      <div className={styles.halves}>
        <Panel title="By layer" note="Which wall stopped it.">
          <BarsOrNothing bars={named(summary.byLayer, layerWords)} />
        </Panel>
        <Panel title="By kind" note="What the firewall took it for.">
          <BarsOrNothing bars={named(summary.byCategory, categoryWords)} />
        </Panel>
        <Panel title="Where from" note="Addresses that were stopped most.">
          <Attackers attackers={summary.attackers} />
        </Panel>
        <Panel title="What at" note="Routes that were asked for.">
          <BarsOrNothing
            bars={summary.targets.map(({ site, endpoint, count }) => ({
              key: `${site} ${endpoint}`,
              count,
              label: (
                <>
                  <code>{endpoint}</code> <span className="quiet">{site === '' ? 'no site' : site}</span>
                </>
              ),
            }))}
          />
        </Panel>
      </div>
      {summary.byRule.length > 0 && (
        <Panel
          title="Rules that decided"
          note="Most first. A rule that stops honest work can be excluded at one place."
        >
          <CountBars
            bars={summary.byRule.map(({ name, title, count }) => ({
              key: name,
              count,
              label: (
                <>
                  {title} <code className="quiet">{name}</code>
                </>
              ),
            }))}
          />
        </Panel>
      )}
    </>
  );
}

function StoppedChart({ hours }: { hours: Summary['hours'] }) {
  const navigate = useNavigate();
  return (
    <OutcomeChart
      label="Stopped requests per hour"
      pickHint="Press a bar to see its events"
      height={148}
      words={[['denied', 'Stopped']]}
      bars={hours.map(({ start, stopped }) => ({
        ...{ start, end: start + hourMs, success: 0, failure: 0 },
        ...{ denied: stopped, total: stopped },
      }))}
      onPick={bar => void navigate({ to: '/audit', search: { outcome: 'denied', from: bar.start, to: bar.end } })}
    />
  );
}

function InShort({ summary: { limits, requests, shadow, stopped } }: { summary: Summary }) {
  return (
    <>
      <p className={styles.sentence}>
        <b>{stopped.toLocaleString('en-GB')}</b> of {plural(requests, 'request')} stopped.{' '}
        <Link to="/perimeter/incidents">Show the incidents</Link>
      </p>
      {shadow.requests > 0 && (
        <p className={styles.sentence}>
          In shadow mode: would have stopped <b>{shadow.wouldBlock.toLocaleString('en-GB')}</b> of{' '}
          {shadow.requests.toLocaleString('en-GB')}.{' '}
          <Link to="/perimeter/incidents" search={{ verdict: 'would_block' }}>
            Show which
          </Link>
        </p>
      )}
      <p className={styles.note}>{limitWords[limits]}</p>
    </>
  );
}

const limitWords = {
  exact: 'Rate limits count exactly: there is one gate.',
  shared: 'Rate limits count over all gates together.',
  local_only: 'The shared counters are away: each gate counts its own rate limits until they are back.',
} as const;

function Attackers({ attackers }: { attackers: Summary['attackers'] }) {
  const [banning, setBanning] = useState<string>();
  const mayBan = useMay('site.manage');
  return (
    <>
      <BarsOrNothing
        bars={attackers.map(({ address, banned, count, country }) => ({
          key: address,
          count,
          label: (
            <>
              <code>{address}</code> {country !== null && <span className="quiet">{countryWords(country)}</span>}
            </>
          ),
          action: banned ? (
            <Link to="/perimeter/bans" search={{ search: address }}>
              Banned
            </Link>
          ) : (
            mayBan && (
              <RowButton aria-label={`Ban ${address}`} onClick={() => setBanning(address)}>
                Ban
              </RowButton>
            )
          ),
        }))}
      />
      {banning !== undefined && <BanDialog network={banning} onClose={() => setBanning(undefined)} />}
    </>
  );
}

function BarsOrNothing({ bars }: { bars: readonly CountBar[] }) {
  if (bars.length === 0) return <EmptyState title="Nothing was stopped">Nothing hostile came in this time.</EmptyState>;
  return <CountBars bars={bars} />;
}
