import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Form } from '../../components/form.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { Detected } from './protect-page.tsx';
import { originOf } from './site-facts.ts';

/** Where the application listens now. */
export function ProtectAddress({ onDetected }: { onDetected: (upstream: string, detected: Detected) => void }) {
  const [address, setAddress] = useState('');
  const upstream = originOf(address);
  const detect = useAction('sites.detect', { onDone: detected => onDetected(upstream, detected) });
  const wrong = fieldError(detect.error, 'upstream');
  const submit = () => detect.mutate({ body: { upstream } });
  return (
    <Form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Address of the application"
          description="As this machine reaches it. Only the gate should be able to: close its port to everybody else."
          placeholder="http://localhost:5678"
          required
          autoFocus
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          error={wrong}
          value={address}
          onChange={event => setAddress(event.currentTarget.value)}
        />
        {detect.error !== null && wrong === undefined && <ProblemNotice error={detect.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={detect.isPending}>
            Look at it
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
