import { Button, Group, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction } from '../../api/queries.ts';
import { CopyText } from '../../components/copy-text.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import styles from './profile-page.module.css';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes-dialog.tsx';

/** Enrols an authenticator app: scan, type the first code, keep the recovery codes. */
export function EnrolDialog({
  enrolment,
  onClose,
}: {
  enrolment: OperationOutput<'me.beginTotp'>;
  onClose: () => void;
}) {
  const [code, setCode] = useState('');
  const confirm = useAction('me.confirmTotp', { refreshes: ['me.get', 'me.listSessions', 'users.list'] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate({ body: { code: code.replaceAll(/\s/g, '') } });
  };
  return (
    <Dialog
      onClose={onClose}
      size="lg"
      closeOnClickOutside={false}
      title={confirm.data ? 'Keep your recovery codes' : 'Enrol an authenticator app'}
    >
      {confirm.data ? (
        <RecoveryCodes codes={confirm.data.recoveryCodes} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <div className={styles.enrol}>
              <QrCode svg={enrolment.qrSvg} />
              <Stack gap="md">
                <p>Scan this with your authenticator app, or type the secret into it.</p>
                <CopyText text={enrolment.secret} label="secret" />
                <TextInput
                  label="First code"
                  description="The six digits the app shows now"
                  required
                  withAsterisk={false}
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  maxLength={8}
                  data-autofocus
                  value={code}
                  onChange={event => setCode(event.currentTarget.value)}
                />
              </Stack>
            </div>
            {confirm.error !== null && <ProblemNotice error={confirm.error} />}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={confirm.isPending}>
                Enrol
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
