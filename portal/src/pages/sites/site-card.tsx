import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { ButtonLink } from '../../components/button-link.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { plural } from '../../components/time.ts';
import type { Site } from './site-facts.ts';
import { accountLabel, healthLabel, platformLabel } from './site-facts.ts';
import styles from './sites-page.module.css';

/** One site at a glance. Who only enters it is told where it is; the rest is not known to them, and so not shown. */
export function SiteCard({ site, mayRead, mayManage }: { site: Site; mayRead: boolean; mayManage: boolean }) {
  const health = healthLabel(site);
  const account = accountLabel(site.platformAccount);
  return (
    <Panel>
      <div className={styles.head}>
        <PlatformMark platform={site.platform} />
        <div>
          <h2>{site.name}</h2>
          <p className={styles.platform}>{platformLabel(site)}</p>
        </div>
      </div>
      <Facts>
        <Fact name="Address">
          <a href={site.address}>{site.address.replace(/^https:\/\//, '')}</a>
        </Fact>
        {mayRead && (
          <>
            <Fact name="Upstream">
              <StateDot level={health.level}>{health.text}</StateDot>
              <div className="quiet">{site.upstreams.join(', ')}</div>
            </Fact>
            {site.platformAccount !== 'not_used' && (
              <Fact name="Accounts">
                <StateDot level={account.level}>{account.text}</StateDot>
              </Fact>
            )}
            <Fact name="Without sign-in">
              {site.publicRoutes.length === 0 ? 'Nothing' : plural(site.publicRoutes.length, 'published route')}
            </Fact>
          </>
        )}
        {!mayRead && !site.enabled && (
          <Fact name="State">
            <StateDot level="off">Closed: switched off</StateDot>
          </Fact>
        )}
      </Facts>
      <div className={styles.foot}>
        <Button
          component="a"
          href={site.address}
          size="xs"
          variant="default"
          rightSection={<IconExternalLink size={14} />}
        >
          Open
        </Button>
        {site.accounts === 'project' && site.projects.length > 0 && (
          <Button component="a" href={`${site.address}/.sallyport/project`} size="xs" variant="default">
            Choose the project
          </Button>
        )}
        {mayManage && (
          <ButtonLink to="/sites/$siteId" params={{ siteId: site.id }} size="xs" variant="default">
            {site.platformAccount === 'needed' ? 'Give owner account' : 'Settings'}
          </ButtonLink>
        )}
      </div>
    </Panel>
  );
}
