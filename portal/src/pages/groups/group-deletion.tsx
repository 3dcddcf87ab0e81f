import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import { plural } from '../../components/time.ts';
import type { Group } from './sources.ts';

/** The end of a group: its people lose at once what they have by it. */
export function GroupDeletion({ group }: { group: Group }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const remove = useAction('groups.delete', {
    refreshes: ['groups.list', 'grants.list'],
    onDone: () => void navigate({ to: '/people/groups' }),
  });
  return (
    <Panel title="Delete the group" tone="danger">
      <p>
        {group.source.kind === 'local'
          ? 'Everybody in it loses what they have by it, with the next request.'
          : 'Everybody in it loses what they have by it. It comes again, without grants, when its source tells of it.'}
      </p>
      <Button mt="sm" color="rust" variant="outline" onClick={() => setAsking(true)}>
        Delete the group
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Delete ${group.name}`}
          act="Delete"
          isDangerous
          action={remove}
          onClose={() => setAsking(false)}
          onConfirm={() => remove.mutate({ params: { id: group.id } })}
        >
          {plural(group.memberCount, 'person', 'people')} will lose what this group is granted.
        </ConfirmDialog>
      )}
    </Panel>
  );
}
