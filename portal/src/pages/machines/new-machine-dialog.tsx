import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';
import { freshScope, isUseful, ScopeFields, scopeBody } from './scope-fields.tsx';

/** Makes an account for a program, which the caller answers for. */
export function NewMachineDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState(freshScope);
  const navigate = useNavigate();
  const make = useAction('machines.create', {
    refreshes: ['machines.list'],
    onDone: ({ id }) => void navigate({ to: '/people/service-accounts/$machineId', params: { machineId: id } }),
  });
  return (
    <FormDialog
      title="New service account"
      size="lg"
      act="Make the account"
      isReady={isUseful(scope)}
      action={make}
      onSubmit={() => make.mutate({ body: { name: name.trim(), ...scopeBody(scope) } })}
      onClose={onClose}
    >
      <NameField
        description="The program or agent. You answer for it."
        maxLength={120}
        error={make.error}
        value={name}
        onChange={setName}
      />
      <ScopeFields value={scope} error={make.error} onChange={setScope} />
      <p className="quiet">
        What it may do comes from roles in projects, as for people: give it one on the project’s page.
      </p>
    </FormDialog>
  );
}
