import { PasswordInput, Stack, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { OptionalNumber } from '../../components/optional-number.tsx';
import type { ProviderDraft } from './providers.ts';
import { secretLabel } from './providers.ts';
import styles from './sign-in.module.css';

export interface DraftProps<D extends ProviderDraft = ProviderDraft> {
  readonly draft: D;
  readonly error: unknown;
  readonly onChange: (draft: D) => void;
}

/** Its name, for whom it speaks, and how much its word counts. */
export function CommonFields({ draft, error, onChange }: DraftProps) {
  const set = (change: Partial<Omit<ProviderDraft, 'kind' | 'settings'>>) => onChange({ ...draft, ...change });
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description={
          draft.kind === 'ldap'
            ? 'People sign in by the ordinary form; this is for you and the log'
            : 'On the sign-in page, as “Continue with …”; its address here is made from it'
        }
        required
        maxLength={60}
        error={fieldError(error, 'provider.name')}
        value={draft.name}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <TagsInput
        label="Domains it speaks for"
        description="Of e-mail addresses, as example.org. Only people with such an address get an account, or are joined to theirs"
        placeholder={draft.domains?.length === 0 ? 'example.org' : ''}
        error={fieldError(error, 'provider.domains')}
        value={[...(draft.domains ?? [])]}
        onChange={domains => set({ domains: domains.map(domain => domain.trim().toLowerCase()) })}
      />
      <Switch
        label="Make an account for who comes the first time"
        description="Otherwise only who was invited or provisioned gets in"
        checked={draft.createsAccounts !== false}
        onChange={event => set({ createsAccounts: event.currentTarget.checked })}
      />
      <Switch
        label="Its second factor (MFA) counts here"
        description="Otherwise who needs a second factor proves one here too"
        checked={draft.trustsMfa === true}
        onChange={event => set({ trustsMfa: event.currentTarget.checked })}
      />
      <OptionalNumber
        label="Sessions begun there end after"
        description="Hours; empty: as all sessions do"
        min={1}
        max={168}
        value={draft.sessionHoursMax ?? null}
        error={fieldError(error, 'provider.sessionHoursMax')}
        onChange={sessionHoursMax => set({ sessionHoursMax })}
      />
      <Switch
        label="People can sign in through it"
        checked={draft.enabled !== false}
        onChange={event => set({ enabled: event.currentTarget.checked })}
      />
    </Stack>
  );
}

/** The provider's own secret; never read back. */
export function SecretField({
  draft,
  isKept,
  secret,
  error,
  onChange,
}: {
  draft: ProviderDraft;
  isKept: boolean;
  secret: string;
  error: unknown;
  onChange: (secret: string) => void;
}) {
  const label = secretLabel(draft);
  if (label === undefined) return null;
  const shared = {
    label,
    placeholder: isKept ? 'Kept; type to replace it' : '',
    error: fieldError(error, 'secret'),
    value: secret,
  };
  return label.includes('PEM') ? (
    <Textarea
      {...shared}
      className={styles.pem ?? ''}
      autosize
      minRows={3}
      maxRows={8}
      spellCheck={false}
      onChange={event => onChange(event.currentTarget.value)}
    />
  ) : (
    <PasswordInput {...shared} autoComplete="off" onChange={event => onChange(event.currentTarget.value)} />
  );
}

/** Certificates in PEM, or none. */
export function PemField({
  label,
  description,
  value,
  error,
  onChange,
}: {
  label: string;
  description: string;
  value: string | null | undefined;
  error: string | undefined;
  onChange: (pem: string | null) => void;
}) {
  return (
    <Textarea
      label={label}
      description={description}
      placeholder="-----BEGIN CERTIFICATE-----"
      className={styles.pem ?? ''}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      error={error}
      value={value ?? ''}
      onChange={event => {
        const text = event.currentTarget.value;
        onChange(text.trim() === '' ? null : text);
      }}
    />
  );
}
