import { IconPlus } from '@tabler/icons-react';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ButtonLink } from '../../components/button-link.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { SiteCard } from './site-card.tsx';
import styles from './sites-page.module.css';

/** What stands behind the gate. */
export function SitesPage() {
  const sites = useApi('sites.list', undefined, { refetchInterval: 15_000 });
  const mayManage = useMay('site.manage');
  const mayRead = useMay('site.read');
  const protect = mayManage && (
    <ButtonLink to="/sites/protect" leftSection={<IconPlus size={16} />}>
      Protect an upstream
    </ButtonLink>
  );
  return (
    <Page title="Sites" lead="The applications behind the gate, and where people reach them." actions={protect}>
      <Answer query={sites} skeleton={<Loading />}>
        {data =>
          data.sites.length === 0 ? (
            <Panel>
              <EmptyState
                title={mayManage ? 'Nothing stands behind the gate yet' : 'There is no site for you yet'}
                action={protect}
              >
                {mayManage
                  ? 'Point Sallyport at an n8n, a Flowise or any web application. Nothing on that side changes.'
                  : 'Ask an administrator to add you to a project that has one.'}
              </EmptyState>
            </Panel>
          ) : (
            <ul className={styles.cards}>
              {data.sites.map(site => (
                <li key={site.id}>
                  <SiteCard site={site} mayRead={mayRead} mayManage={mayManage} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Page>
  );
}

function Loading() {
  return (
    <div className={styles.cards}>
      {[1, 2].map(key => (
        <Panel key={key}>
          <SkeletonRows rows={5} />
        </Panel>
      ))}
    </div>
  );
}
