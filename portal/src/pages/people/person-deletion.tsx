import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import type { Person } from './people-table.tsx';

/** Takes an account away for good. */
export function PersonDeletion({ person }: { person: Person }) {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const remove = useAction('users.delete', {
    refreshes: ['users.list', 'system.overview'],
    onDone: () => void navigate({ to: '/people' }),
  });
  return (
    <Panel title="Delete" tone="danger" note="To keep somebody out for a while, disable the account instead.">
      <Button color="rust" variant="outline" onClick={() => setOpen(true)}>
        Delete this person
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={`Delete ${person.name}?`}
          act="Delete the person"
          typed={person.email}
          isDangerous
          action={remove}
          onConfirm={() => remove.mutate({ params: { id: person.id } })}
          onClose={() => setOpen(false)}
        >
          <p>
            The account, its sessions and its project roles are gone for good. What was recorded stays in the audit log.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
