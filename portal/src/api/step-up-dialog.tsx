import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { call } from './api.ts';
import type { Me } from './queries.ts';
import { useAction } from './queries.ts';
import { provideConfirmation } from './step-up.ts';
import { ceremonyProblem, mayUsePasskeys, usePasskeyOnce } from './web-authn.ts';

/** Asks for password and code before a sensitive change, then lets the waiting call go on. */
export function StepUpDialog() {
  const answer = useRef<(proved: boolean) => void>(undefined);
  const [open, setOpen] = useState(false);
  useEffect(
    () =>
      provideConfirmation(() => {
        setOpen(true);
        return new Promise<boolean>(resolve => {
          answer.current = resolve;
        });
      }),
    [],
  );
  const settle = useCallback((proved: boolean) => {
    setOpen(false);
    answer.current?.(proved);
    answer.current = undefined;
  }, []);
  return (
    <Modal stackId="proof" opened={open} onClose={() => settle(false)} title="Confirm that it is you" size="sm">
      <StepUpForm onProved={() => settle(true)} onCancel={() => settle(false)} />
    </Modal>
  );
}

function StepUpForm({ onProved, onCancel }: { onProved: () => void; onCancel: () => void }) {
  const me = useQueryClient().getQueryData<Me>(['me.get', undefined]);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const prove = useAction('me.reauthenticate', { refreshes: ['me.get', 'me.listSessions'], onDone: onProved });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    prove.mutate({ body: { password, ...(code === '' ? {} : { code: code.trim() }) } });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          This change is sensitive. It asks for fresh proof once in 15 minutes, so that an unlocked screen is not
          enough.
        </Text>
        <input type="text" name="username" autoComplete="username" value={me?.person.email ?? ''} readOnly hidden />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        {me?.person.factors.totp && (
          <TextInput
            label="Code"
            description="Six digits from your authenticator app, or a recovery code"
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            value={code}
            onChange={event => setCode(event.currentTarget.value)}
          />
        )}
        {prove.error !== null && <ProblemNotice error={prove.error} />}
        {me !== undefined && me.person.factors.passkeys > 0 && mayUsePasskeys() && <ByPasskey onProved={onProved} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={prove.isPending}>
            Confirm
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The same proof by a passkey, without typing anything. */
function ByPasskey({ onProved }: { onProved: () => void }) {
  const queries = useQueryClient();
  const prove = useMutation({
    mutationFn: async () => {
      const options = await call('me.beginPasskeyProof');
      const response = await usePasskeyOnce(options).catch((error: unknown) => {
        throw new Error(ceremonyProblem(error), { cause: error });
      });
      return call('me.reauthenticateByPasskey', { body: { response } });
    },
    onSuccess: async () => {
      onProved();
      await queries.invalidateQueries({ queryKey: ['me.get'] });
    },
  });
  return (
    <>
      <Button variant="default" type="button" loading={prove.isPending} onClick={() => prove.mutate()}>
        Use a passkey instead
      </Button>
      {prove.error !== null && <ProblemNotice error={prove.error} />}
    </>
  );
}
