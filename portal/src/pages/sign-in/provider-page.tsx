import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { CopyText } from '../../components/copy-text.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { ProviderForm } from './provider-form.tsx';
import { ProviderKeys } from './provider-keys.tsx';
import { ProviderTest } from './provider-test.tsx';
import type { Provider } from './providers.ts';
import { kindTitle } from './providers.ts';

/** One provider: its settings, what its administrator needs, and a real sign-in to try it. */
export function ProviderPage() {
  const { providerId } = useParams({ from: '/sign-in/$providerId' });
  const provider = useApi('providers.get', { params: { id: providerId } });
  return (
    <Page
      title={provider.data?.provider.name ?? 'Identity provider'}
      lead={provider.data && kindTitle(provider.data.provider.kind)}
      back={{ to: '/sign-in', label: 'Identity providers' }}
    >
      <Answer query={provider} skeleton={<PanelSkeleton rows={8} />}>
        {data => <Details key={data.id} provider={data} />}
      </Answer>
    </Page>
  );
}

function Details({ provider }: { provider: Provider }) {
  const save = useAction('providers.update', {
    refreshes: ['providers.list', 'providers.get'],
    onDone: ({ provider: kept }) =>
      notifications.show({ message: `${kept.name} is changed. The next sign-in follows it.`, color: 'verdigris' }),
  });
  return (
    <>
      <ProviderTest provider={provider} />
      <ProviderForm
        initial={provider.provider}
        hasSecret={provider.hasSecret}
        act="Save"
        action={save}
        extra={<Addresses addresses={provider.addresses} />}
        onSave={(draft, secret) =>
          save.mutate({
            params: { id: provider.id },
            body: { provider: draft, ...(secret === undefined ? {} : { secret }) },
          })
        }
      />
      <ProviderKeys provider={provider} />
      <Disconnect provider={provider} />
    </>
  );
}

/** The words of the guides and of most providers for what the API calls it. */
const addressNames = new Map([
  ['redirectUri', 'Redirect URI'],
  ['backChannelLogout', 'Back-channel logout'],
  ['postLogoutRedirectUri', 'Post-logout redirect URI'],
  ['entityId', 'Entity id'],
  ['metadata', 'Metadata'],
  ['assertionConsumerService', 'Assertion consumer service (ACS, POST)'],
  ['singleLogoutService', 'Single logout (SLO)'],
  ['start', 'Begin a sign-in (for a bookmark or tile)'],
]);

function Addresses({ addresses }: { addresses: Readonly<Record<string, string>> }) {
  // What has to be registered comes first, as the words above are ordered.
  const order = [...addressNames.keys()];
  const entries = Object.entries(addresses).toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  if (entries.length === 0) return null;
  return (
    <Panel title="For its administrator" note="What has to be set at the provider.">
      <Facts>
        {entries.map(([name, address]) => (
          <Fact key={name} name={addressNames.get(name) ?? name}>
            <CopyText text={address} label={addressNames.get(name) ?? name} />
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

function Disconnect({ provider }: { provider: Provider }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const remove = useAction('providers.delete', {
    refreshes: ['providers.list', 'groups.list'],
    onDone: () => void navigate({ to: '/sign-in' }),
  });
  return (
    <Panel title="Disconnect" tone="danger">
      <p>
        Sessions begun there end, its groups go with what they are granted, and people keep their accounts without a way
        in through it.
      </p>
      <Button mt="sm" color="rust" variant="outline" onClick={() => setAsking(true)}>
        Disconnect
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Disconnect ${provider.provider.name}`}
          act="Disconnect"
          typed={provider.provider.name}
          isDangerous
          action={remove}
          onClose={() => setAsking(false)}
          onConfirm={() => remove.mutate({ params: { id: provider.id } })}
        >
          Nobody can sign in through it any more.
        </ConfirmDialog>
      )}
    </Panel>
  );
}
