import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Column, Columns } from '../../components/columns.tsx';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { CommonFields, SecretField } from './common-fields.tsx';
import { LdapFields } from './ldap-fields.tsx';
import { OidcFields } from './oidc-fields.tsx';
import type { ProviderDraft } from './providers.ts';
import { kindTitle } from './providers.ts';
import { SamlFields } from './saml-fields.tsx';
import styles from './sign-in.module.css';

/** The settings of a provider; nothing is kept before it is saved. */
export function ProviderForm({
  initial,
  hasSecret,
  act,
  action,
  extra,
  onSave,
}: {
  initial: ProviderDraft;
  hasSecret: boolean;
  act: string;
  action: { readonly isPending: boolean; readonly error: unknown };
  extra?: ReactNode;
  onSave: (draft: ProviderDraft, secret: string | undefined) => void;
}) {
  const [draft, setDraft] = useState(initial);
  const [secret, setSecret] = useState('');
  const { error } = action;
  const submit = () => onSave(draft, secret === '' ? undefined : secret);
  return (
    <Form onSubmit={submit}>
      <Columns>
        <Column>
          <Panel title={kindTitle(draft.kind)}>
            {draft.kind === 'ldap' && <LdapFields draft={draft} error={error} onChange={setDraft} />}
            {draft.kind === 'saml' && <SamlFields draft={draft} error={error} onChange={setDraft} />}
            {draft.kind === 'oidc' && <OidcFields draft={draft} error={error} onChange={setDraft} />}
            <div className={styles.secret}>
              <SecretField draft={draft} isKept={hasSecret} secret={secret} error={error} onChange={setSecret} />
            </div>
          </Panel>
        </Column>
        <Column>
          <Panel title="At the gate">
            <CommonFields draft={draft} error={error} onChange={setDraft} />
            <ProblemNotice error={error} />
            <Button type="submit" mt="md" loading={action.isPending}>
              {act}
            </Button>
          </Panel>
          {extra}
        </Column>
      </Columns>
    </Form>
  );
}
