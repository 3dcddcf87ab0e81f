import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Me } from '../../api/queries.ts';
import { useAction } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { EnrolDialog } from './enrol-dialog.tsx';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';

/** The authenticator app and the recovery codes that stand in for it. */
export function SecondFactor({ me }: { me: Me }) {
  const [isRemoving, setRemoving] = useState(false);
  const isEnrolled = me.person.factors.totp;
  const begin = useAction('me.beginTotp');
  const codes = useAction('me.makeRecoveryCodes');
  const remove = useAction('me.removeTotp', { refreshes: ['me.get', 'users.list'], onDone: () => setRemoving(false) });
  const error = begin.error ?? codes.error;
  return (
    <Panel title="Authenticator app" note="With a second factor, a stolen password alone opens nothing.">
      <StateDot level={isEnrolled || me.person.factors.passkeys > 0 ? 'good' : 'warn'}>
        {stateWords(me.person.factors)}
      </StateDot>
      <Group gap={8} mt={14}>
        <Button variant={isEnrolled ? 'default' : 'filled'} loading={begin.isPending} onClick={() => begin.mutate({})}>
          {isEnrolled ? 'Change the app' : 'Enrol an authenticator app'}
        </Button>
        {isEnrolled && (
          <Button variant="default" loading={codes.isPending} onClick={() => codes.mutate({})}>
            New recovery codes
          </Button>
        )}
        {isEnrolled && !me.mfaCompulsory && (
          <Button variant="default" onClick={() => setRemoving(true)}>
            Remove
          </Button>
        )}
        <ProblemNotice error={error} />
      </Group>
      {begin.data && <EnrolDialog enrolment={begin.data} onClose={begin.reset} />}
      {codes.data && <RecoveryCodesDialog codes={codes.data.recoveryCodes} onClose={codes.reset} />}
      {isRemoving && (
        <ConfirmDialog
          title="Remove the authenticator app?"
          act="Remove the app"
          isDangerous
          action={remove}
          onConfirm={() => remove.mutate({})}
          onClose={() => setRemoving(false)}
        >
          <p>Your password alone will protect the account, and your recovery codes are void.</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}

function stateWords({ passkeys, totp }: Me['person']['factors']): string {
  if (totp) return 'An authenticator app is enrolled';
  return passkeys > 0 ? 'None, but you have a passkey' : 'None: your password is all that protects the account';
}
