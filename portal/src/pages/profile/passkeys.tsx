import { Button } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { call } from '../../api/api.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { ceremonyProblem, makePasskey, mayUsePasskeys } from '../../api/web-authn.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { Moment } from '../../components/moment.tsx';
import { NameField } from '../../components/name-field.tsx';
import { Panel } from '../../components/panel.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { actsColumn, lastUsedColumn } from '../../components/table-columns.tsx';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';

type Factors = OperationOutput<'me.getFactors'>;
type Passkey = Factors['passkeys'][number];

const refreshes = ['me.get', 'me.getFactors', 'me.listSessions', 'me.listNotices'] as const;

/** The own passkeys: signing in without a password, where no false page can catch anything. */
export function Passkeys() {
  const factors = useApi('me.getFactors');
  const [isMaking, setMaking] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>([]);
  return (
    <Panel
      title="Passkeys"
      note="Sign in with your device or a security key. Nothing is typed that a false page could catch."
      flush
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFingerprint size={15} stroke={1.7} />}
          disabled={!mayUsePasskeys()}
          onClick={() => setMaking(true)}
        >
          Add a passkey
        </Button>
      }
    >
      <Answer query={factors}>
        {data =>
          data.passkeys.length === 0 ? (
            <EmptyState title="No passkey yet">
              {mayUsePasskeys()
                ? 'Add one on this device, or plug in a security key.'
                : 'This browser cannot use passkeys.'}
            </EmptyState>
          ) : (
            <PasskeyTable passkeys={data.passkeys} />
          )
        }
      </Answer>
      {isMaking && (
        <NewPasskeyDialog
          onClose={() => setMaking(false)}
          onMade={made => {
            setMaking(false);
            setCodes(made);
          }}
        />
      )}
      {codes.length > 0 && <RecoveryCodesDialog codes={codes} onClose={() => setCodes([])} />}
    </Panel>
  );
}

function NewPasskeyDialog({ onClose, onMade }: { onClose: () => void; onMade: (codes: readonly string[]) => void }) {
  const [name, setName] = useState('');
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: async () => {
      const options = await call('me.beginPasskey');
      const response = await makePasskey(options).catch((error: unknown) => {
        throw new Error(ceremonyProblem(error), { cause: error });
      });
      return call('me.addPasskey', { body: { name: name.trim(), response } });
    },
    onSuccess: async ({ recoveryCodes }) => {
      onMade(recoveryCodes);
      await Promise.all(refreshes.map(operation => queries.invalidateQueries({ queryKey: [operation] })));
    },
  });
  return (
    <FormDialog title="Add a passkey" act="Go on" action={make} onSubmit={() => make.mutate()} onClose={onClose}>
      <NameField
        description="Where it is kept, as “Work laptop” or “Blue key”"
        maxLength={60}
        error={make.error}
        value={name}
        onChange={setName}
      />
      <p className="quiet">Your browser asks next. Other sessions of yours end when it is kept.</p>
    </FormDialog>
  );
}

function PasskeyTable({ passkeys }: { passkeys: readonly Passkey[] }) {
  const [removing, setRemoving] = useState<Passkey>();
  const remove = useAction('me.removePasskey', { refreshes, onDone: () => setRemoving(undefined) });
  return (
    <>
      <DataTable
        label="Passkeys"
        rows={passkeys}
        rowKey={({ id }) => id}
        columns={[
          { key: 'name', header: 'Passkey', width: 'minmax(0, 2fr)', narrow: 'title', cell: ({ name }) => name },
          {
            key: 'kept',
            header: 'Kept',
            width: 'minmax(0, 1.6fr)',
            cell: ({ backedUp, synced }) =>
              backedUp
                ? 'Also elsewhere, by its provider'
                : synced
                  ? 'Can be copied by its provider'
                  : 'On this device only',
          },
          { key: 'made', header: 'Added', width: '110px', cell: ({ createdAt }) => <Moment time={createdAt} /> },
          lastUsedColumn,
          {
            ...actsColumn,
            width: '84px',
            cell: passkey => (
              <RowButton aria-label={`Remove ${passkey.name}`} onClick={() => setRemoving(passkey)}>
                Remove
              </RowButton>
            ),
          },
        ]}
      />
      {removing && (
        <ConfirmDialog
          title={`Remove ${removing.name}`}
          act="Remove"
          isDangerous
          action={remove}
          onClose={() => setRemoving(undefined)}
          onConfirm={() => remove.mutate({ params: { id: removing.id } })}
        >
          It opens nothing any more, and your other sessions end.
        </ConfirmDialog>
      )}
    </>
  );
}
