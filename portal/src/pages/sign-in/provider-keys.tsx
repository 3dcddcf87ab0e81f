import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import type { KeyAct, OwnKey } from './key-step.ts';
import { nextKeyAct } from './key-step.ts';
import type { Provider } from './providers.ts';

/** The gate's own keys towards a SAML provider, and the one step of changing them that is next. Nothing for other kinds. */
export function ProviderKeys({ provider }: { provider: Provider }) {
  return provider.provider.kind === 'saml' ? <Keys providerId={provider.id} /> : null;
}

function Keys({ providerId }: { providerId: string }) {
  const keys = useApi('providers.listKeys', { params: { id: providerId } });
  const [asked, setAsked] = useState<KeyAct>();
  const next = keys.data && nextKeyAct(keys.data.keys);
  return (
    <Panel
      title="Keys for this provider"
      note={next?.advice}
      flush
      actions={
        next && (
          <Button variant="default" onClick={() => setAsked(next)}>
            {next.act}
          </Button>
        )
      }
    >
      <Answer query={keys}>{data => <KeyTable keys={data.keys} />}</Answer>
      {asked && <Asking providerId={providerId} asked={asked} onClose={() => setAsked(undefined)} />}
    </Panel>
  );
}

const roles = { current: 'In use', next: 'New', previous: 'Old' } as const;
const uses = { signing: 'signs', encryption: 'opens what is encrypted' } as const;

function KeyTable({ keys }: { keys: readonly OwnKey[] }) {
  return (
    <DataTable
      label="Keys for this provider"
      rows={keys}
      rowKey={key => key.fingerprint}
      columns={[
        { key: 'role', header: 'Key', narrow: 'title', cell: key => `${roles[key.role]}, ${uses[key.use]}` },
        {
          key: 'fingerprint',
          header: 'SHA-256 of its certificate',
          width: 'minmax(0, 4fr)',
          cell: key => <code>{key.fingerprint}</code>,
        },
        { key: 'until', header: 'Valid until', width: '120px', cell: key => <Moment time={key.validUntil} /> },
      ]}
    />
  );
}

function Asking({ providerId, asked, onClose }: { providerId: string; asked: KeyAct; onClose: () => void }) {
  const take = useAction('providers.stepKeys', { refreshes: ['providers.listKeys'], onDone: onClose });
  return (
    <ConfirmDialog
      title={asked.act}
      act={asked.act}
      isDangerous={asked.step === 'drop'}
      action={take}
      onClose={onClose}
      onConfirm={() => take.mutate({ params: { id: providerId }, body: { step: asked.step } })}
    >
      {asked.effect}
    </ConfirmDialog>
  );
}
