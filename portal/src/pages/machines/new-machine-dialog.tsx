import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { OperationInput } from '../../../../src/admin/contract/contract.ts';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { Scope } from './scope-fields.tsx';
import { ScopeFields } from './scope-fields.tsx';

type Permissions = OperationInput<'machines.create'>['body']['permissions'];

/** Makes an account for a program, which the caller answers for. */
export function NewMachineDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>({ sites: [], paths: ['/'], permissions: ['workflow.read'] });
  const navigate = useNavigate();
  const make = useAction('machines.create', {
    refreshes: ['machines.list'],
    onDone: ({ id }) => void navigate({ to: '/people/service-accounts/$machineId', params: { machineId: id } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { paths, permissions, sites } = scope;
    make.mutate({
      body: {
        name: name.trim(),
        sites: [...sites],
        paths: paths.length === 0 ? ['/'] : [...paths],
        // The choice holds permissions of the contract only.
        permissions: [...permissions] as Permissions,
      },
    });
  };
  return (
    <Dialog onClose={onClose} title="New service account" size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            description="The program or agent. You answer for it."
            required
            withAsterisk={false}
            maxLength={120}
            data-autofocus
            error={fieldError(make.error, 'name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <ScopeFields value={scope} error={make.error} onChange={setScope} />
          <p className="quiet">
            What it may do comes from roles in projects, as for people: give it one on the project’s page.
          </p>
          {make.error !== null && <ProblemNotice error={make.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={scope.sites.length === 0 || scope.permissions.length === 0}
              loading={make.isPending}
            >
              Make the account
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
