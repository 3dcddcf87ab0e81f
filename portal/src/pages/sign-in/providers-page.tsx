import { Button, Menu } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel } from '../../components/panel.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import type { Provider } from './providers.ts';
import { kinds, kindTitle } from './providers.ts';
import { SignInSection } from './sign-in-section.tsx';

/** Where people prove who they are, besides the gate itself. */
export function ProvidersPage() {
  const providers = useApi('providers.list');
  return (
    <SignInSection
      title="Identity providers"
      lead="Where people prove who they are, besides the gate itself. What they may do is decided by their groups."
      actions={<Connect />}
    >
      <Panel flush>
        <Answer query={providers} skeleton={<SkeletonRows rows={4} />}>
          {data =>
            data.providers.length === 0 ? (
              <EmptyState title="Nobody signs in elsewhere yet" action={<Connect />}>
                Connect the directory or identity provider your people have accounts at: they sign in there, and who
                leaves there is out here.
              </EmptyState>
            ) : (
              <ProviderTable providers={data.providers} />
            )
          }
        </Answer>
      </Panel>
    </SignInSection>
  );
}

function Connect() {
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Button leftSection={<IconPlugConnected size={16} stroke={1.7} />}>Connect a provider</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map(({ kind, title, about }) => (
          <Menu.Item key={kind} onClick={() => void navigate({ to: '/sign-in/connect/$kind', params: { kind } })}>
            <TwoLines below={about}>{title}</TwoLines>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ProviderTable({ providers }: { providers: readonly Provider[] }) {
  const navigate = useNavigate();
  return (
    <DataTable
      label="Identity providers"
      rows={providers}
      rowKey={({ id }) => id}
      onRow={({ id }) => void navigate({ to: '/sign-in/$providerId', params: { providerId: id } })}
      columns={[
        {
          key: 'name',
          header: 'Provider',
          width: 'minmax(0, 2fr)',
          narrow: 'title',
          cell: ({ id, provider }) => (
            <TwoLines below={whereIs(provider)}>
              <Link to="/sign-in/$providerId" params={{ providerId: id }}>
                {provider.name}
              </Link>
            </TwoLines>
          ),
        },
        { key: 'kind', header: 'Kind', width: 'minmax(0, 1.2fr)', cell: ({ provider }) => kindTitle(provider.kind) },
        {
          key: 'domains',
          header: 'Speaks for',
          width: 'minmax(0, 1.6fr)',
          cell: ({ provider }) =>
            provider.domains.length === 0 ? <span className="quiet">No addresses</span> : provider.domains.join(', '),
        },
        {
          key: 'state',
          header: 'State',
          width: 'minmax(0, 1fr)',
          cell: ({ provider }) =>
            provider.enabled ? <StateDot level="good">On</StateDot> : <StateDot level="off">Off</StateDot>,
        },
      ]}
    />
  );
}

function whereIs(provider: Provider['provider']): string {
  if (provider.kind === 'ldap') return provider.settings.urls.join(', ');
  return provider.kind === 'oidc' ? provider.settings.issuer : provider.settings.entityId;
}
