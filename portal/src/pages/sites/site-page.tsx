import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Column, Columns } from '../../components/columns.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { PlatformAccountForm } from './platform-account-form.tsx';
import { SiteDeletion } from './site-deletion.tsx';
import type { Site } from './site-facts.ts';
import { platformLabel } from './site-facts.ts';
import { SiteForm } from './site-form.tsx';
import { SiteGuard } from './site-guard.tsx';
import { SiteHealth } from './site-health.tsx';

/** Everything that can be set of one site. */
export function SitePage() {
  const { siteId } = useParams({ from: '/sites/$siteId' });
  const site = useApi('sites.get', { params: { id: siteId } });
  return (
    <Page
      title={site.data?.name ?? 'Site'}
      lead={site.data && platformLabel(site.data)}
      back={{ to: '/sites', label: 'Sites' }}
      actions={
        site.data && (
          <Button
            component="a"
            href={site.data.address}
            variant="default"
            rightSection={<IconExternalLink size={15} />}
          >
            Open
          </Button>
        )
      }
    >
      <Answer query={site} skeleton={<PanelSkeleton rows={8} />}>
        {data => <Settings site={data} />}
      </Answer>
    </Page>
  );
}

function Settings({ site }: { site: Site }) {
  return (
    <Columns>
      <SiteForm key={site.id} site={site} />
      <Column>
        <SiteHealth site={site} />
        <SiteGuard key={site.id} site={site} />
        {site.platformAccount !== 'not_used' && (
          <Panel title="Platform owner account">
            <PlatformAccountForm site={site} />
          </Panel>
        )}
        <SiteDeletion site={site} />
      </Column>
    </Columns>
  );
}
