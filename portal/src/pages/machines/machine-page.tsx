import { Button, Group } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi, useMay, useMe } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { CopyText } from '../../components/copy-text.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { actsColumn, endsColumn, lastUsedColumn } from '../../components/table-columns.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { abilityList } from '../keys/permission-words.ts';
import type { Machine } from './machines-page.tsx';
import { MachineState } from './machines-page.tsx';
import { NewSecretDialog } from './new-secret-dialog.tsx';

type Found = OperationOutput<'machines.get'>;
const refreshes = ['machines.get', 'machines.list'] as const;

/** One service account: who answers for it, how it proves itself, which tokens are out. */
export function MachinePage() {
  const { machineId } = useParams({ from: '/people/service-accounts/$machineId' });
  const found = useApi('machines.get', { params: { id: machineId } });
  return (
    <Page
      title={found.data?.account.name ?? 'Service account'}
      back={{ to: '/people/service-accounts', label: 'Service accounts' }}
    >
      <Answer query={found} skeleton={<PanelSkeleton />}>
        {data => (
          <>
            <About machine={data.account} />
            <Credentials machine={data.account} credentials={data.credentials} />
            <Tokens tokens={data.tokens} />
            <Deletion machine={data.account} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function About({ machine }: { machine: Machine }) {
  const sites = useApi('sites.list');
  const update = useAction('machines.update', { refreshes });
  const names = machine.sites.map(id => sites.data?.sites.find(site => site.id === id)?.name ?? id);
  return (
    <Panel title="Account">
      <Facts>
        <Fact name="State">
          <MachineState machine={machine} />
        </Fact>
        <Fact name="Client id">
          <CopyText text={machine.id} label="client id" />
        </Fact>
        <Fact name="Token endpoint">
          <CopyText text={`${window.location.origin}/.sallyport/oauth/token`} label="address" />
        </Fact>
        <Fact name="Owner">
          <Link to="/people/$personId" params={{ personId: machine.ownerId }}>
            {machine.owner.name ?? machine.ownerId}
          </Link>
        </Fact>
        <Fact name="Good for">
          {names.join(', ')} <code>{machine.paths.join(' ')}</code>
        </Fact>
        <Fact name="At most">{abilityList(machine.permissions)}</Fact>
        <Fact name="Last used">{machine.lastUsedAt === null ? 'Never' : <Moment time={machine.lastUsedAt} />}</Fact>
      </Facts>
      <Group gap={8} mt={14}>
        <Button
          size="xs"
          variant="default"
          loading={update.isPending}
          onClick={() => update.mutate({ params: { id: machine.id }, body: { disabled: !machine.disabled } })}
        >
          {machine.disabled ? 'Enable' : 'Disable'}
        </Button>
      </Group>
      <ProblemNotice error={update.error} />
    </Panel>
  );
}

function Credentials({ machine, credentials }: { machine: Machine; credentials: Found['credentials'] }) {
  const isOwn = useMe().person.id === machine.ownerId;
  const [isMaking, setMaking] = useState(false);
  const revoke = useAction('machines.revokeCredential', { refreshes });
  return (
    <Panel
      title="Secrets and keys"
      note="With one of these it gets tokens. Only its owner makes them."
      flush
      actions={
        isOwn && (
          <Button size="xs" variant="default" onClick={() => setMaking(true)}>
            New secret
          </Button>
        )
      }
    >
      <DataTable
        label="Secrets and keys"
        rows={credentials}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'name',
            header: 'Name',
            narrow: 'title',
            cell: ({ kind, name, prefix }) => (
              <TwoLines
                below={
                  <>
                    {kind === 'key' ? 'Public key' : 'Secret'} <code>{prefix}…</code>
                  </>
                }
              >
                {name}
              </TwoLines>
            ),
          },
          lastUsedColumn,
          endsColumn,
          {
            ...actsColumn,
            width: '90px',
            cell: ({ id, name }) => (
              <RowButton
                aria-label={`Revoke ${name}`}
                loading={revoke.isPending && revoke.variables.params.credentialId === id}
                onClick={() => revoke.mutate({ params: { id: machine.id, credentialId: id } })}
              >
                Revoke
              </RowButton>
            ),
          },
        ]}
        empty={<EmptyState title="None">It cannot get a token yet.</EmptyState>}
      />
      <ProblemNotice error={revoke.error} />
      {isMaking && <NewSecretDialog machine={machine} onClose={() => setMaking(false)} />}
    </Panel>
  );
}

function Tokens({ tokens }: { tokens: Found['tokens'] }) {
  const revoke = useAction('machines.revokeToken', { refreshes });
  return (
    <Panel title="Tokens that are out" note="An hour at most each." flush>
      <DataTable
        label="Access tokens"
        rows={tokens}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'for',
            header: 'For',
            narrow: 'title',
            cell: ({ actors }) => (actors.length === 0 ? 'Itself' : 'A person, by delegation'),
          },
          { key: 'may', header: 'May', cell: ({ permissions }) => abilityList(permissions) },
          endsColumn,
          {
            ...actsColumn,
            width: '90px',
            cell: ({ id }) => (
              <RowButton
                loading={revoke.isPending && revoke.variables.params.id === id}
                onClick={() => revoke.mutate({ params: { id } })}
              >
                Revoke
              </RowButton>
            ),
          },
        ]}
        empty={<EmptyState title="None">It has not asked for one lately.</EmptyState>}
      />
      <ProblemNotice error={revoke.error} />
    </Panel>
  );
}

function Deletion({ machine }: { machine: Machine }) {
  const mayManage = useMay('user.manage');
  const isOwn = useMe().person.id === machine.ownerId;
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const remove = useAction('machines.delete', {
    refreshes: ['machines.list'],
    onDone: () => void navigate({ to: '/people/service-accounts' }),
  });
  if (!mayManage && !isOwn) return null;
  return (
    <Panel title="Delete the account" tone="danger">
      <p>Its secrets, keys and tokens end with the next request.</p>
      <Button mt="sm" color="rust" variant="outline" onClick={() => setAsking(true)}>
        Delete the account
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Delete ${machine.name}`}
          act="Delete"
          isDangerous
          action={remove}
          onClose={() => setAsking(false)}
          onConfirm={() => remove.mutate({ params: { id: machine.id } })}
        >
          The program that uses it is refused from then on.
        </ConfirmDialog>
      )}
    </Panel>
  );
}
