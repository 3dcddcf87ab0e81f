import { Button, Group, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { OneTimeLink } from '../../components/one-time-link.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { Person } from './people-table.tsx';
import { FactorState } from './people-table.tsx';

/** How a person proves who they are, and the ways back in when they cannot. */
export function PersonSignIn({ person, mayManage, isSelf }: { person: Person; mayManage: boolean; isSelf: boolean }) {
  const [isRemoving, setRemoving] = useState(false);
  const link = useAction('users.issueLink');
  const remove = useAction('users.resetFactors', {
    refreshes: ['users.get', 'users.list', 'users.listSessions', 'system.overview'],
    onDone: () => {
      setRemoving(false);
      notifications.show({ message: `${person.name} sets up new factors at the next sign-in.` });
    },
  });
  const hasFactors = person.factors.totp || person.factors.passkeys > 0;
  const purpose = person.hasPassword ? 'recovery' : 'invitation';
  return (
    <Panel title="Signing in">
      <Facts>
        <Fact name="Password">{person.hasPassword ? 'Set' : 'Not set yet'}</Fact>
        <Fact name="Second factor">
          <FactorState person={person} />
        </Fact>
      </Facts>
      {mayManage && !isSelf && (
        <Group gap={8} mt={14}>
          <Button
            size="xs"
            variant="default"
            loading={link.isPending}
            onClick={() => link.mutate({ params: { id: person.id }, body: { purpose } })}
          >
            {person.hasPassword ? 'Make a recovery link' : 'Make a new invitation'}
          </Button>
          {hasFactors && (
            <Button size="xs" variant="default" onClick={() => setRemoving(true)}>
              Remove lost factors
            </Button>
          )}
          <ProblemNotice error={link.error} />
        </Group>
      )}
      <Modal
        opened={link.data !== undefined}
        onClose={link.reset}
        closeOnClickOutside={false}
        title={purpose === 'recovery' ? 'Recovery link' : 'Invitation'}
      >
        {link.data && <OneTimeLink {...link.data} name={person.name} onClose={link.reset} />}
      </Modal>
      {isRemoving && (
        <ConfirmDialog
          title="Remove all second factors?"
          act="Remove them"
          isDangerous
          action={remove}
          onConfirm={() => remove.mutate({ params: { id: person.id } })}
          onClose={() => setRemoving(false)}
        >
          <p>
            Do this only when {person.name} lost them and you are sure that it is they who ask. App, passkeys and
            recovery codes go, all their sessions end, and until the next sign-in a password alone stands before the
            account.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
