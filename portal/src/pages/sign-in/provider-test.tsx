import { Button, Group, PasswordInput, TextInput } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction } from '../../api/queries.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { FieldRow } from '../../components/field-row.tsx';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { Provider } from './providers.ts';
import styles from './sign-in.module.css';

type Report = OperationOutput<'providers.probe'>;

/** Reaches the provider step by step, and tries a sign-in without signing anybody in. */
export function ProviderTest({ provider }: { provider: Provider }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const probe = useAction('providers.probe', { timeoutMs: 40_000 });
  const isDirectory = provider.provider.kind === 'ldap';
  const submit = () => {
    const given = { ...(login.trim() === '' ? {} : { login: login.trim() }), ...(password === '' ? {} : { password }) };
    probe.mutate({ params: { id: provider.id }, body: isDirectory ? given : {} });
  };
  return (
    <Panel
      title="Try it"
      note={
        isDirectory
          ? 'Connects, encrypts, binds and searches; with a login it finds that person and their groups.'
          : 'Reaches the provider. A test sign-in goes the whole way and shows what came, without signing anybody in.'
      }
    >
      <Form onSubmit={submit}>
        <FieldRow>
          {isDirectory && (
            <>
              <TextInput
                label="A login to find"
                autoComplete="off"
                value={login}
                onChange={event => setLogin(event.currentTarget.value)}
              />
              <PasswordInput
                label="Its password, to prove it"
                autoComplete="off"
                value={password}
                onChange={event => setPassword(event.currentTarget.value)}
              />
            </>
          )}
          <Group gap={6} justify="flex-end">
            {!isDirectory && (
              <Button component="a" href={`/.sallyport/sso/${provider.slug}/start?purpose=test`} target="_blank">
                Test sign-in
              </Button>
            )}
            <Button type="submit" variant="default" loading={probe.isPending}>
              {isDirectory ? 'Try' : 'Reach it'}
            </Button>
          </Group>
        </FieldRow>
      </Form>
      <ProblemNotice error={probe.error} />
      {probe.data && <Shown report={probe.data} />}
    </Panel>
  );
}

const accounts = {
  known: 'An account that is linked to it',
  linked: 'An account that exists, which would be linked',
  new: 'A new account',
  refused: 'Nobody',
} as const;

function Shown({ report }: { report: Report }) {
  const { account, groups, identity, steps } = report;
  return (
    <>
      <ol className={styles.steps}>
        {steps.map(step => (
          <li key={step.name}>
            <span data-ok={step.ok}>
              {step.ok ? <IconCheck size={16} aria-label="Good" /> : <IconX size={16} aria-label="Failed" />}
            </span>
            <span>
              {step.name}
              <small>{step.detail}</small>
            </span>
          </li>
        ))}
      </ol>
      {identity && (
        <Facts>
          <Fact name="Who">{identity.name ?? identity.subject}</Fact>
          <Fact name="E-mail">
            {identity.email ?? 'none'}
            {identity.email !== null && !identity.isEmailVerified && ' (not vouched for)'}
          </Fact>
          <Fact name="Would be">
            {accounts[account.kind]}
            {account.reason !== null && `: ${account.reason}`}
          </Fact>
          <Fact name="Groups">{groups.length === 0 ? 'none' : groups.map(group => group.name).join(', ')}</Fact>
        </Facts>
      )}
    </>
  );
}
