import { Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction } from '../../api/queries.ts';
import { CopyText } from '../../components/copy-text.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
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
  return (
    <FormDialog
      title={confirm.data ? 'Keep your recovery codes' : 'Enrol an authenticator app'}
      size="lg"
      isHeld
      act="Enrol"
      action={confirm}
      onSubmit={() => confirm.mutate({ body: { code: code.replaceAll(/\s/g, '') } })}
      onClose={onClose}
      done={confirm.data && <RecoveryCodes codes={confirm.data.recoveryCodes} onClose={onClose} />}
    >
      <div className={styles.enrol}>
        <QrCode svg={enrolment.qrSvg} />
        <Stack gap="md">
          <p>Scan this with your authenticator app, or type the secret into it.</p>
          <CopyText text={enrolment.secret} label="secret" />
          <TextInput
            label="First code"
            description="The six digits the app shows now"
            required
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            data-autofocus
            value={code}
            onChange={event => setCode(event.currentTarget.value)}
          />
        </Stack>
      </div>
    </FormDialog>
  );
}
