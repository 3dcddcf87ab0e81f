import { Button, Group } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel } from '../../components/panel.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { actsColumn, endsColumn, lastUsedColumn } from '../../components/table-columns.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { abilityList } from './permission-words.ts';
import { RotateKeyDialog } from './rotate-key-dialog.tsx';

type Key = OperationOutput<'keys.list'>['keys'][number];

/** The API keys of a person: of oneself with the way to make them, of others to look at and revoke. */
export function KeysPanel({ userId, isOwn }: { userId: string; isOwn: boolean }) {
  const keys = useApi('keys.list', { query: { userId } });
  const [isMaking, setMaking] = useState(false);
  return (
    <Panel
      title="API keys"
      note={
        isOwn ? (
          <>
            For programs that call sites in your name. A key never may more than you, and ends by itself. For what
            outlives your task there are <Link to="/people/service-accounts">service accounts</Link>.
          </>
        ) : (
          'Programs call sites with these in this person’s name.'
        )
      }
      flush
      actions={
        isOwn && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconKey size={15} stroke={1.7} />}
            onClick={() => setMaking(true)}
          >
            New key
          </Button>
        )
      }
    >
      <Answer query={keys}>
        {data =>
          data.keys.length === 0 ? (
            <EmptyState title="No API keys">
              {isOwn ? 'Nothing calls sites in your name.' : 'None is in force.'}
            </EmptyState>
          ) : (
            <KeyTable keys={data.keys} mayRotate={isOwn} />
          )
        }
      </Answer>
      {isMaking && <NewKeyDialog onClose={() => setMaking(false)} />}
    </Panel>
  );
}

function KeyTable({ keys, mayRotate }: { keys: readonly Key[]; mayRotate: boolean }) {
  const sites = useApi('sites.list');
  const [rotating, setRotating] = useState<Key>();
  const [revoking, setRevoking] = useState<Key>();
  const siteNames = (ids: readonly string[]) =>
    ids.map(id => sites.data?.sites.find(site => site.id === id)?.name ?? id).join(', ');
  return (
    <>
      <DataTable
        label="API keys"
        rows={keys}
        rowKey={key => key.id}
        columns={[
          {
            key: 'name',
            header: 'Key',
            width: 'minmax(0, 2fr)',
            narrow: 'title',
            cell: key => <TwoLines below={<code>{key.prefix}…</code>}>{key.name}</TwoLines>,
          },
          {
            key: 'sites',
            header: 'Good for',
            width: 'minmax(0, 2fr)',
            cell: key => (
              <TwoLines below={key.paths.join(' ') !== '/' && key.paths.join(' ')}>{siteNames(key.sites)}</TwoLines>
            ),
          },
          {
            key: 'may',
            header: 'May',
            width: 'minmax(0, 3fr)',
            cell: key => abilityList(key.permissions),
          },
          lastUsedColumn,
          endsColumn,
          {
            ...actsColumn,
            width: mayRotate ? '140px' : '80px',
            cell: key => (
              <Group gap={6} justify="flex-end">
                {mayRotate && <RowButton onClick={() => setRotating(key)}>Rotate</RowButton>}
                <RowButton onClick={() => setRevoking(key)}>Revoke</RowButton>
              </Group>
            ),
          },
        ]}
      />
      {rotating && <RotateKeyDialog name={rotating.name} id={rotating.id} onClose={() => setRotating(undefined)} />}
      {revoking && <Revoking apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function Revoking({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
  const revoke = useAction('keys.revoke', { refreshes: ['keys.list'], onDone: onClose });
  return (
    <ConfirmDialog
      title="Revoke the key"
      act="Revoke"
      isDangerous
      action={revoke}
      onClose={onClose}
      onConfirm={() => revoke.mutate({ params: { id: apiKey.id } })}
    >
      The next request with <strong>{apiKey.name}</strong> is refused. This cannot be taken back.
    </ConfirmDialog>
  );
}
