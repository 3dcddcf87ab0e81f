import { Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { Choice } from '../../components/choice.tsx';
import { FieldRow } from '../../components/field-row.tsx';
import type { DraftProps } from './common-fields.tsx';
import { PemField } from './common-fields.tsx';
import type { OidcDraft } from './providers.ts';

const methods = [
  { value: 'client_secret_basic', label: 'Secret, in the header' },
  { value: 'client_secret_post', label: 'Secret, in the form' },
  { value: 'private_key_jwt', label: 'Private key' },
  { value: 'none', label: 'None (public client)' },
] as const;

/** Which provider, as which client, and which of its claims mean what. */
export function OidcFields({ draft, error, onChange }: DraftProps<OidcDraft>) {
  const { settings } = draft;
  const claims = settings.claims ?? {};
  const set = (change: Partial<OidcDraft['settings']>) => onChange({ ...draft, settings: { ...settings, ...change } });
  const wrong = (field: string) => fieldError(error, `provider.settings.${field}`);
  return (
    <Stack gap="md">
      <TextInput
        label="Issuer"
        description="Its address, as its discovery document names itself"
        placeholder="https://id.example.org/realms/main"
        required
        error={wrong('issuer')}
        value={settings.issuer}
        onChange={event => set({ issuer: event.currentTarget.value.trim() })}
      />
      <FieldRow>
        <TextInput
          label="Client id"
          required
          error={wrong('clientId')}
          value={settings.clientId}
          onChange={event => set({ clientId: event.currentTarget.value.trim() })}
        />
        <Choice
          label="Client authentication"
          choices={methods}
          value={settings.clientAuth ?? 'client_secret_basic'}
          onChange={clientAuth => set({ clientAuth })}
        />
      </FieldRow>
      <TagsInput
        label="Scopes"
        description="With offline_access people are looked up again while they are signed in, where the provider allows it"
        error={wrong('scopes')}
        value={[...(settings.scopes ?? [])]}
        onChange={scopes => set({ scopes })}
      />
      <FieldRow>
        <TextInput
          label="Claim with groups"
          description="Or a path into one, as realm_access.roles; empty: none"
          error={wrong('claims.groups')}
          value={claims.groups === undefined ? 'groups' : (claims.groups ?? '')}
          onChange={event =>
            set({ claims: { ...claims, groups: event.currentTarget.value === '' ? null : event.currentTarget.value } })
          }
        />
        <TextInput
          label="Claim with the e-mail address"
          error={wrong('claims.email')}
          value={claims.email ?? 'email'}
          onChange={event => set({ claims: { ...claims, email: event.currentTarget.value } })}
        />
      </FieldRow>
      <Switch
        label="Its e-mail addresses are right without “email_verified”"
        description="For providers of your own that do not say it, as Entra ID"
        checked={settings.trustsEmail === true}
        onChange={event => set({ trustsEmail: event.currentTarget.checked })}
      />
      <Switch
        label="It is on a private or loopback address"
        description="Otherwise such an address is refused"
        checked={settings.allowsPrivateAddresses === true}
        onChange={event => set({ allowsPrivateAddresses: event.currentTarget.checked })}
      />
      <PemField
        label="CA certificate"
        description="In PEM, where your own authority signed the provider's certificate"
        value={settings.caPem}
        error={wrong('caPem')}
        onChange={caPem => set({ caPem })}
      />
    </Stack>
  );
}
