import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import { SessionTable } from '../../components/session-table.tsx';
import type { Person } from './people-table.tsx';

/** Where a person is signed in, and the way to end it all at once. */
export function PersonSessions({ person }: { person: Person }) {
  const [isAsking, setAsking] = useState(false);
  const sessions = useApi('users.listSessions', { params: { id: person.id } });
  const end = useAction('users.endSessions', {
    refreshes: ['users.listSessions', 'system.overview'],
    onDone: () => setAsking(false),
  });
  const isAnyLive = sessions.data?.sessions.some(session => session.endedAt === null) ?? false;
  return (
    <Panel
      title="Sessions"
      flush
      actions={
        isAnyLive && (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            End all sessions
          </Button>
        )
      }
    >
      <Answer query={sessions}>{data => <SessionTable sessions={data.sessions} />}</Answer>
      {isAsking && (
        <ConfirmDialog
          title="End all sessions?"
          act="End all sessions"
          action={end}
          onConfirm={() => end.mutate({ params: { id: person.id } })}
          onClose={() => setAsking(false)}
        >
          <p>
            {person.name} is signed out everywhere with the next request and has to sign in again. Running workflows go
            on.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
