import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Form } from '../components/form.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { call } from './api.ts';
import type { Me } from './queries.ts';
import { useAction } from './queries.ts';
import { provideConfirmation } from './step-up.ts';
import { ceremonyProblem, mayUsePasskeys, usePasskeyOnce } from './web-authn.ts';

/**
 * Asks for password and code, or for a passkey, before a sensitive change, then lets the waiting call go on. Who can prove it only at an
 * identity provider is led to the gate's own page and back.
 */
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
      <StepUpProof onProved={() => settle(true)} onCancel={() => settle(false)} />
    </Modal>
  );
}

function StepUpProof(settled: { onProved: () => void; onCancel: () => void }) {
  const me = useQueryClient().getQueryData<Me>(['me.get', undefined]);
  // A directory takes the password in the same form as the gate does.
  const mayType = me === undefined || me.person.hasPassword || me.session.methods.includes('ldap');
  return mayType ? <StepUpForm {...settled} /> : <StepUpElsewhere {...settled} />;
}

/** Leaves the page: what the provider says comes back to the gate, not to here. */
function StepUpElsewhere({ onProved, onCancel }: { onProved: () => void; onCancel: () => void }) {
  const me = useQueryClient().getQueryData<Me>(['me.get', undefined]);
  const here = `${window.location.pathname}${window.location.search}`;
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        This change is sensitive. It asks for fresh proof once in 15 minutes, so that an unlocked screen is not enough.
        You prove it where you sign in, come back to this page and begin the change again.
      </Text>
      {me !== undefined && me.person.factors.passkeys > 0 && mayUsePasskeys() && (
        <ByPasskey label="Use a passkey" onProved={onProved} />
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button component="a" href={`/.sallyport/reauthenticate?return_to=${encodeURIComponent(here)}`} data-autofocus>
          Confirm where you sign in
        </Button>
      </Group>
    </Stack>
  );
}

function StepUpForm({ onProved, onCancel }: { onProved: () => void; onCancel: () => void }) {
  const me = useQueryClient().getQueryData<Me>(['me.get', undefined]);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const prove = useAction('me.reauthenticate', { refreshes: ['me.get', 'me.listSessions'], onDone: onProved });
  const submit = () => prove.mutate({ body: { password, ...(code === '' ? {} : { code: code.trim() }) } });
  return (
    <Form onSubmit={submit}>
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
            value={code}
            onChange={event => setCode(event.currentTarget.value)}
          />
        )}
        <ProblemNotice error={prove.error} />
        {me !== undefined && me.person.factors.passkeys > 0 && mayUsePasskeys() && (
          <ByPasskey label="Use a passkey instead" onProved={onProved} />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={prove.isPending}>
            Confirm
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}

/** The same proof by a passkey, without typing anything. */
function ByPasskey({ label, onProved }: { label: string; onProved: () => void }) {
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
        {label}
      </Button>
      <ProblemNotice error={prove.error} />
    </>
  );
}
