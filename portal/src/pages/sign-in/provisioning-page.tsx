import { Button, Group, TagsInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { fieldError } from '../../api/field-errors.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { CopyText } from '../../components/copy-text.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';
import { Panel } from '../../components/panel.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { actsColumn, endsColumn, lastUsedColumn } from '../../components/table-columns.tsx';
import type { KeyLife } from '../keys/key-life.tsx';
import { endOfLife, KeyLifeField } from '../keys/key-life.tsx';
import { KeySecret } from '../keys/key-secret.tsx';
import { SignInSection } from './sign-in-section.tsx';

type Client = OperationOutput<'scim.listClients'>['clients'][number];

/** Who makes, changes and disables accounts and groups by SCIM. */
export function ProvisioningPage() {
  const clients = useApi('scim.listClients');
  const [isMaking, setMaking] = useState(false);
  return (
    <SignInSection
      title="Provisioning"
      lead="An identity provider can make and disable accounts and keep groups by SCIM 2.0. Who is disabled there is out here before it is told “done”."
      actions={
        <Button leftSection={<IconPlus size={16} stroke={1.7} />} onClick={() => setMaking(true)}>
          New client
        </Button>
      }
    >
      {clients.data && (
        <Panel title="Its address">
          <CopyText text={clients.data.url} label="address" />
        </Panel>
      )}
      <Panel flush>
        <Answer query={clients} skeleton={<SkeletonRows rows={4} />}>
          {data =>
            data.clients.length === 0 ? (
              <EmptyState title="Nobody provisions yet">
                Make a client, and give its token and the address above to your identity provider.
              </EmptyState>
            ) : (
              <ClientTable clients={data.clients} />
            )
          }
        </Answer>
      </Panel>
      {isMaking && <NewClientDialog onClose={() => setMaking(false)} />}
    </SignInSection>
  );
}

function ClientTable({ clients }: { clients: readonly Client[] }) {
  const [ending, setEnding] = useState<Client>();
  const [rotating, setRotating] = useState<Client>();
  return (
    <>
      <DataTable
        label="SCIM clients"
        rows={clients}
        rowKey={({ id }) => id}
        columns={[
          { key: 'name', header: 'Client', width: 'minmax(0, 2fr)', narrow: 'title', cell: ({ name }) => name },
          {
            key: 'domains',
            header: 'Makes accounts of',
            width: 'minmax(0, 2fr)',
            cell: ({ domains }) => domains.join(', '),
          },
          lastUsedColumn,
          { ...endsColumn, header: 'Token ends' },
          {
            ...actsColumn,
            width: '140px',
            cell: client => (
              <Group gap={6} justify="flex-end">
                <RowButton onClick={() => setRotating(client)}>Rotate</RowButton>
                <RowButton onClick={() => setEnding(client)}>End</RowButton>
              </Group>
            ),
          },
        ]}
      />
      {ending && <Ending client={ending} onClose={() => setEnding(undefined)} />}
      {rotating && <Rotating client={rotating} onClose={() => setRotating(undefined)} />}
    </>
  );
}

function Ending({ client, onClose }: { client: Client; onClose: () => void }) {
  const end = useAction('scim.deleteClient', { refreshes: ['scim.listClients'], onDone: onClose });
  return (
    <ConfirmDialog
      title={`End ${client.name}`}
      act="End"
      isDangerous
      action={end}
      onClose={onClose}
      onConfirm={() => end.mutate({ params: { id: client.id } })}
    >
      Its next request is refused. The people and groups it made stay as they are.
    </ConfirmDialog>
  );
}

function Rotating({ client, onClose }: { client: Client; onClose: () => void }) {
  const rotate = useAction('scim.rotateClient', { refreshes: ['scim.listClients'] });
  const { data } = rotate;
  return (
    <FormDialog
      title={data ? 'Token made' : `Rotate the token of ${client.name}`}
      act="Rotate"
      action={rotate}
      onSubmit={() =>
        rotate.mutate({ params: { id: client.id }, body: { overlapMs: 86_400_000, expiresAt: endOfLife('180d') } })
      }
      onClose={onClose}
      done={data && <Token token={data.token} name={client.name} onClose={onClose} />}
    >
      <p>The new token is good for 180 days; the old one goes on for a day.</p>
    </FormDialog>
  );
}

function Token({ token, name, onClose }: { token: string; name: string; onClose: () => void }) {
  return (
    <KeySecret token={token} onClose={onClose}>
      Give this token to <strong>{name}</strong> as its bearer token.
    </KeySecret>
  );
}

function NewClientDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [domains, setDomains] = useState<string[]>([]);
  const [life, setLife] = useState<KeyLife>('180d');
  const make = useAction('scim.createClient', { refreshes: ['scim.listClients'] });
  const { data } = make;
  return (
    <FormDialog
      title={data ? 'Token made' : 'New SCIM client'}
      act="Make the client"
      isReady={domains.length > 0}
      action={make}
      onSubmit={() => make.mutate({ body: { name: name.trim(), domains, expiresAt: endOfLife(life) } })}
      onClose={onClose}
      done={data && <Token token={data.token} name={data.client.name} onClose={onClose} />}
    >
      <NameField description="Who provisions" maxLength={100} error={make.error} value={name} onChange={setName} />
      <TagsInput
        label="Domains"
        description="It makes and changes accounts with addresses of these, and no others"
        placeholder={domains.length === 0 ? 'example.org' : ''}
        error={fieldError(make.error, 'domains')}
        value={domains}
        onChange={given => setDomains(given.map(one => one.trim().toLowerCase()))}
      />
      <KeyLifeField label="Its token ends after" value={life} onChange={setLife} />
    </FormDialog>
  );
}
