import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Form } from '../../components/form.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import type { Site } from './site-facts.ts';
import { accountLabel } from './site-facts.ts';

/** Takes the platform's own owner account, by which the gate makes an account for each person. */
export function PlatformAccountForm({ site }: { site: Site }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const give = useAction('sites.setPlatformAccount', {
    refreshes: ['sites.list', 'sites.get'],
    onDone: () => setPassword(''),
  });
  const state = accountLabel(give.isSuccess ? 'ready' : site.platformAccount);
  const submit = () => give.mutate({ params: { id: site.id }, body: { email: email.trim(), password } });
  return (
    <Form onSubmit={submit}>
      <Stack gap="md">
        <StateDot level={state.level}>{state.text}</StateDot>
        <p className="quiet">
          The e-mail address and password of the platform’s own owner. They are tried once, kept sealed, and never reach
          a browser.
        </p>
        <TextInput
          label="E-mail of the platform owner"
          type="email"
          required
          autoComplete="off"
          error={fieldError(give.error, 'email')}
          value={email}
          onChange={event => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password on the platform"
          required
          autoComplete="off"
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <ProblemNotice error={give.error} />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={give.isPending}>
            {site.platformAccount === 'ready' ? 'Replace the account' : 'Give the account'}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
