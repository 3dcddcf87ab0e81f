import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';
import type { KeyLife } from '../keys/key-life.tsx';
import { endOfLife, KeyLifeField } from '../keys/key-life.tsx';
import { KeySecret } from '../keys/key-secret.tsx';
import type { Machine } from './machines-page.tsx';

/** Makes a client secret for a service account. */
export function NewSecretDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const [name, setName] = useState('');
  const [life, setLife] = useState<KeyLife>('90d');
  const make = useAction('machines.createSecret', { refreshes: ['machines.get', 'machines.list'] });
  return (
    <FormDialog
      title={make.data ? 'Secret made' : 'New secret'}
      act="Make the secret"
      action={make}
      onSubmit={() =>
        make.mutate({ params: { id: machine.id }, body: { name: name.trim(), expiresAt: endOfLife(life) } })
      }
      onClose={onClose}
      done={
        make.data && (
          <KeySecret token={make.data.secret} onClose={onClose}>
            Give it to <strong>{machine.name}</strong> together with its client id.
          </KeySecret>
        )
      }
    >
      <NameField
        description="Where it will be kept"
        maxLength={120}
        error={make.error}
        value={name}
        onChange={setName}
      />
      <KeyLifeField label="Ends after" value={life} onChange={setLife} />
    </FormDialog>
  );
}
