import { Button, Group, Loader, Stack } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction } from '../../api/queries.ts';
import { CopyText } from '../../components/copy-text.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import styles from './verify-dialog.module.css';

const tenMinutesMs = 600_000;

/** Has the whole log read again and every hash checked, and says what came out. */
export function VerifyDialog({ onClose }: { onClose: () => void }) {
  const verify = useAction('audit.verify', { timeoutMs: tenMinutesMs });
  const { mutate } = verify;
  useEffect(() => mutate({}), [mutate]);
  return (
    <Dialog onClose={onClose} title="Verify the log" size="lg">
      <Stack gap="md" aria-live="polite">
        {verify.data === undefined && verify.error === null && (
          <Group gap="sm">
            <Loader size="sm" /> Reading the whole log from disk and checking every hash …
          </Group>
        )}
        {verify.error !== null && <ProblemNotice error={verify.error} onRetry={() => mutate({})} />}
        {verify.data && <Result result={verify.data} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Result({ result }: { result: OperationOutput<'audit.verify'> }) {
  return (
    <>
      <p className={styles.verdict} data-ok={result.ok}>
        {result.ok ? (
          <IconCircleCheck size={22} stroke={1.7} aria-hidden />
        ) : (
          <IconCircleX size={22} stroke={1.7} aria-hidden />
        )}
        {result.ok ? 'The log is whole: every record is there and unchanged.' : 'The log does not verify.'}
      </p>
      {result.problems.length > 0 && (
        <ul className={styles.problems}>
          {result.problems.map(problem => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <Facts>
        <Fact name="Records">{result.records.toLocaleString('en-GB')}</Fact>
        <Fact name="Numbers">
          {result.firstSeq.toLocaleString('en-GB')} to {result.lastSeq.toLocaleString('en-GB')}
        </Fact>
        <Fact name="Segments">{result.segments.toLocaleString('en-GB')}</Fact>
      </Facts>
      <div>
        <p className={styles.note}>
          Hash of the last record. Keep it somewhere else: a later log must still contain it.
        </p>
        <CopyText text={result.head} label="hash" />
      </div>
    </>
  );
}
