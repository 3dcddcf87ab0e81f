import { Link } from '@tanstack/react-router';
import { CopyText } from '../../components/copy-text.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import type { Site } from './site-facts.ts';
import styles from './site-page.module.css';

/** How the site is now. */
export function SiteHealth({ site }: { site: Site }) {
  return (
    <Panel title="Now">
      <div className={styles.address}>
        <CopyText text={site.address} label="address" />
      </div>
      <Facts>
        {site.upstreamHealth.map(entry => (
          <Fact key={entry.url} name={entry.url.replace(/^https?:\/\//, '')}>
            <StateDot level={entry.healthy ? 'good' : 'bad'}>
              {entry.healthy ? `Answers, ${entry.active} under way` : 'Does not answer'}
            </StateDot>
          </Fact>
        ))}
        <Fact name="Protected since">
          <Moment time={site.createdAt} />
        </Fact>
        <Fact name="Record">
          <Link to="/audit" search={{ site: site.name }}>
            Events of this site
          </Link>
        </Fact>
      </Facts>
    </Panel>
  );
}
