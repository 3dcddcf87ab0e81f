import { Button, PasswordInput, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import type { Me } from '../../api/queries.ts';
import { useAction } from '../../api/queries.ts';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';

/** Changes the own password; every other session ends with it. */
export function PasswordForm({ me }: { me: Me }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useAction('me.changePassword', {
    refreshes: ['me.listSessions', 'me.get'],
    onDone: () => {
      setCurrent('');
      setNext('');
      notifications.show({ message: 'The password is changed. All your other sessions have ended.' });
    },
  });
  const submit = () => change.mutate({ body: { current, next } });
  return (
    <Panel title="Password" note="Changing it ends all your other sessions.">
      <Form onSubmit={submit}>
        <input type="text" name="username" autoComplete="username" value={me.person.email} readOnly hidden />
        <Stack gap="md" align="flex-start">
          <PasswordInput
            label="Present password"
            w="100%"
            required
            maxLength={128}
            autoComplete="current-password"
            value={current}
            onChange={event => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="Long is better than strange: a few words are good"
            w="100%"
            required
            maxLength={128}
            autoComplete="new-password"
            error={fieldError(change.error, 'next')}
            value={next}
            onChange={event => setNext(event.currentTarget.value)}
          />
          <ProblemNotice error={change.error} />
          <Button type="submit" variant="default" disabled={current === '' || next === ''} loading={change.isPending}>
            Change the password
          </Button>
        </Stack>
      </Form>
    </Panel>
  );
}
