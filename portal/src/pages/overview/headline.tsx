import { Skeleton } from '@mantine/core';
import { useApi } from '../../api/queries.ts';
import { Logo } from '../../components/logo.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { duration } from '../../components/time.ts';
import { gateState } from './gate-state.ts';
import styles from './headline.module.css';

/** The one sentence a person opens this page for. */
export function Headline() {
  const status = useApi('system.status', undefined, { refetchInterval: 10_000 });
  const sites = useApi('sites.list');
  if (status.data === undefined) {
    if (status.error !== null) return <ProblemNotice error={status.error} onRetry={() => void status.refetch()} />;
    return <Skeleton height={92} radius="md" />;
  }
  const published = sites.data?.sites.reduce((sum, site) => sum + site.publicRoutes.length, 0);
  const state = gateState(status.data, published);
  const { startedAt, profile, version, store } = status.data;
  return (
    <section className={styles.headline} data-level={state.level} aria-label="State of the gate">
      <div className={styles.mark}>
        <Logo size={40} />
      </div>
      <div className={styles.text}>
        <p className={styles.title}>{state.title}</p>
        <p className={styles.sentences}>{state.sentences.join(' ')}</p>
      </div>
      <p className={styles.facts}>
        <span>Up for {duration(Date.now() - startedAt)}</span>
        <span>
          {version}, {profile}, {store === 'sqlite' ? 'SQLite' : 'PostgreSQL'}
        </span>
      </p>
    </section>
  );
}
